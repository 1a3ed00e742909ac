import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Detection } from '../../../src/core/detect/detect';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { evaluateMagnitude } from '../../../src/core/eval/magnitude';
import { roundingBound } from '../../../src/core/eval/rounding';
import type { Model } from '../../../src/core/ir/model';
import { fuseModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import type { DType } from '../../../src/core/tensor/dtype';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { detectFixture, FIXTURES } from '../../support/models';

/** What a real export of test/fixtures/families must give. */
interface Case {
  /** Families of the blocks that are fused, in topological order. */
  readonly blocks: readonly string[];
  /** Codes of those that are refused, on detection or for their numbers. */
  readonly refused: readonly string[];
  /** Convolutions, and nodes without Constant, of the deploy form; of the file itself where nothing is fused. */
  readonly convs: number;
  readonly nodes: number;
  /** A shape to run at. */
  readonly input?: readonly number[];
}

const folder = join(FIXTURES, 'families');
const cases = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Readonly<
  Record<string, Case>
>;

/** Unit roundoff of the type that the merged kernel is rounded to. */
const ROUNDOFF: Partial<Record<DType, number>> = { float32: 2 ** -24, float16: 2 ** -11 };

/**
 * Weight and bias are rounded once. The border that an exporter wrote in float32 is another rounding or two away from
 * the response to zero (ALGEBRA, bias padding), and its own folding of BN the fourth.
 */
const ROUNDINGS = 4;

describe('real exports of the families', () => {
  it('are all here', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
    assert.deepEqual(files.map((name) => name.replace('.onnx', '')).sort(), Object.keys(cases).sort());
    assert.ok(files.length >= 12);
  });

  for (const [name, expected] of Object.entries(cases)) {
    describe(name, () => {
      const detection = detectFixture(`families/${name}.onnx`);
      const { plan, model } = unwrap(fuseModel(detection));

      it(`fuses [${expected.blocks.join(', ')}] and refuses [${expected.refused.join(', ')}]`, () => {
        assert.deepEqual(
          plan.steps.map((step) => step.family),
          expected.blocks,
        );
        assert.deepEqual(
          plan.refused.map((step) => step.code),
          expected.refused,
        );
        for (const { message } of plan.refused) assert.match(message, /^[^\n]+\.\)?$/);
      });

      it('has the convolutions and nodes of the deploy form', () => {
        const ops = model.graph.nodes.map((node) => node.opType).filter((op) => op !== 'Constant');
        assert.equal(ops.filter((op) => op === 'Conv').length, expected.convs);
        assert.equal(ops.length, expected.nodes);
      });

      const { input } = expected;
      if (input === undefined) {
        it('leaves every node as it was', () => {
          assert.deepEqual(
            model.graph.nodes.map((node) => node.name),
            detection.analysis.model.graph.nodes.map((node) => node.name),
          );
        });
        return;
      }
      it('computes the same in float64, block by block, up to the rounding of its weights', () => {
        for (const { difference, bound } of blockErrors(detection, model, input))
          assert.ok(difference <= bound, `${difference} is above ${bound}`);
      });

      it('would not pass with the bias dropped', () => {
        for (const { difference, bound } of blockErrors(detection, withoutBiases(model, detection), input))
          assert.ok(difference > bound, `${difference} is within ${bound}`);
      });
    });
  }
});

interface BlockError {
  /** The largest |fused − original| over the bound's own element. */
  readonly difference: number;
  readonly bound: number;
}

/** Both forms of each block on the values that reach it in the network, as multiples of the bound: the bound is 1. */
function blockErrors(detection: Detection, fused: Model, dims: readonly number[]): readonly BlockError[] {
  const original = detection.analysis.model;
  const name = original.graph.inputs[0]?.name ?? '';
  const feeds = new Map([[name, wave(dims)]]);
  return unwrap(fuseModel(detection)).plan.steps.map(({ source, sink, ...step }) => {
    const inner = evaluateGraph(original, feeds, { outputs: [source] });
    const expected = evaluateGraph(original, inner, { outputs: [sink] }).get(sink) as NdArray;
    const actual = evaluateGraph(fused, inner, { outputs: [sink] }).get(sink) as NdArray;
    const size = evaluateMagnitude(original, inner, { outputs: [sink] }).get(sink);
    assert.ok(size !== undefined && 'dtype' in step);
    assert.deepEqual(actual.dims, expected.dims);
    const unit = roundingBound(ROUNDINGS, ROUNDOFF[step.dtype] ?? NaN);
    const difference = actual.data.reduce((worst, value, at) => {
      const allowed = unit * (size.magnitude.data[at] as number);
      return Math.max(worst, Math.abs(value - (expected.data[at] as number)) / allowed);
    }, 0);
    return { difference, bound: 1 };
  });
}

/** The model with every bias that fusion made set to zero. */
function withoutBiases(model: Model, detection: Detection): Model {
  const before = detection.analysis.model.graph.initializers;
  const initializers = new Map(
    [...model.graph.initializers].map(([name, tensor]) => {
      const isNewBias = !before.has(name) && tensor.dims.length === 1;
      return [name, isNewBias ? { ...tensor, bytes: () => new Uint8Array(tensor.bytes().length) } : tensor];
    }),
  );
  return { ...model, graph: { ...model.graph, initializers } };
}

/** A bounded input that repeats nowhere. */
function wave(dims: readonly number[]): NdArray {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const data = Float64Array.from({ length: count }, (_, at) => Math.fround(Math.sin(1 + at * 1.7) * 2));
  return { dtype: 'float32', dims, data };
}
