import assert from 'node:assert/strict';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { attempt } from '../../../src/core/result';
import type { ValueType } from '../../../src/core/ir/model';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { lowerProgram } from '../../../src/core/torch/lower/lowerProgram';
import type { Argument, AtenNode, AtenProgram } from '../../../src/core/torch/program/atenGraph';

/** Which calls share the memory of their input, and what a write to one of them does to the other. Numbers are whole: exact. */

const tensor = (name: string): Argument => ({ kind: 'tensor', name });
const ints = (...value: readonly number[]): Argument => ({ kind: 'ints', value });
const int = (value: number): Argument => ({ kind: 'int', value });
const FLOAT: ValueType = { dtype: 'float32', dims: [2, 2] };
/** Elements one after the other, and the other way round. */
const [DENSE, TURNED] = [
  [2, 1],
  [1, 2],
];

interface Step {
  readonly name: string;
  readonly target: string;
  readonly args: Readonly<Record<string, Argument>>;
  readonly type?: ValueType;
  readonly strides?: readonly number[];
}

/** x of 2×2 → x1 = x · 1 → the steps → the output `gives`. */
function program(steps: readonly Step[], gives: string): AtenProgram {
  const all: readonly Step[] = [
    { name: 'x1', target: 'aten.mul', args: { self: tensor('x'), other: int(1) }, strides: DENSE! },
    ...steps,
  ];
  const nodes = all.map(({ name, target, args }): AtenNode => ({
    ...{ name, target, overload: 'default', module: '' },
    args: new Map(Object.entries(args)),
    outputs: [tensor(name)],
  }));
  const typed = all.map(({ name, type }) => [name, type ?? FLOAT] as const);
  const known = all.flatMap(({ name, strides }) => (strides === undefined ? [] : [[name, strides] as const]));
  return {
    graph: {
      ...{ inputs: ['x'], outputs: [tensor(gives)], nodes },
      ...{ types: new Map([['x', FLOAT], ...typed]), strides: new Map(known) },
    },
    ...{ userInputs: ['x'], userOutputs: [gives], held: new Map(), producer: 'test', schema: 8 },
  };
}

const X: NdArray = { dtype: 'float32', dims: [2, 2], data: Float64Array.of(1, 2, 3, 4) };

function numbers(steps: readonly Step[], gives: string): readonly number[] {
  const model = lowerProgram(program(steps, gives));
  const output = model.graph.outputs[0]!.name;
  return [...evaluateGraph(model, new Map([['x', X]]), { outputs: [output] }).get(output)!.data];
}

function refusal(steps: readonly Step[], gives: string): string {
  const result = attempt(() => lowerProgram(program(steps, gives)));
  assert.ok(!result.ok, 'it was lowered');
  assert.equal(result.problem.code, 'unsupported');
  return result.problem.message;
}

const addTo = (self: string, value: number, name = 'added'): Step => ({
  ...{ name, target: 'aten.add_' },
  args: { self: tensor(self), other: int(value) },
});
const turned: Step = {
  ...{ name: 'turned', target: 'aten.transpose', strides: TURNED! },
  args: { self: tensor('x1'), dim0: int(0), dim1: int(1) },
};
const onto = (target: string, self: string, args: Step['args'] = {}): Step => ({
  ...{ name: 'y', target },
  args: { self: tensor(self), ...args },
});

