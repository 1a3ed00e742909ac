import assert from 'node:assert/strict';
import { fromBinary } from '@bufbuild/protobuf';
import type { Graph, Model, Node } from '../../../src/core/ir/model';
import { joinChunks } from '../../../src/core/onnx/chunks';
import { encodeOnnx } from '../../../src/core/onnx/encode';
import { ModelProtoSchema, type GraphProto, type ModelProto } from '../../../src/core/onnx/schema/onnx_pb';
import { fromNdArray } from '../../../src/core/tensor/convert';
import type { Tensor } from '../../../src/core/tensor/tensor';
import { decodeBuilt, decodeBytes, type OnnxSpec } from '../../support/onnxBuilder';
import { fixtureBytes } from '../../support/onnxFixtures';

const TWO: OnnxSpec = {
  inputs: { x: ['float32', [1, 2]] },
  outputs: { y: ['float32', [1, 2]] },
  initializers: { a: { dims: [2, 2], data: [1, 2, 3, 4] }, b: { dims: [2, 2], data: [5, 6, 7, 8] } },
  valueInfo: { h: ['float32', [1, 2]] },
  nodes: [
    { op: 'MatMul', name: 'first', inputs: ['x', 'a'], outputs: ['h'] },
    { op: 'MatMul', name: 'second', inputs: ['h', 'b'], outputs: ['y'] },
  ],
};

const MERGED: Node = {
  name: 'merged',
  opType: 'MatMul',
  domain: '',
  inputs: ['x', 'ab'],
  outputs: ['y'],
  attributes: new Map(),
  origin: { kind: 'new', provenance: { 'replens.block': 'b0' } },
};

function matrix(data: readonly number[]): Tensor {
  return fromNdArray({ dtype: 'float32', dims: [2, 2], data: Float64Array.from(data) });
}

function withGraph(model: Model, changes: Partial<Graph>): Model {
  return { ...model, graph: { ...model.graph, ...changes } };
}

function written(model: Model): ModelProto {
  return fromBinary(ModelProtoSchema, joinChunks(encodeOnnx(model).main));
}

function graphOf(model: Model): GraphProto {
  return written(model).graph!;
}

