import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES } from '../../support/models';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { FUSE, INSPECT, VERIFY, type FuseJson, type InspectJson } from './contract';
import { assertRefused, replens, replensJson } from './replens';
import { assertShape } from './shape';

const at = useTemporaryFolder();

function copy(fixture: string, name = fixture): string {
  copyFileSync(join(FIXTURES, 'checkpoints', fixture), at(name));
  return at(name);
}

interface Assumed {
  readonly assumptions: readonly {
    readonly kind: string;
    readonly value: unknown;
    readonly blocks: readonly string[];
    readonly message: string;
    readonly option: string | null;
    readonly given: boolean;
  }[];
}

interface Verified extends Assumed {
  readonly verdict: string;
  readonly reason: string;
  readonly blocks: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly faults: readonly { readonly kind: string; readonly message: string }[];
  }[];
}

function epsOf({ assumptions }: Assumed): readonly unknown[] {
  return assumptions.filter(({ kind }) => kind === 'bn-eps').map(({ value }) => value);
}

describe('the command line on checkpoints', () => {
  it('inspects, fuses and verifies a .pth: what it assumes is in each report; the ending means nothing', () => {
    const model = copy('training.pth', 'run.weights');
    const inspected = replensJson(['inspect', model]) as InspectJson & {
      readonly checkpoint: Assumed & {
        readonly kind: string;
        readonly states: readonly { readonly path: string }[];
      };
    };
    assertShape(inspected, INSPECT);
    assert.equal(inspected.format, 'checkpoint');
    const conventions = inspected.blocks.map(
      (block) => (block as { readonly convention?: string }).convention,
    );
    assert.deepEqual(
      inspected.checkpoint.states.map(({ path }) => path),
      ['state_dict', 'state_dict_ema'],
    );
    assert.deepEqual(
      inspected.blocks.map(({ family, status }, place) => [family, status, conventions[place]]),
      [
        ['RepVGG', 'fusable', 'RepVGG'],
        ['RepVGG', 'fusable', 'RepVGG'],
      ],
    );
    assert.deepEqual(epsOf(inspected.checkpoint), [1e-5]);
    const fused = replensJson(['fuse', model]) as FuseJson & Assumed & { readonly notes: readonly string[] };
    assertShape(fused, FUSE);
    assert.equal(fused.output, at('run.fused.weights'));
    assert.deepEqual([fused.convsBefore, fused.convsAfter, fused.notes.length], [4, 2, 2]);
    assert.deepEqual(epsOf(fused), [1e-5]);
    const report = replensJson(['verify', model, at('run.fused.weights'), '--samples', '1']) as Verified;
    assertShape(report, VERIFY);
    assert.equal(report.verdict, 'equivalent');
    assert.deepEqual(epsOf(report), [1e-5]);
  });

  it('a .safetensors becomes a .safetensors; the text says what was assumed, and by which option to say otherwise', () => {
    const model = copy('yolov6.safetensors');
    const { stdout, code } = replens(['fuse', model]);
    assert.equal(code, 0);
    assert.ok(existsSync(at('yolov6.fused.safetensors')));
    assert.match(
      stdout,
      /assumed\n {2}BN eps 1e-3 is YOLOv6's, as "backbone\.ERBlock_2.*--bn-eps says otherwise\. \(2 blocks\)/,
    );
    const { stdout: told } = replens(['inspect', model, '--bn-eps', '1e-5']);
    assert.match(told, /BN eps 1e-5, as given\. \(2 blocks\)/);
  });

  it('explain says by which eps somebody’s conversion went wrong, block by block', () => {
    const model = copy('yolov7.safetensors');
    const wrong = at('wrong.safetensors');
    replensJson(['fuse', model, '--bn-eps', '1e-5', '-o', wrong]);
    const report = replensJson(['explain', model, wrong, '--samples', '1'], 1) as Verified;
    assertShape(report, VERIFY);
    assert.equal(report.verdict, 'not-equivalent');
    assert.match(report.reason, /^Block b\d differs\. .* So does 1 other block\.$/);
    for (const { faults } of report.blocks) {
      assert.deepEqual(
        faults.map(({ kind }) => kind),
        ['bn-scale'],
      );
      assert.match(faults[0]?.message ?? '', /BN eps 0\.00001 was used where the model has 0\.001/);
    }
    // by the eps that it was made with, it is right
    const right = replensJson(['verify', model, wrong, '--bn-eps', '1e-5', '--samples', '1']) as Verified;
    assert.equal(right.verdict, 'equivalent');
  });

  it('PyTorch’s own conversion of a train checkpoint is equivalent; with one other entry changed it is not', () => {
    const [train, deploy] = [copy('timm_repvit.safetensors'), copy('timm_repvit.deploy.safetensors')];
    const report = replensJson(['explain', train, deploy, '--samples', '1']) as Verified;
    assert.equal(report.verdict, 'equivalent');
    const [a, b] = [copy('acnet.safetensors'), copy('acnet.deploy.safetensors')];
    const bytes = readFileSync(b);
    // the head's bias is the last or the first of the bytes: one is enough
    const other = Buffer.from(bytes);
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString()) as Record<
      string,
      { readonly data_offsets: readonly [number, number] }
    >;
    const place = 8 + Number(bytes.readBigUInt64LE()) + (header['fc.bias']?.data_offsets[0] ?? 0);
    other[place + 3] = (other[place + 3] ?? 0) ^ 64;
    writeFileSync(b, other);
    const changed = replensJson(['verify', a, b, '--samples', '1'], 1) as Verified;
    assert.equal(changed.verdict, 'not-equivalent');
    assert.match(changed.reason, /Outside the blocks 1 entry differs \("fc\.bias"\)/);
  });

  it('refuses a block whose identity can’t be known, and takes what is said', () => {
    const model = copy('yolov6_qa.safetensors');
    const fused = replensJson(['fuse', model]) as FuseJson;
    assert.deepEqual(
      fused.refused.map(({ id, code }) => [id, code]),
      [['b0', 'not-in-checkpoint']],
    );
    const said = ['--identity', 'backbone.ERBlock_2.0=yes', '-o', at('said.safetensors')];
    assert.deepEqual((replensJson(['fuse', model, ...said]) as FuseJson).refused, []);
  });

  it('says of other files and uses what is wrong', () => {
    const model = copy('repvgg.safetensors');
    assertRefused(replens(['fuse', model, '-o', at('x.onnx')]), /not written as \.onnx.*\.safetensors/);
    assertRefused(
      replens(['fuse', copy('half.pth'), '-o', at('x.safetensors')]),
      /not written as \.safetensors.*\.pth/,
    );
    assertRefused(replens(['inspect', model, '--bn-eps', 'small']), /--bn-eps.*1e-3/);
    assertRefused(replens(['inspect', model, '--identity', 'perhaps']), /yes, no or stage1\.0=yes/);
    const network = join(FIXTURES, 'models/repvgg.legacy.onnx');
    assertRefused(replens(['inspect', network, '--bn-eps', '1e-3']), /for checkpoints/);
    assertRefused(replens(['verify', model, network]), /compare a checkpoint with a checkpoint/);
    copyFileSync(join(FIXTURES, 'torch/files/module.pt'), at('module.pth'));
    assertRefused(replens(['inspect', at('module.pth')]), /whole pickled module.*state dict/);
    const run = replens(['inspect', copy('repvgg.deploy.safetensors')]);
    assert.equal(run.code, 0);
    assert.match(run.stdout, /3 convolutions.*\n\nNo reparam blocks: no entries have the names/);
  });
});
