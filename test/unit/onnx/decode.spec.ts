import assert from 'node:assert/strict';
import { toBinary } from '@bufbuild/protobuf';
import type { Attribute } from '../../../src/core/ir/model';
import { ModelProtoSchema } from '../../../src/core/onnx/schema/onnx_pb';
import { toNdArray } from '../../../src/core/tensor/convert';
import { buildModelProto, decodeBuilt, decodeBytes, type OnnxSpec } from '../../support/onnxBuilder';
import { fixtureBytes } from '../../support/onnxFixtures';

const RELU: OnnxSpec = {
  inputs: { x: ['float32', ['N', null, 3]] },
  outputs: { y: ['float32', null] },
  nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
};

describe('decodeOnnx', () => {
  it('reads symbols, unknown sizes and unknown ranks', () => {
    const { graph } = decodeBuilt(RELU);
    assert.deepEqual(graph.inputs, [{ name: 'x', type: { dtype: 'float32', dims: ['N', null, 3] } }]);
    assert.deepEqual(graph.outputs, [{ name: 'y', type: { dtype: 'float32', dims: null } }]);
  });

  it('takes a negative size of a value for an unknown one', () => {
    const { graph } = decodeBuilt({ ...RELU, inputs: { x: ['float32', [-1, 3]] } });
    assert.deepEqual(graph.inputs[0]?.type?.dims, [null, 3]);
  });

  it('gives every node a name of its own and keeps the file’s where it is unique', () => {
    const node = (name: string, i: number) => ({
      op: 'Relu',
      inputs: [`v${i}`],
      outputs: [`v${i + 1}`],
      name,
    });
    const names = ['', 'a', 'a', 'Relu_0', 'a_2', ''];
    const { graph } = decodeBuilt({
      inputs: { v0: ['float32', [1]] },
      outputs: { v6: ['float32', [1]] },
      nodes: names.map(node),
    });
    assert.deepEqual(
      graph.nodes.map(({ name }) => name),
      ['Relu_0_2', 'a', 'a_2_2', 'Relu_0', 'a_2', 'Relu_5'],
    );
  });

  it('names nodes of subgraphs apart from those around them', () => {
    const inner = {
      outputs: { z: ['float32', [1]] as const },
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['z'] }],
    };
    const { graph } = decodeBuilt({
      inputs: { c: ['bool', []], x: ['float32', [1]] },
      outputs: { y: ['float32', [1]] },
      nodes: [
        {
          op: 'If',
          inputs: ['c'],
          outputs: ['y'],
          attrs: { then_branch: { graph: inner }, else_branch: { graph: inner } },
        },
      ],
    });
    const branches = [...graph.nodes[0]!.attributes.values()].flatMap((a) =>
      a.kind === 'graph' ? [a.value] : [],
    );
    const names = branches.flatMap(({ nodes }) => nodes.map(({ name }) => name));
    assert.deepEqual(names, ['Relu_0', 'Relu_0_2']);
  });

  it('reads attributes of every kind', () => {
    const attrs = {
      i: 3,
      f: 0.5,
      whole: { float: 2 },
      s: 'same',
      is: [1, -2],
      fs: { floats: [1, 2.5] },
      ss: ['a', 'bc'],
      t: { tensor: { dims: [2], data: [1, 2] } },
    };
    const { attributes } = decodeBuilt({
      ...RELU,
      nodes: [{ op: 'Odd', domain: 'nobody.knows', inputs: ['x'], outputs: ['y'], attrs }],
    }).graph.nodes[0]!;
    const { t, ...plain } = Object.fromEntries(attributes);
    assert.deepEqual(plain, {
      i: { kind: 'int', value: 3 },
      f: { kind: 'float', value: 0.5 },
      whole: { kind: 'float', value: 2 },
      s: { kind: 'string', value: 'same' },
      is: { kind: 'ints', value: [1, -2] },
      fs: { kind: 'floats', value: [1, 2.5] },
      ss: { kind: 'strings', value: ['a', 'bc'] },
    } satisfies Record<string, Attribute>);
    assert.deepEqual(t?.kind === 'tensor' ? [...toNdArray(t.value).data] : null, [1, 2]);
  });

  it('tells the kind of an attribute that does not say it', () => {
    const proto = buildModelProto({
      ...RELU,
      nodes: [{ op: 'Elu', inputs: ['x'], outputs: ['y'], attrs: { alpha: 0.5 } }],
    });
    Reflect.deleteProperty(proto.graph!.node[0]!.attribute[0]!, 'type');
    const { attributes } = decodeBytes(toBinary(ModelProtoSchema, proto)).graph.nodes[0]!;
    assert.deepEqual(attributes.get('alpha'), { kind: 'float', value: 0.5 });
  });

  it('calls the standard operator set by one name', () => {
    const model = decodeBuilt({
      ...RELU,
      nodes: [{ op: 'Relu', domain: 'ai.onnx', inputs: ['x'], outputs: ['y'] }],
    });
    assert.equal(model.graph.nodes[0]?.domain, '');
    assert.deepEqual(
      [...decodeBytes(fixtureBytes('everything.onnx')).opsets],
      [
        ['', 17],
        ['my', 1],
        ['nobody.knows', 3],
      ],
    );
  });

  it('lists functions, with references to their attributes', () => {
    const [fn] = decodeBytes(fixtureBytes('everything.onnx')).functions;
    assert.equal(fn?.name, 'Twice');
    assert.deepEqual(
      fn.nodes.map(({ opType }) => opType),
      ['Add', 'LeakyRelu'],
    );
    assert.deepEqual(fn.nodes[1]?.attributes.get('alpha'), { kind: 'reference', value: 'alpha' });
  });
});