describe('encodeOnnx of a changed model', () => {
  const merged = (spec = TWO) =>
    withGraph(decodeBuilt(spec), {
      nodes: [MERGED],
      initializers: new Map([['ab', matrix([19, 22, 43, 50])]]),
    });

  it('writes a new node with its provenance, and its tensor', () => {
    const { node, initializer } = graphOf(merged());
    assert.equal(node.length, 1);
    assert.equal(node[0]?.opType, 'MatMul');
    assert.deepEqual(
      node[0].metadataProps.map(({ key, value }) => [key, value]),
      [['replens.block', 'b0']],
    );
    assert.deepEqual(
      initializer.map(({ name, dims }) => [name, dims]),
      [['ab', [2n, 2n]]],
    );
    const floats = new Float32Array(initializer[0]!.rawData.slice().buffer);
    assert.deepEqual([...floats], [19, 22, 43, 50]);
  });

  it('drops what the file says of values that are gone, and only that', () => {
    assert.deepEqual(graphOf(merged()).valueInfo, []);
    const model = decodeBuilt(TWO);
    const kept = graphOf(withGraph(model, { initializers: new Map(model.graph.initializers) }));
    assert.deepEqual(
      kept.valueInfo.map(({ name }) => name),
      ['h'],
    );
  });

  it('can be read again', () => {
    const again = decodeBytes(joinChunks(encodeOnnx(merged()).main));
    assert.deepEqual(
      again.graph.nodes.map(({ name }) => name),
      ['merged'],
    );
  });

  it('lists a new initializer among the inputs before IR version 4, as that version asks', () => {
    const spec = {
      ...TWO,
      irVersion: 3,
      inputs: { ...TWO.inputs, a: ['float32', [2, 2]], b: ['float32', [2, 2]] },
    } as OnnxSpec;
    assert.deepEqual(
      graphOf(merged(spec)).input.map(({ name }) => name),
      ['x', 'ab'],
    );
    assert.deepEqual(
      graphOf(merged()).input.map(({ name }) => name),
      ['x'],
    );
  });

  it('writes nodes in an order in which each comes after those it reads from', () => {
    const model = decodeBuilt(TWO);
    const { node } = graphOf(withGraph(model, { nodes: [...model.graph.nodes].reverse() }));
    assert.deepEqual(
      node.map(({ name }) => name),
      ['first', 'second'],
    );
  });

  it('writes a changed input of a node of the file and keeps the rest of it', () => {
    const model = decodeBytes(fixtureBytes('everything.onnx'));
    const [call, ...others] = model.graph.nodes;
    const nodes = [{ ...call!, inputs: ['f32'] }, ...others];
    const before = written(model).graph!.node[0]!;
    before.input = ['f32'];
    assert.deepEqual(graphOf(withGraph(model, { nodes })).node[0], before);
  });

  it('leaves a node without a name nameless', () => {
    const model = decodeBytes(fixtureBytes('everything.onnx'));
    const nodes = model.graph.nodes.map((node) => ({ ...node, inputs: [...node.inputs] }));
    assert.equal(graphOf(withGraph(model, { nodes })).node[1]?.name, '');
  });

  it('writes inlined nodes under their own names, with the caller’s attributes', () => {
    const model = decodeBytes(fixtureBytes('everything.onnx'));
    const [call, ...others] = model.graph.nodes;
    const [add, leaky] = model.functions[0]!.nodes;
    const inlined: Node[] = [
      {
        ...add!,
        name: 'call/add',
        inputs: ['x', 'x'],
        outputs: ['s1'],
        origin: { kind: 'inlined', call: call!, body: add! },
      },
      {
        ...leaky!,
        name: 'call/leaky',
        inputs: ['s1'],
        outputs: ['tw'],
        attributes: new Map([['alpha', call!.attributes.get('alpha')!]]),
        origin: { kind: 'inlined', call: call!, body: leaky! },
      },
    ];
    const proto = written({ ...withGraph(model, { nodes: [...inlined, ...others] }), functions: [] });
    assert.deepEqual(proto.functions, []);
    const node = proto.graph!.node.find(({ name }) => name === 'call/leaky')!;
    assert.deepEqual([node.opType, node.input, node.output], ['LeakyRelu', ['s1'], ['tw']]);
    assert.deepEqual(
      node.attribute.map(({ name, f }) => [name, f]),
      [['alpha', 0.25]],
    );
  });

  it('writes attributes of every kind', () => {
    const inner = decodeBuilt(TWO).graph;
    const attributes: Node['attributes'] = new Map([
      ['i', { kind: 'int', value: -3 }],
      ['f', { kind: 'float', value: 0.5 }],
      ['s', { kind: 'string', value: 'hé' }],
      ['is', { kind: 'ints', value: [1, 2] }],
      ['fs', { kind: 'floats', value: [1, 2.5] }],
      ['ss', { kind: 'strings', value: ['a', 'b'] }],
      ['t', { kind: 'tensor', value: matrix([1, 2, 3, 4]) }],
      ['g', { kind: 'graph', value: { ...inner, name: 'inner' } }],
      ['gs', { kind: 'graphs', value: [{ ...inner }] }],
      ['r', { kind: 'reference', value: 'outer' }],
    ]);
    const model = withGraph(decodeBuilt(TWO), {
      nodes: [{ ...MERGED, opType: 'Odd', inputs: ['x', 'a'], attributes }],
    });
    const again = decodeBytes(joinChunks(encodeOnnx(model).main)).graph.nodes[0]!.attributes;
    for (const name of ['i', 'f', 's', 'is', 'fs', 'ss', 'r'])
      assert.deepEqual(again.get(name), attributes.get(name));
    assert.deepEqual(
      graphOf(model).node[0]?.attribute.map(({ type }) => type),
      [2, 1, 3, 7, 6, 8, 4, 5, 10, 0],
    );
    const graph = again.get('g');
    assert.deepEqual(graph?.kind === 'graph' ? graph.value.nodes.map(({ name }) => name) : null, [
      'first',
      'second',
    ]);
  });

  it('writes a changed opset and adds new ones', () => {
    const model = decodeBytes(fixtureBytes('everything.onnx'));
    const { opsetImport } = written({
      ...model,
      opsets: new Map([
        ['', 18],
        ['my', 1],
        ['new', 2],
      ]),
    });
    assert.deepEqual(
      opsetImport.map(({ domain, version }) => [domain, version]),
      [
        ['my', 1n],
        ['', 18n],
        ['new', 2n],
      ],
    );
  });

  it('writes a model of another format as a file of its own, whose nodes are no messages', () => {
    const built = decodeBuilt(TWO);
    const { graph } = built;
    const nodes = graph.nodes.map((node) => ({ ...node, origin: { kind: 'file', ref: 'a call' } as const }));
    const foreign = {
      ...built,
      format: 'pt2',
      graph: { ...graph, nodes },
      producer: 'PyTorch 2',
      source: null,
    } as const;
    const again = decodeBytes(joinChunks(encodeOnnx(foreign).main));
    assert.deepEqual(
      again.graph.nodes.map(({ name, opType, inputs }) => [name, opType, inputs]),
      nodes.map(({ name, opType, inputs }) => [name, opType, inputs]),
    );
    assert.deepEqual([...again.opsets], [...built.opsets]);
    assert.equal(again.producer, 'RepLens');
  });
});

describe('a new tensor', () => {
  const spying = (bytes: () => Uint8Array) =>
    withGraph(decodeBuilt(TWO), {
      nodes: [MERGED],
      initializers: new Map([['ab', { dtype: 'float32', dims: [2, 2], bytes }]]),
    });

  it('is not computed before the writer reaches it, and then once', () => {
    let calls = 0;
    const { main } = encodeOnnx(
      spying(() => {
        calls += 1;
        return new Uint8Array(16);
      }),
    );
    assert.equal(calls, 0);
    joinChunks(main);
    assert.equal(calls, 1);
  });

  it('of the wrong length is an error, not a broken file', () => {
    const { main } = encodeOnnx(spying(() => new Uint8Array(15)));
    assert.throws(() => joinChunks(main), /Tensor "ab" gave 15 bytes where 16 were announced/);
  });
});
