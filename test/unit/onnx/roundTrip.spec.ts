import assert from 'node:assert/strict';
import { create, createRegistry, equals, fromBinary, toBinary } from '@bufbuild/protobuf';
import { joinChunks } from '../../../src/core/onnx/chunks';
import { encodeOnnx } from '../../../src/core/onnx/encode';
import { ModelProtoSchema, type ModelProto } from '../../../src/core/onnx/schema/onnx_pb';
import type { Attribute, Graph, Model, Node } from '../../../src/core/ir/model';
import { buildModelProto, decodeBytes } from '../../support/onnxBuilder';
import { fixtureBytes } from '../../support/onnxFixtures';

const FILES = [
  'repvgg_grouped.legacy.onnx',
  'repvgg_grouped.preserve.onnx',
  'repvgg_grouped.dynamo.onnx',
  'seed_repcpe.dynamo.onnx',
  'spatial_bias.onnx',
  // made with the official library: every typed list, If, a function, sparse and training parts, all metadata
  'everything.onnx',
];

const STRICT = { registry: createRegistry(), unknown: true };

/** A model with the same content in new objects, so that the encoder has to put it together again. */
function rebuilt(model: Model): Model {
  return {
    ...model,
    graph: rebuiltGraph(model.graph),
    functions: model.functions.map((fn) => ({ ...fn })),
    opsets: new Map(model.opsets),
  };
}

function rebuiltGraph(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.map(rebuiltNode) };
}

function rebuiltNode(node: Node): Node {
  const attributes = [...node.attributes].map(([name, attribute]): [string, Attribute] => [
    name,
    attribute.kind === 'graph' ? { kind: 'graph', value: rebuiltGraph(attribute.value) } : attribute,
  ]);
  return { ...node, inputs: [...node.inputs], attributes: new Map(attributes) };
}

function written(model: Model): ModelProto {
  return fromBinary(ModelProtoSchema, joinChunks(encodeOnnx(model).main));
}

function assertSame(actual: ModelProto, expected: ModelProto): void {
  assert.ok(equals(ModelProtoSchema, actual, expected, STRICT));
}

describe('decodeOnnx, then encodeOnnx', () => {
  for (const file of FILES) {
    it(`gives back the message of ${file}`, () => {
      const bytes = fixtureBytes(file);
      const before = fromBinary(ModelProtoSchema, bytes);
      assertSame(written(decodeBytes(bytes)), before);
      assertSame(written(rebuilt(decodeBytes(bytes))), before);
    });
  }

  it('keeps unknown fields at every level', () => {
    const proto = buildModelProto({
      inputs: { x: ['float32', [1, 2, 4, 4]] },
      outputs: { y: ['float32', null] },
      initializers: { w: { dims: [32, 2, 3, 3], data: (i) => i } },
      nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'], attrs: { pads: [1, 1, 1, 1] } }],
    });
    const graph = proto.graph!;
    const parts = [
      proto,
      graph,
      graph.node[0]!,
      graph.node[0]!.attribute[0]!,
      graph.initializer[0]!,
      graph.input[0]!,
    ];
    parts.forEach((part, i) => {
      part.$unknown = [{ no: 900 + i, wireType: 2, data: Uint8Array.of(2, i, 7) }];
    });
    const bytes = toBinary(ModelProtoSchema, proto);
    assertSame(written(decodeBytes(bytes)), proto);
    assertSame(written(rebuilt(decodeBytes(bytes))), proto);
    assert.equal(written(decodeBytes(bytes)).graph?.initializer[0]?.$unknown?.length, 1);
  });

  it('notices a difference in an unknown field (so that the tests above can fail)', () => {
    const one = create(ModelProtoSchema, { irVersion: 8n });
    const other = create(ModelProtoSchema, { irVersion: 8n });
    other.$unknown = [{ no: 900, wireType: 0, data: Uint8Array.of(1) }];
    assert.equal(equals(ModelProtoSchema, one, other, STRICT), false);
  });

  it('hands weights on as views of the bytes that were read', () => {
    const bytes = toBinary(
      ModelProtoSchema,
      buildModelProto({
        inputs: { x: ['float32', [1, 64]] },
        outputs: { y: ['float32', [1, 64]] },
        initializers: { w: { dims: [64, 64], data: (i) => i } },
        nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
      }),
    );
    const model = decodeBytes(bytes);
    const view = model.graph.initializers.get('w')!.bytes();
    assert.equal(view.buffer, bytes.buffer);
    assert.ok(encodeOnnx(rebuilt(model)).main.includes(view));
  });

  it('does not encode 2,000 light nodes one by one', () => {
    const model = decodeBytes(
      toBinary(
        ModelProtoSchema,
        buildModelProto({
          inputs: { v0: ['float32', [1]] },
          outputs: { v2000: ['float32', [1]] },
          initializers: { w: { dims: [1000], data: (i) => i } },
          nodes: Array.from({ length: 2000 }, (_, i) => ({
            op: 'Relu',
            inputs: [`v${i}`],
            outputs: [`v${i + 1}`],
          })),
        }),
      ),
    );
    // model head, graph record, graph head, initializer record, tensor head, elements' record, elements
    assert.ok(encodeOnnx(rebuilt(model)).main.length <= 7);
  });
});
