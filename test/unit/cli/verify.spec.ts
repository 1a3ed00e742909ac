import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type TensorProto } from '../../../src/core/onnx/schema/onnx_pb';
import { FIXTURES } from '../../support/models';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { VERIFY, type FuseJson, type VerifyJson } from './contract';
import { assertRefused, replens, replensJson } from './replens';
import { assertShape } from './shape';

const TRAIN = join(FIXTURES, 'models/repvgg_anysize.legacy.onnx');

function verify(code: number, ...args: readonly string[]): VerifyJson {
  const report = replensJson(['verify', ...args, '--samples', '1'], code);
  assertShape(report, VERIFY);
  const verdict = report as VerifyJson;
  assert.equal(verdict.verdict === 'equivalent', code === 0);
  assert.match(verdict.reason, /\S.*\.$/);
  return verdict;
}

describe('replens verify', () => {
  const at = useTemporaryFolder();

  /** TRAIN fused, and then changed in one merged tensor. */
  function tampered(
    part: 'weight' | 'bias',
    change: (values: Float32Array, tensor: TensorProto) => void,
  ): string {
    const { output } = replensJson(['fuse', TRAIN, '-o', at('fused.onnx'), '--force']) as FuseJson;
    const proto = fromBinary(ModelProtoSchema, readFileSync(output!));
    const tensor = proto.graph!.initializer.find(({ name }) => name.endsWith(`.reparam.${part}`))!;
    const values = new Float32Array(Uint8Array.from(tensor.rawData!).buffer);
    change(values, tensor);
    tensor.rawData = new Uint8Array(values.buffer);
    writeFileSync(at('tampered.onnx'), toBinary(ModelProtoSchema, proto));
    return at('tampered.onnx');
  }

  it('what we fused is equivalent: code 0, every block, every output within its bound', () => {
    replensJson(['fuse', TRAIN, '-o', at('fused.onnx')]);
    const report = verify(0, TRAIN, at('fused.onnx'));
    assert.deepEqual([report.provider, report.adapter], ['wasm', null]);
    assert.deepEqual(
      report.blocks.map(({ id, verdict, faults }) => [id, verdict, faults]),
      [
        ['b0', 'equivalent', []],
        ['b1', 'equivalent', []],
      ],
    );
    for (const output of report.outputs) assert.ok(output.maxAbs <= output.bound!, output.name);
    assert.deepEqual(readdirSync(at()), ['fused.onnx'], 'nothing is written');
  });

  it('a model is equivalent to itself and to its copy, to the last bit', () => {
    copyFileSync(TRAIN, at('copy.onnx'));
    const report = verify(0, TRAIN, at('copy.onnx'));
    assert.deepEqual(
      report.outputs.map(({ maxAbs }) => maxAbs),
      [0],
    );
  });

  it('one weight off by 1e-3 is not: code 1, the block that has it', () => {
    const report = verify(
      1,
      TRAIN,
      tampered('weight', (values) => (values[7] = values[7]! + 1e-3)),
    );
    assert.equal(report.verdict, 'not-equivalent');
    assert.deepEqual(
      report.blocks.map(({ id, verdict }) => [id, verdict]),
      [
        ['b0', 'not-equivalent'],
        ['b1', 'equivalent'],
      ],
    );
    assert.ok(report.blocks[0]!.faults.length > 0);
  });

  it('a bias off by 1e-4 is not, nor a kernel turned over', () => {
    verify(
      1,
      TRAIN,
      tampered('bias', (values) => (values[0] = values[0]! + 1e-4)),
    );
    verify(
      1,
      TRAIN,
      tampered('weight', (values) => void values.reverse()),
    );
  });

  it('outputs of different shapes are not, without figures that look measured', () => {
    const fixture = (name: string): string => join(FIXTURES, 'models', name);
    const report = verify(1, fixture('repvgg.legacy.onnx'), fixture('acnet.deploy.onnx'));
    assert.match(report.reason, /shape/);
    assert.deepEqual(report.outputs, []);
  });

  it('the same seed gives the same report', () => {
    const deploy = join(FIXTURES, 'models/repvgg.deploy.onnx');
    const train = join(FIXTURES, 'models/repvgg.legacy.onnx');
    const reports = ['5', '5', '6'].map((seed) => verify(0, train, deploy, '--seed', seed));
    assert.deepEqual(reports[0], reports[1]);
    assert.notDeepEqual(reports[0]!.outputs, reports[2]!.outputs);
  });

  it('says so when WebGPU was asked for and is not there', () => {
    const deploy = join(FIXTURES, 'models/seed_repcpe.deploy.onnx');
    const report = verify(
      0,
      join(FIXTURES, 'models/seed_repcpe.legacy.onnx'),
      deploy,
      '--provider',
      'webgpu',
    );
    assert.equal(report.provider, 'wasm');
    assert.match(report.reason, /WebGPU/);
  });

  it('garbage is neither: code 2', () => {
    writeFileSync(at('bad.onnx'), 'not a model');
    assertRefused(replens(['verify', TRAIN, at('bad.onnx')]), /bad\.onnx: /);
    assertRefused(replens(['verify', at('bad.onnx'), TRAIN, '--json']), /bad\.onnx: /);
  });

  it('prints the verdict first, then outputs and blocks, without colour', () => {
    copyFileSync(TRAIN, at('copy.onnx'));
    const { code, stdout, stderr } = replens(['verify', TRAIN, at('copy.onnx'), '--samples', '1']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^equivalent {2}\S[^\n]*\.\nmeasured on wasm\noutput y {2}/);
    assert.match(stdout, /\nblock b0 {2}equivalent /);
    assert.ok(!stdout.includes('\u001b'));
  });
});

describe('replens explain', () => {
  it('has the shape of verify, and its exit codes', () => {
    const pair = (name: string): readonly string[] => [
      join(FIXTURES, `pairs/${name}.train.onnx`),
      join(FIXTURES, `pairs/${name}.deploy.onnx`),
    ];
    assertShape(replensJson(['explain', ...pair('ok_repvgg'), '--samples', '1'], 0), VERIFY);
    assertShape(replensJson(['explain', ...pair('identity_dropped'), '--samples', '1'], 1), VERIFY);
  });
});

interface Expected {
  readonly faults: readonly string[];
}

describe('pairs of somebody’s converters', () => {
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'pairs/expected.json'), 'utf8')) as Record<
    string,
    Expected
  >;

  for (const [name, { faults }] of Object.entries(expected)) {
    it(`${name}: ${faults.length === 0 ? 'equivalent' : 'the second of three blocks is not'}`, () => {
      const isRight = faults.length === 0;
      const path = (form: string): string => join(FIXTURES, `pairs/${name}.${form}.onnx`);
      const { blocks } = verify(isRight ? 0 : 1, path('train'), path('deploy'));
      const second = isRight ? 'equivalent' : 'not-equivalent';
      assert.deepEqual(
        blocks.map(({ id, verdict }) => [id, verdict]),
        [
          ['b0', 'equivalent'],
          ['b1', second],
          ['b2', 'equivalent'],
        ],
      );
      assert.equal(blocks[1]!.faults.length > 0, !isRight);
    });
  }

  it('are all there', () => assert.ok(Object.keys(expected).length >= 9));
});
