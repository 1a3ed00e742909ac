import assert from 'node:assert/strict';
import { inlineFunctions } from '../../../src/core/passes/inlineFunctions';
import type { Model } from '../../../src/core/ir/model';
import { decodeBuilt, type FunctionSpec, type NodeSpec } from '../../support/onnxBuilder';
import { cpuTime } from '../../support/cpuTime';

const DOMAIN = 'local';

function call(name: string, inputs: readonly string[], outputs: readonly string[]): NodeSpec {
  return { op: name, domain: DOMAIN, name: `call_${outputs[0]}`, inputs, outputs };
}

/** A function of one input x and one output y. */
function unary(name: string, nodes: readonly NodeSpec[]): FunctionSpec {
  return { name, domain: DOMAIN, inputs: ['x'], outputs: ['y'], nodes };
}

function model(functions: readonly FunctionSpec[], nodes: readonly NodeSpec[]): Model {
  const output = nodes.at(-1)!.outputs[0]!;
  return decodeBuilt({
    inputs: { x: ['float32', [3]] },
    outputs: { [output]: ['float32', null] },
    functions,
    nodes,
  });
}

const LEAF = unary('f0', [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }]);

describe('limits of inlining', () => {
  it('refuses a function that calls itself, directly or not', () => {
    const direct = unary('loop', [call('loop', ['x'], ['y'])]);
    assert.throws(
      () => inlineFunctions(model([direct], [call('loop', ['x'], ['z'])])),
      /Function "loop" calls itself/,
    );
    const ping = unary('ping', [call('pong', ['x'], ['y'])]);
    const pong = unary('pong', [call('ping', ['x'], ['y'])]);
    assert.throws(() => inlineFunctions(model([ping, pong], [call('ping', ['x'], ['z'])])), /calls itself/);
  });

  it('counts before it copies: 2^30 nodes are refused at once', () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      unary(`f${level + 1}`, [call(`f${level}`, ['x'], ['m']), call(`f${level}`, ['m'], ['y'])]),
    );
    const bomb = model([LEAF, ...levels], [call('f30', ['x'], ['z'])]);
    const { milliseconds } = cpuTime(() =>
      assert.throws(
        () => inlineFunctions(bomb),
        /nodes once its functions are inlined; more than 200000 are refused/,
      ),
    );
    // a few milliseconds; copying would not end
    assert.ok(milliseconds < 1000);
  });

  it('refuses calls nested too deep, whatever order they are met in', () => {
    const levels = Array.from({ length: 80 }, (_, level) =>
      unary(`f${level + 1}`, [call(`f${level}`, ['x'], ['y'])]),
    );
    const top = model([LEAF, ...levels], [call('f80', ['x'], ['z'])]);
    assert.throws(() => inlineFunctions(top), /more than 64 levels deep/);
    const upwards = Array.from({ length: 81 }, (_, level) => call(`f${level}`, ['x'], [`z${level}`]));
    assert.throws(() => inlineFunctions(model([LEAF, ...levels], upwards)), /more than 64 levels deep/);
    const shallow = model([LEAF, ...levels.slice(0, 63)], [call('f63', ['x'], ['z'])]);
    assert.equal(inlineFunctions(shallow).graph.nodes.length, 1);
  });
});
