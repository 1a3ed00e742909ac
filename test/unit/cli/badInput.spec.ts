import assert from 'node:assert/strict';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
} from '../../../src/core/onnx/schema/onnx_pb';
import { FIXTURES } from '../../support/models';
import { buildModelProto, buildOnnx, type OnnxSpec } from '../../support/onnxBuilder';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { assertRefused, replens } from './replens';

const CONV: OnnxSpec = {
  inputs: { x: ['float32', [1, 2, 4, 4]] },
  outputs: { y: ['float32', null] },
  initializers: { w: { dims: [2, 2, 3, 3], data: (i) => i } },
  nodes: [{ op: 'Conv', name: 'conv', inputs: ['x', 'w'], outputs: ['y'] }],
};

/** A model whose weight lies in a file at `location`. */
function withExternalData(location: string): Uint8Array {
  const proto = buildModelProto(CONV);
  const [weight] = proto.graph!.initializer;
  const entries = { location, offset: '0', length: '144' };
  Object.assign(weight!, {
    rawData: new Uint8Array(0),
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  });
  return toBinary(ModelProtoSchema, proto);
}

/** Makes what the path then names; gives the path when it is another one. */
type Arrange = (path: string, at: (...parts: string[]) => string) => string | undefined;

const file =
  (content: Uint8Array): Arrange =>
  (path) => {
    writeFileSync(path, content);
    return undefined;
  };

const external =
  (location: string, also?: (at: (...parts: string[]) => string) => void): Arrange =>
  (path, at) => {
    writeFileSync(path, withExternalData(location));
    also?.(at);
    return undefined;
  };

const graph = (spec: Partial<OnnxSpec>): Arrange => file(buildOnnx({ ...CONV, ...spec }));

/** Not zeros: those would be a protobuf mistake at byte 0. */
function noise(length: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 0x7fffffff) & 0xff);
}

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52);
const REPVGG = readFileSync(join(FIXTURES, 'models/repvgg.legacy.onnx'));

const CASES: readonly (readonly [string, Arrange, RegExp])[] = [
  ['an empty file', file(new Uint8Array(0)), /bad\.onnx: .*empty/],
  ['a truncated file', file(REPVGG.subarray(0, 3000)), /bad\.onnx: .* byte \d+/],
  ['a PNG', file(PNG), /bad\.onnx: .*PNG image/],
  ['noise', file(noise(5000)), /bad\.onnx: /],
  ['a directory', (path) => void mkdirSync(path), /bad\.onnx" is a folder/],
  ['no file', () => undefined, /bad\.onnx" does not exist/],
  [
    'a cyclic graph',
    graph({
      outputs: { v: ['float32', null] },
      nodes: [
        { op: 'Add', name: 'a', inputs: ['x', 'u'], outputs: ['v'] },
        { op: 'Relu', name: 'b', inputs: ['v'], outputs: ['u'] },
      ],
    }),
    /bad\.onnx: .*cycle through node "[ab]"/,
  ],
  [
    'a node with a missing input',
    graph({ nodes: [{ op: 'Conv', name: 'conv', inputs: ['x', 'gone'], outputs: ['y'] }] }),
    /bad\.onnx: .*[Nn]ode "conv" \(Conv\) reads "gone"/,
  ],
  [
    'external data that is missing',
    external('weights.bin'),
    /bad\.onnx: .*"w".*"weights\.bin" does not exist/,
  ],
  [
    'external data at an absolute path',
    external('/etc/passwd'),
    /bad\.onnx: .*"w".*"\/etc\/passwd" may lead out of the model's folder/,
  ],
  [
    'external data above the folder',
    external('../weights.bin', (at) => writeFileSync(at('weights.bin'), noise(144))),
    /bad\.onnx: .*"w".*"\.\.\/weights\.bin" may lead out of the model's folder/,
  ],
  [
    'external data behind a symbolic link out of the folder',
    external('weights.bin', (at) => {
      writeFileSync(at('outside.bin'), noise(144));
      symlinkSync(at('outside.bin'), at('in', 'weights.bin'));
    }),
    /bad\.onnx: .*"w".*"weights\.bin" is a symbolic link out of the model's folder/,
  ],
  [
    'a tensor of 2^40 elements',
    (path) => {
      const proto = buildModelProto(CONV);
      proto.graph!.initializer[0]!.dims = [2n ** 40n];
      writeFileSync(path, toBinary(ModelProtoSchema, proto));
      return undefined;
    },
    /bad\.onnx: .*[Tt]ensor "w" of shape 1099511627776/,
  ],
  [
    'an input of 2^40 × 2^40 elements',
    graph({ inputs: { x: ['float32', [2 ** 40, 2 ** 40]] } }),
    /bad\.onnx: .*"x" .*1099511627776×1099511627776/,
  ],
  [
    'a tensor whose bytes do not match its shape',
    (path) => {
      const proto = buildModelProto(CONV);
      proto.graph!.initializer[0]!.rawData = new Uint8Array(143);
      writeFileSync(path, toBinary(ModelProtoSchema, proto));
      return undefined;
    },
    /bad\.onnx: .*[Tt]ensor "w" of shape 2×2×3×3 .*needs 144 bytes.*holds 143/,
  ],
  [
    'a single file of more than 2 GB',
    (path) => {
      const descriptor = openSync(path, 'w');
      ftruncateSync(descriptor, 3 * 2 ** 30);
      closeSync(descriptor);
      return undefined;
    },
    /bad\.onnx" has 3\.0 GB, more than the 2 GB/,
  ],
];

/** Plenty for a process that only has to say no, even on a busy machine. */
const MOST_MILLISECONDS = 20_000;

describe('replens, bad input', () => {
  const at = useTemporaryFolder();

  for (const [what, arrange, expected] of CASES) {
    it(`${what}: one sentence, code 2, nothing written`, () => {
      mkdirSync(at('in'));
      const path = at('in', 'bad.onnx');
      arrange(path, at);
      const before = readdirSync(at(), { recursive: true }).sort();
      for (const args of [
        ['inspect', path],
        ['fuse', path],
        ['fuse', path, '-o', at('in', 'out.onnx'), '--json'],
      ]) {
        const run = replens(args, { cwd: at() });
        assertRefused(run, expected);
        assert.ok(run.milliseconds < MOST_MILLISECONDS, `${args[0]}: ${run.milliseconds} ms`);
      }
      assert.deepEqual(readdirSync(at(), { recursive: true }).sort(), before);
    });
  }

  it('in either place of verify and explain', () => {
    writeFileSync(at('bad.onnx'), PNG);
    writeFileSync(at('good.onnx'), REPVGG);
    for (const args of [
      ['verify', at('bad.onnx'), at('good.onnx')],
      ['verify', at('good.onnx'), at('bad.onnx')],
      ['explain', at('good.onnx'), at('none.onnx')],
    ])
      assertRefused(replens(args), /bad\.onnx: .*PNG image|none\.onnx" does not exist/);
  });
});