describe('an initializer that is also an input', () => {
  const spec: OnnxSpec = {
    inputs: { x: ['float32', [1, 2]], w: ['float32', [2, 2]] },
    outputs: { y: ['float32', [1, 2]] },
    initializers: { w: { dims: [2, 2], data: [1, 2, 3, 4] } },
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
  };

  it('is a default that a caller may override since IR version 4', () => {
    const { graph } = decodeBuilt({ ...spec, irVersion: 4 });
    assert.deepEqual([...graph.overridable], ['w']);
    assert.deepEqual(
      graph.inputs.map(({ name }) => name),
      ['x', 'w'],
    );
  });

  it('is a constant before', () => {
    const { graph } = decodeBuilt({ ...spec, irVersion: 3 });
    assert.equal(graph.overridable.size, 0);
    assert.deepEqual(
      graph.inputs.map(({ name }) => name),
      ['x'],
    );
    assert.ok(graph.initializers.has('w'));
  });
});

describe('typed data', () => {
  const expected: Record<string, readonly number[]> = {
    f32: [1, 2, 3, 4.5],
    f64: [0.1, -2],
    f16: [1.5, -2, 65504],
    bf16: [1, -3],
    i8: [-128, 0, 127],
    u8: [0, 255],
    i16: [-32768, 7],
    u16: [65535, 1],
    i32: [-(2 ** 31), 5],
    u32: [2 ** 32 - 1, 1],
    i64: [-(2 ** 53), 9],
    u64: [2 ** 53, 1],
    b: [1, 0],
    empty: [],
  };
  const { initializers } = decodeBytes(fixtureBytes('everything.onnx')).graph;

  for (const [name, values] of Object.entries(expected)) {
    it(`of ${initializers.get(name)?.dtype} is read as the official library wrote it`, () => {
      assert.deepEqual([...toNdArray(initializers.get(name)!).data], values);
    });
  }

  it('of other types is carried through', () => {
    for (const name of ['s', 'f8', 'i4', 'c64']) assert.equal(initializers.get(name)?.dtype, 'other');
  });
});
