import assert from 'node:assert/strict';
import { toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type ModelProto } from '../../../src/core/onnx/schema/onnx_pb';
import { buildModelProto, buildOnnx, type GraphSpec, type OnnxSpec } from '../../support/onnxBuilder';
import { decodeProblem, fixtureBytes } from '../../support/onnxFixtures';

const CONV: OnnxSpec = {
  inputs: { x: ['float32', [1, 2, 4, 4]] },
  outputs: { y: ['float32', null] },
  initializers: { w: { dims: [2, 2, 3, 3], data: (i) => i } },
  nodes: [{ op: 'Conv', name: 'conv', inputs: ['x', 'w'], outputs: ['y'] }],
};

function problemOf(spec: OnnxSpec): string {
  return decodeProblem(buildOnnx(spec));
}

function problemAfter(change: (proto: ModelProto) => void): string {
  const proto = buildModelProto(CONV);
  change(proto);
  return decodeProblem(toBinary(ModelProtoSchema, proto));
}

function assertSentence(message: string, expected: RegExp): void {
  assert.match(message, expected);
  assert.match(message, /^bad\.onnx: .*\.$/, 'one sentence that names the file');
}

const text = (content: string) => new TextEncoder().encode(content);

describe('bad input', () => {
  it('an empty file', () => {
    assertSentence(decodeProblem(new Uint8Array(0)), /is empty/);
  });

  it('a truncated file, wherever it is cut', () => {
    const bytes = fixtureBytes('repvgg_grouped.legacy.onnx');
    for (let end = 1; end < bytes.length; end += 37) {
      assertSentence(decodeProblem(bytes.subarray(0, end)), /cut short.* byte \d+|holds no graph/);
    }
  });

  it('a truncated file: the byte where it ends', () => {
    assertSentence(decodeProblem(buildOnnx(CONV).subarray(0, 100)), /but the file ends at byte 100;/);
  });

  const foreign: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0), /a PNG image/],
    ['a ZIP', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0), /a ZIP archive/],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10), /an HDF5 file.*export/],
    ['GGUF', text('GGUF\x03\0\0\0'), /a GGUF model; open/],
    ['a pickle', Uint8Array.of(0x80, 2, 0x7d, 0x71), /a Python pickle/],
    ['a web page', text('<!DOCTYPE html><html>'), /a web page/],
    ['JSON', text('{"a": 1}'), /JSON text; open/],
    [
      'an index of parts',
      text('{"metadata": {"total_size": 9}, "weight_map": {"a": "model-1.safetensors"}}'),
      /in several files; open/,
    ],
    ['text', text('ir_version: 8\n'), /like text; open/],
    ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\n'), /git lfs pull/],
  ];
  for (const [name, bytes, expected] of foreign) {
    it(`${name} named .onnx`, () => {
      assertSentence(decodeProblem(bytes), expected);
    });
  }

  it('noise', () => {
    let state = 1;
    const noise = () => (state = (state * 48271) % 0x7fffffff) & 0xff;
    for (let i = 0; i < 50; i++)
      assertSentence(decodeProblem(Uint8Array.from({ length: 2000 }, noise)), /ONNX/);
  });

  it('a cyclic graph', () => {
    const nodes = [
      { op: 'Add', name: 'a', inputs: ['x', 'u'], outputs: ['v'] },
      { op: 'Relu', name: 'b', inputs: ['v'], outputs: ['u'] },
    ];
    assertSentence(
      problemOf({ ...CONV, outputs: { v: ['float32', null] }, nodes }),
      /cycle through node "[ab]"/,
    );
  });

  it('a node with a missing input', () => {
    const nodes = [{ op: 'Conv', name: 'conv', inputs: ['x', 'gone'], outputs: ['y'] }];
    assertSentence(problemOf({ ...CONV, nodes }), /Node "conv" \(Conv\) reads "gone"/);
  });

  it('a missing input inside a subgraph or a function', () => {
    const inner = {
      outputs: { z: ['float32', [1]] as const },
      nodes: [{ op: 'Relu', inputs: ['gone'], outputs: ['z'] }],
    };
    const nodes = [
      { op: 'If', name: 'if', inputs: ['x'], outputs: ['y'], attrs: { then_branch: { graph: inner } } },
    ];
    assertSentence(problemOf({ ...CONV, nodes }), /Node "if" \(If\) reads "gone"/);
    const fn = {
      name: 'F',
      domain: 'my',
      inputs: ['a'],
      outputs: ['b'],
      nodes: [{ op: 'Relu', inputs: ['c'], outputs: ['b'] }],
    };
    assertSentence(problemOf({ ...CONV, functions: [fn] }), /function "F".* reads "c"/);
  });

  it('a cycle inside a subgraph', () => {
    const inner = {
      outputs: { p: ['float32', [1]] as const },
      nodes: [
        { op: 'Add', inputs: ['x', 'q'], outputs: ['p'] },
        { op: 'Relu', inputs: ['p'], outputs: ['q'] },
      ],
    };
    const nodes = [{ op: 'If', inputs: ['x'], outputs: ['y'], attrs: { then_branch: { graph: inner } } }];
    assertSentence(problemOf({ ...CONV, nodes }), /cycle/);
  });

  it('names that would write to the terminal or fill it', () => {
    const named = (name: string) => ({
      ...CONV,
      nodes: [{ op: 'Conv', name, inputs: ['x', 'gone'], outputs: ['y'] }],
    });
    assertSentence(problemOf(named('\u001b[2J\n')), /Node "\?\[2J\?" \(Conv\)/);
    assert.ok(problemOf(named('n'.repeat(100_000))).length < 600);
  });

  it('a value that is made twice', () => {
    const node = (name: string) => ({ op: 'Relu', name, inputs: ['x'], outputs: ['y'] });
    assertSentence(problemOf({ ...CONV, nodes: [node('a'), node('b')] }), /"y" is made twice, by node "a"/);
  });

  it('a tensor of 2^40 elements, and of more than can be counted', () => {
    const dims = (...sizes: bigint[]) =>
      problemAfter(({ graph }) => {
        graph!.initializer[0]!.dims = sizes;
      });
    assertSentence(
      dims(2n ** 40n),
      /Tensor "w" of shape 1099511627776 .*needs 4398046511104 bytes.* holds 144/,
    );
    assertSentence(
      dims(2n ** 40n, 2n ** 40n),
      /Tensor "w" has the impossible shape 1099511627776×1099511627776/,
    );
    assertSentence(dims(-2n, 18n), /Tensor "w" has a negative size/);
  });

  it('an input of 2^40 elements', () => {
    assertSentence(
      problemOf({ ...CONV, inputs: { x: ['float32', [1, 2 ** 40]] } }),
      /Value "x" has the impossible shape 1×10995/,
    );
  });

  it('raw bytes that do not match the shape', () => {
    const message = problemAfter(({ graph }) => {
      graph!.initializer[0]!.rawData = new Uint8Array(143);
    });
    assertSentence(
      message,
      /Tensor "w" of shape 2×2×3×3 and type FLOAT needs 144 bytes, but the file holds 143;/,
    );
  });

  it('typed data that does not match the shape, and elements that are there twice', () => {
    const floats = (count: number, rawData: Uint8Array) =>
      problemAfter(({ graph }) => {
        Object.assign(graph!.initializer[0]!, { floatData: new Array<number>(count).fill(1), rawData });
      });
    assertSentence(floats(35, new Uint8Array(0)), /Tensor "w" .* needs 36 numbers, but the file holds 35;/);
    assertSentence(floats(36, new Uint8Array(144)), /Tensor "w" holds its elements twice/);
  });

  it('a faulty tensor within a node', () => {
    const nodes = [
      {
        op: 'Constant',
        name: 'k',
        inputs: [],
        outputs: ['y'],
        attrs: { value: { tensor: { dims: [3], data: [1, 2] } } },
      },
    ];
    assertSentence(problemOf({ ...CONV, nodes }), /Tensor "k\.value" of shape 3/);
  });

  it('no graph, no output, no operator set', () => {
    assertSentence(
      problemAfter((proto) => Reflect.deleteProperty(proto, 'graph')),
      /holds no graph/,
    );
    assertSentence(problemOf({ ...CONV, outputs: {} }), /no output/);
    assertSentence(
      problemAfter((proto) => (proto.opsetImport = [])),
      /no operator set version/,
    );
    assertSentence(
      problemAfter((proto) => (proto.opsetImport[0]!.domain = 'other')),
      /"conv" \(Conv\) is of the standard operator set/,
    );
  });

  it('subgraphs nested without end', () => {
    let graph: GraphSpec = {
      outputs: { z: ['float32', null] },
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['z'] }],
    };
    for (let i = 0; i < 200; i++) {
      graph = {
        outputs: { z: ['float32', null] },
        nodes: [{ op: 'If', inputs: ['x'], outputs: ['z'], attrs: { then_branch: { graph } } }],
      };
    }
    const nodes = [{ op: 'If', inputs: ['x'], outputs: ['y'], attrs: { then_branch: { graph } } }];
    assertSentence(problemOf({ ...CONV, nodes }), /nested deeper than 100 levels/);
  });

  it('a record that runs over the one around it, with its byte', () => {
    // field 7 (graph) of 3 bytes, in it field 1 (node) that says 5
    const bytes = Uint8Array.of(0x08, 8, 0x3a, 3, 0x0a, 5, 0, 0, 0, 0, 0);
    assertSentence(decodeProblem(bytes), /at byte 4, "graph\.node" runs over the end/);
  });
});
