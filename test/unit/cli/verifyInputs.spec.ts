import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import schema from '../../../src/core/view/report/verification.schema.json';
import type { VerificationRecord } from '../../../src/core/view/report/verificationRecord';
import { FIXTURES } from '../../support/models';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { assertRefused, replens, replensJson, SAMPLE } from './replens';

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
const TRAIN = join(FIXTURES, 'models/repvgg_anysize.legacy.onnx');
const input = (name: string): string => join(FIXTURES, 'inputs', name);

function record(...args: readonly string[]): VerificationRecord {
  const json = replensJson(['verify', ...args, '--samples', '1']);
  assert.ok(validate(json), JSON.stringify(validate.errors));
  return json as unknown as VerificationRecord;
}

describe('replens verify --inputs', () => {
  const at = useTemporaryFolder();

  it('runs a classifier on pictures and says how often both forms agree', () => {
    replensJson(['fuse', SAMPLE, '-o', at('fused.onnx')]);
    const { inputs, outputs, run } = record(
      ...[SAMPLE, at('fused.onnx'), '--inputs', input('smooth.jpg')],
      ...['--inputs', input('rgba.png'), '--pixels', 'imagenet'],
    );
    assert.deepEqual(run.inputFiles, ['smooth.jpg', 'rgba.png']);
    assert.deepEqual(inputs?.slice(-2), ['smooth.jpg: image 1×3×64×64', 'rgba.png: image 1×3×64×64']);
    assert.deepEqual([outputs[0]?.top1, outputs[0]?.top5], [1, 1]);
  });

  it('runs on arrays, and on the samples that lie beside the model', () => {
    copyFileSync(TRAIN, at('model.onnx'));
    const x = readFileSync(join(FIXTURES, 'inputs/tensor.pb'));
    for (const set of ['test_data_set_0', 'test_data_set_1']) mkdirSync(at(set));
    // the first does not fit the model and is passed over
    writeFileSync(at('test_data_set_0/input_0.pb'), x);
    writeFileSync(at('test_data_set_1/input_0.pb'), tensor([1, 6, 9, 9]));
    const array = at('mine.npy');
    writeFileSync(array, npy([2, 6, 10, 11]));
    const { run, inputs } = record(at('model.onnx'), at('model.onnx'), '--inputs', array);
    assert.deepEqual(run.inputFiles, ['mine.npy', 'test_data_set_1']);
    assert.match(inputs?.join('; ') ?? '', /mine\.npy: \S+ 2×6×10×11; test_data_set_1: \S+ 1×6×9×9/);
  });

  it('refuses what does not fit, is not there or is no input', () => {
    const run = (...args: readonly string[]) => replens(['verify', TRAIN, TRAIN, ...args]);
    assertRefused(run('--inputs', input('half.npy')), /"half\.npy" has shape 2×3×4, but input/);
    assertRefused(run('--inputs', at('gone.npy')), /gone\.npy" does not exist/);
    assertRefused(run('--inputs', TRAIN), /is no \.npy, \.npz/);
    assertRefused(run('--pixels', 'bright'), /bright/);
  });
});

describe('replens verify --report', () => {
  const at = useTemporaryFolder();

  it('saves JSON by the schema, with the hashes of both files, and Markdown with pictures', () => {
    const train = join(FIXTURES, 'pairs/identity_dropped.train.onnx');
    const deploy = join(FIXTURES, 'pairs/identity_dropped.deploy.onnx');
    const files = ['--report', at('out.json'), '--report', at('out.md')];
    const { code } = replens(['explain', train, deploy, '--samples', '1', ...files]);
    assert.equal(code, 1);
    const saved = JSON.parse(readFileSync(at('out.json'), 'utf8')) as VerificationRecord;
    assert.ok(validate(saved), JSON.stringify(validate.errors));
    const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
    assert.deepEqual([saved.files.original.sha256, saved.files.fused.sha256], [train, deploy].map(hash));
    assert.ok(saved.change.convs.before > saved.change.convs.after);
    const markdown = readFileSync(at('out.md'), 'utf8');
    assert.match(markdown, /^# Not equivalent: /);
    assert.match(markdown, /Where block b1 is wrong/);
    assert.ok(markdown.includes(saved.files.original.sha256));
  });

  it('names other forms before anything is computed', () => {
    assertRefused(replens(['verify', TRAIN, TRAIN, '--report', at('out.pdf')]), /\.md or \.json/);
  });

  it('says how to get WebGPU where Node has none', () => {
    const { stdout } = replens(['verify', TRAIN, TRAIN, '--samples', '1', '--provider', 'webgpu']);
    assert.match(stdout, /measured on wasm only: .*npm install webgpu/);
  });
});

function npy(dims: readonly number[]): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(', ')},), }\n`;
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0]);
  return Buffer.concat([head, Buffer.from(text), floats(dims)]);
}

/** A TensorProto: dims, float, raw bytes. */
function tensor(dims: readonly number[]): Uint8Array {
  const raw = floats(dims);
  const length = Buffer.from([
    0x4a,
    (raw.length & 127) | 128,
    ((raw.length >> 7) & 127) | 128,
    raw.length >> 14,
  ]);
  return Buffer.concat([Buffer.from([...dims.flatMap((dim) => [0x08, dim]), 0x10, 1]), length, raw]);
}

function floats(dims: readonly number[]): Buffer {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return Buffer.from(Float32Array.from({ length: count }, (_, i) => Math.sin(i)).buffer);
}