describe('calls that share memory', () => {
  it('contiguous copies what lies turned, and is the tensor itself where it lies in order', () => {
    assert.deepEqual(
      numbers([turned, onto('aten.contiguous', 'turned'), addTo('y', 10)], 'x1'),
      [1, 2, 3, 4],
    );
    assert.deepEqual(numbers([onto('aten.contiguous', 'x1'), addTo('y', 10)], 'x1'), [11, 12, 13, 14]);
  });

  it('where the file does not say how a tensor lies, neither is assumed', () => {
    const unsaid = { ...turned, strides: undefined } as unknown as Step;
    const copied = onto('aten.contiguous', 'turned');
    assert.match(refusal([unsaid, copied, addTo('y', 10)], 'x1'), /writes through a view/);
    assert.match(refusal([unsaid, copied, addTo('x1', 10)], 'y'), /^"y" \(aten.contiguous\) may share/);
    assert.deepEqual(numbers([unsaid, copied, addTo('y', 10)], 'y'), [11, 13, 12, 14]);
  });

  it('reshape of an ordered tensor is a view that is written through; of a turned one nobody can tell', () => {
    const flat = { ...onto('aten.reshape', 'x1', { shape: ints(4) }), type: { ...FLOAT, dims: [4] } };
    assert.deepEqual(numbers([flat, addTo('y', 10)], 'x1'), [11, 12, 13, 14]);
    const other = { ...onto('aten.reshape', 'turned', { shape: ints(4) }), type: { ...FLOAT, dims: [4] } };
    assert.match(refusal([turned, other, addTo('x1', 10)], 'y'), /may share its input's memory/);
  });

  it('a reshaped tensor goes on by itself when a part of it is written', () => {
    const other = onto('aten.reshape', 'turned', { shape: ints(2, 2) });
    const row: Step = {
      ...{ name: 'row', target: 'aten.select', type: { ...FLOAT, dims: [2] } },
      args: { self: tensor('y'), dim: int(0), index: int(0) },
    };
    const steps = [turned, other, row, addTo('row', 10)];
    assert.deepEqual(numbers(steps, 'y'), [11, 13, 2, 4]);
    assert.match(refusal(steps, 'x1'), /writes through a view that cannot be followed/);
  });

  it('another type is a copy, the same type the tensor itself', () => {
    const wide = { ...onto('aten.to', 'x1'), type: { ...FLOAT, dtype: 'float64' as const } };
    assert.deepEqual(numbers([wide, addTo('x1', 10)], 'y'), [1, 2, 3, 4]);
    assert.deepEqual(numbers([onto('aten.to', 'x1'), addTo('x1', 10)], 'y'), [11, 12, 13, 14]);
  });

  for (const target of ['view_as', 'swapdims', 'positive']) {
    it(`${target} is a view that is written through`, () => {
      const args = target === 'view_as' ? { other: tensor('x') } : { dim0: int(0), dim1: int(1) };
      const steps = [onto(`aten.${target}`, 'x1', target === 'positive' ? {} : args), addTo('y', 10)];
      assert.deepEqual(numbers(steps, 'x1'), [11, 12, 13, 14]);
    });
  }

  for (const target of ['expand_as', 'movedim', 'diagonal', 'unfold', 'as_strided', 'real']) {
    it(`${target} is a view: what is written to it is not lost in silence`, () => {
      const args = {
        ...{ other: tensor('x'), source: int(0), destination: int(1) },
        ...{ size: ints(2, 2), stride: ints(1, 2) },
      };
      const steps = [onto(`aten.${target}`, 'x1', args), addTo('y', 10)];
      assert.match(refusal(steps, 'x1'), /writes through a view that cannot be followed/);
    });
  }

  it('what is not known by its lowering is not read as it was before a write', () => {
    assert.match(refusal([onto('aten.unfold', 'x1'), addTo('x1', 1)], 'y'), /^"y" \(aten.unfold\) may share/);
  });

  it('a call that writes into a list of tensors is refused, not passed over', () => {
    const all: Step = {
      ...{ name: 'many', target: 'aten._foreach_mul_' },
      args: { self: { kind: 'tensors', names: ['x1'] }, scalar: int(2) },
    };
    assert.match(
      refusal([all], 'x1'),
      /^"many" \(aten._foreach_mul_\) writes into something that is no single/,
    );
  });

  it('a call with "out" writes there', () => {
    const out: Step = {
      ...{ name: 'sum', target: 'aten.add' },
      args: { self: tensor('x'), other: int(5), out: tensor('x1') },
    };
    assert.deepEqual(numbers([out], 'x1'), [6, 7, 8, 9]);
  });

  it('axes that are turned in place: the result has them, the old name is not read as it was', () => {
    const now = { ...turned, target: 'aten.transpose_', name: 'now' };
    assert.deepEqual(numbers([now], 'now'), [1, 3, 2, 4]);
    assert.match(refusal([now], 'x1'), /^"now" \(aten.transpose_\)/);
  });
});
