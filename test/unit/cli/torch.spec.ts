import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES } from '../../support/models';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { FUSE, INSPECT, VERIFY, type FuseJson, type InspectJson } from './contract';
import { assertRefused, replens, replensJson, SAMPLE } from './replens';
import { assertShape } from './shape';

const at = useTemporaryFolder();

function copy(fixture: string, name: string): string {
  copyFileSync(join(FIXTURES, 'torch', fixture), at(name));
  return at(name);
}

describe('the command line on .pt2', () => {
  it('inspects, fuses and verifies; the ending of the file means nothing', () => {
    // what it is, is read from its content
    const model = copy('seed_dbb.pt2', 'net.bin');
    const inspected = replensJson(['inspect', model]) as InspectJson;
    assertShape(inspected, INSPECT);
    assert.equal(inspected.format, 'pt2');
    assert.deepEqual(
      inspected.blocks.map(({ family, status }) => [family, status]),
      [['DBB', 'fusable']],
    );
    const fused = replensJson(['fuse', model]) as FuseJson;
    assertShape(fused, FUSE);
    assert.equal(fused.output, at('net.fused.pt2'));
    assert.deepEqual([fused.convsBefore, fused.convsAfter], [5, 1]);
    const report = replensJson(['verify', model, at('net.fused.pt2'), '--samples', '1']);
    assertShape(report, VERIFY);
    assert.equal((report as { readonly verdict: string }).verdict, 'equivalent');
  });

  it('finds a merged model that is not the same not equivalent', () => {
    const other = at('other.onnx');
    replensJson(['fuse', copy('repvgg.pt2', 'a.pt2'), '-o', other]);
    const stranger = copy('repvgg_grouped.pt2', 'b.pt2');
    const report = replensJson(['verify', stranger, other, '--samples', '1'], 1);
    assert.equal((report as { readonly verdict: string }).verdict, 'not-equivalent');
  });

  it('verifies one .pt2 against another', () => {
    const [a, b] = [copy('files/new.pt2', 'a.pt2'), copy('files/old.pt2', 'b.pt2')];
    const report = replensJson(['verify', a, b, '--samples', '1']);
    assert.equal((report as { readonly verdict: string }).verdict, 'equivalent');
  });

  it('with a call that nothing here computes: fused, its blocks proved one by one', () => {
    const model = copy('files/opaque.pt2', 'net.pt2');
    replensJson(['fuse', model, '-o', at('net.onnx')]);
    const report = replensJson(['verify', model, at('net.onnx'), '--samples', '1']) as {
      readonly verdict: string;
      readonly reason: string;
      readonly blocks: readonly { readonly verdict: string }[];
    };
    // the blocks are proved, and what else there is, is the same in both
    assert.equal(report.verdict, 'equivalent');
    assert.match(report.reason, /grid_sampler/);
    assert.deepEqual(
      report.blocks.map(({ verdict }) => verdict),
      ['equivalent'],
    );
  });

  it('writes what the output ends in, and nothing where that can not be', () => {
    const model = copy('repvgg.pt2', 'net.pt2');
    for (const name of ['out.onnx', 'out.pt2']) {
      assert.equal((replensJson(['fuse', model, '-o', at(name)]) as FuseJson).output, at(name));
      const report = replensJson(['verify', model, at(name), '--samples', '1']);
      assert.equal((report as { readonly verdict: string }).verdict, 'equivalent');
    }
    const inspected = replensJson(['inspect', at('out.pt2')]) as InspectJson;
    assert.deepEqual([inspected.format, inspected.blocks.length], ['pt2', 0]);
    const script = copy('repvgg.torchscript.pt', 'net.pt');
    const refusals: readonly (readonly [string, string, RegExp])[] = [
      [model, 'no.pth', /not written as \.pth; end the output's name in \.pt2 or \.onnx/],
      [model, 'no', /has no ending; end it in \.pt2 or \.onnx/],
      [script, 'no.pt2', /Only a model that was read from a \.pt2/],
      [script, 'no.pt', /not written as \.pt; end the output's name in \.onnx/],
      [SAMPLE, 'no.pt2', /Only a model that was read from a \.pt2/],
    ];
    for (const [source, name, sentence] of refusals) {
      const shape = source === script ? ['--shape', 'x=1,12,20,24'] : [];
      assertRefused(replens(['fuse', source, ...shape, '-o', at(name)]), sentence);
      assert.ok(!existsSync(at(name)), name);
    }
    // in the layout that it had
    const old = replensJson(['fuse', copy('files/old.pt2', 'old.pt2')]) as FuseJson;
    assert.equal(old.output, at('old.fused.pt2'));
  });

  it('says of other files of PyTorch what they are', () => {
    assertRefused(replens(['inspect', copy('files/module.pt', 'x.pth')]), /whole pickled module/);
    assertRefused(replens(['inspect', copy('files/before16.pt', 'x.pt')]), /before 1\.6/);
  });
});

describe('the command line on TorchScript', () => {
  it('inspects, fuses to .onnx and verifies a trace, at the shape that it was made with', () => {
    const model = copy('seed_dbb.torchscript.pt', 'net.pt');
    const inspected = replensJson(['inspect', model]) as InspectJson;
    assertShape(inspected, INSPECT);
    assert.equal(inspected.format, 'torchscript');
    assert.deepEqual(
      inspected.blocks.map(({ family, status }) => [family, status]),
      [['DBB', 'fusable']],
    );
    const fused = replensJson(['fuse', model]) as FuseJson;
    assertShape(fused, FUSE);
    assert.equal(fused.output, at('net.fused.onnx'));
    const report = replensJson(['verify', model, at('net.fused.onnx'), '--samples', '1']);
    assertShape(report, VERIFY);
    assert.equal((report as { readonly verdict: string }).verdict, 'equivalent');
  });

  it('leaves the sizes of a script open, or takes them from --shape', () => {
    const model = copy('files/scripted.pt', 'net.pt');
    const dims = (...more: readonly string[]): unknown =>
      (
        replensJson(['inspect', model, ...more]) as {
          readonly model: { readonly inputs: readonly { readonly dims: unknown }[] };
        }
      ).model.inputs.map((input) => input.dims);
    assert.deepEqual(dims(), [['batch', 3, 'height', 'width']]);
    assert.deepEqual(dims('--shape', 'x=1,3,20,24'), [[1, 3, 20, 24]]);
    replensJson(['fuse', model, '--shape', 'x=1,3,20,24', '-o', at('net.onnx')]);
    const verify = ['verify', model, at('net.onnx'), '--samples', '1'];
    const fixed = replensJson([...verify, '--shape', 'x=1,3,20,24']) as { readonly verdict: string };
    assert.equal(fixed.verdict, 'equivalent');
    const bench = ['bench', model, at('net.onnx'), '--runs', '2', '--shape', 'x=1,3,20,24'];
    assert.match((replensJson(bench) as { readonly input: string }).input, /1×3×20×24/);
    assertRefused(replens(['inspect', model, '--shape', 'z=1']), /no input "z"/);
    assertRefused(
      replens(['inspect', copy('repvgg.pt2', 'b.pt2'), '--shape', 'x=1']),
      /shapes are for TorchScript/,
    );
  });
});
