import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  FunctionProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type ModelProto,
} from '../../../src/core/onnx/schema/onnx_pb';
import { FIXTURES } from '../../support/models';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { FUSE, type FuseJson, type InspectJson } from './contract';
import { assertRefused, replens, replensJson, SAMPLE } from './replens';
import { assertShape } from './shape';

const at = useTemporaryFolder();

function fuse(...args: readonly string[]): FuseJson {
  const report = replensJson(['fuse', ...args]);
  assertShape(report, FUSE);
  return report as FuseJson;
}

/** A fixture under another name in the test's own folder. */
function copy(fixture: string, name: string): string {
  copyFileSync(join(FIXTURES, fixture), at(name));
  return at(name);
}

function proto(path: string): ModelProto {
  return fromBinary(ModelProtoSchema, readFileSync(path));
}

const entries = (): string[] => readdirSync(at()).sort();

describe('replens fuse --json', () => {
  it('reports what it did and writes beside the source', () => {
    const model = copy('models/repvgg.legacy.onnx', 'net.onnx');
    const report = fuse(model);
    assert.deepEqual(report, {
      output: at('net.fused.onnx'),
      fused: ['b0'],
      refused: [],
      convsBefore: 2,
      convsAfter: 1,
      nodesBefore: 6,
      nodesAfter: 2,
      bytesBefore: statSync(model).size,
      bytesAfter: statSync(at('net.fused.onnx')).size,
    });
    assert.deepEqual(entries(), ['net.fused.onnx', 'net.onnx']);
    assert.deepEqual(readFileSync(model), readFileSync(join(FIXTURES, 'models/repvgg.legacy.onnx')));
  });

  it('names the output after a file without an ending, or with another one', () => {
    for (const [name, fused] of [
      ['net', 'net.fused.onnx'],
      ['net.v1.ONNX', 'net.v1.fused.ONNX'],
    ] as const) {
      assert.equal(fuse(copy('models/repvgg.legacy.onnx', name)).output, at(fused));
    }
  });

  it('takes a relative path from where it is run, and gives one back', () => {
    copy('models/repvgg.legacy.onnx', 'net.onnx');
    mkdirSync(at('out'));
    const report = replensJson(['fuse', 'net.onnx', '-o', 'out/small.onnx'], 0, { cwd: at() }) as FuseJson;
    assert.equal(report.output, 'out/small.onnx');
    assert.deepEqual(readdirSync(at('out')), ['small.onnx']);
  });

  it('finds nothing to do in what it wrote', () => {
    fuse(copy('models/repvgg.legacy.onnx', 'net.onnx'));
    const again = fuse(at('net.fused.onnx'));
    assert.deepEqual([again.output, again.fused, again.refused], [null, [], []]);
    assert.deepEqual((replensJson(['inspect', at('net.fused.onnx')]) as InspectJson).blocks, []);
  });

  it('--only merges the blocks that are named', () => {
    const report = fuse(SAMPLE, '--only', 'b6,b3', '-o', at('out.onnx'));
    assert.deepEqual(report.fused, ['b3', 'b6']);
    assert.deepEqual([report.convsBefore, report.convsAfter], [16, 14]);
    assert.deepEqual([report.nodesBefore, report.nodesAfter], [41, 41 - 2 * 4]);
    const rest = (replensJson(['inspect', at('out.onnx')]) as InspectJson).blocks;
    assert.equal(rest.length, 6);
  });

  it('--only with a refused block merges nothing and says why', () => {
    const report = fuse(join(FIXTURES, 'refuse/branch_escapes.onnx'), '--only', 'b0');
    assert.deepEqual([report.output, report.fused], [null, []]);
    assert.deepEqual(
      report.refused.map(({ id, code }) => [id, code]),
      [['b0', 'extra-consumer']],
    );
  });

  it('merges what it can beside what it refuses', () => {
    const report = fuse(join(FIXTURES, 'refuse/spatial_bias.onnx'), '-o', at('out.onnx'));
    assert.deepEqual(report.fused, ['b0']);
    assert.deepEqual(
      report.refused.map(({ id, code }) => [id, code]),
      [['b1', 'spatially-varying']],
    );
    assert.deepEqual([report.convsBefore, report.convsAfter], [2, 1]);
    assert.deepEqual(
      proto(at('out.onnx')).graph!.node.map((node) => node.opType),
      ['Conv', 'Add', 'Relu'],
      'the spatial constant stays outside',
    );
  });

  it('with nothing to do: null without -o, a copy with it', () => {
    const model = copy('models/repvgg.deploy.onnx', 'net.onnx');
    const size = statSync(model).size;
    const idle = fuse(model);
    assert.deepEqual([idle.output, idle.fused, idle.bytesBefore, idle.bytesAfter], [null, [], size, size]);
    assert.deepEqual(entries(), ['net.onnx']);
    assert.equal(fuse(model, '-o', at('copy.onnx')).output, at('copy.onnx'));
    assert.deepEqual(proto(at('copy.onnx')), proto(model));
  });

  it('writes small external data inline, so that the output stands alone', () => {
    for (const name of ['external.onnx', 'external.bin']) copy(`onnx/${name}`, name);
    fuse(at('external.onnx'), '-o', at('out.onnx'));
    assert.deepEqual(entries(), ['external.bin', 'external.onnx', 'out.onnx']);
    const [tensor] = proto(at('out.onnx')).graph!.initializer;
    assert.equal(tensor!.externalData.length, 0);
    assert.ok(tensor!.rawData!.length > 0);
  });
});

describe('replens fuse, what it writes', () => {
  it('leaves every initializer and node that is no part of a block byte for byte', () => {
    fuse(SAMPLE, '--only', 'b3', '-o', at('out.onnx'));
    const before = proto(SAMPLE).graph!;
    const after = proto(at('out.onnx')).graph!;
    const kept = new Map(after.initializer.map((tensor) => [tensor.name, tensor]));
    const nodes = new Map(after.node.map((node) => [node.name, toBinary(NodeProtoSchema, node)]));
    const block = (replensJson(['inspect', SAMPLE]) as InspectJson).blocks[3]!;
    const dropped = before.node.filter((node) => block.nodes.includes(node.name));
    const gone = new Set(dropped.flatMap((node) => node.input));
    let compared = 0;
    for (const tensor of before.initializer) {
      if (gone.has(tensor.name)) continue;
      assert.deepEqual(kept.get(tensor.name), tensor, tensor.name);
      compared += tensor.rawData!.length;
    }
    assert.ok(compared > 100_000, 'most of the file');
    for (const node of before.node) {
      if (!block.nodes.includes(node.name))
        assert.deepEqual(nodes.get(node.name), toBinary(NodeProtoSchema, node));
    }
    assert.deepEqual([after.input, after.output], [before.input, before.output]);
    assert.deepEqual(
      after.initializer.filter((tensor) => gone.has(tensor.name)),
      [],
      'weights that only the block read are gone',
    );
  });

  it('says on each new node where it comes from', () => {
    fuse(SAMPLE, '-o', at('out.onnx'));
    const blocks = (replensJson(['inspect', SAMPLE]) as InspectJson).blocks;
    const added = proto(at('out.onnx')).graph!.node.filter((node) => node.metadataProps.length > 0);
    assert.deepEqual(
      added.map((node) => Object.fromEntries(node.metadataProps.map(({ key, value }) => [key, value]))),
      blocks.map((block) => ({
        'replens.block': block.id,
        'replens.family': block.family,
        'replens.merged': block.nodes.join('\n'),
      })),
    );
    assert.deepEqual(
      added.map((node) => [node.opType, node.output]),
      blocks.map((block) => ['Conv', [block.output]]),
      'under the names that the rest of the model reads',
    );
  });

  it('keeps opset, producer, metadata and functions', () => {
    const model = copy('onnx/everything.onnx', 'net.onnx');
    fuse(model, '-o', at('out.onnx'));
    const before = proto(model);
    const after = proto(at('out.onnx'));
    const calls = after.graph!.node.filter((node) => node.domain === 'my').map((node) => node.opType);
    assert.deepEqual(calls, ['Twice'], 'a call of a function that the file defines');
    assert.deepEqual(
      after.functions.map((fn) => toBinary(FunctionProtoSchema, fn)),
      before.functions.map((fn) => toBinary(FunctionProtoSchema, fn)),
    );
    for (const key of [
      'opsetImport',
      'producerName',
      'producerVersion',
      'metadataProps',
      'irVersion',
    ] as const)
      assert.deepEqual(after[key], before[key], key);
  });
});

describe('replens fuse, the target', () => {
  const model = (): string => copy('models/repvgg.legacy.onnx', 'net.onnx');

  it('is not replaced unless --force says so', () => {
    const path = model();
    writeFileSync(at('net.fused.onnx'), 'mine');
    assertRefused(replens(['fuse', path]), /"[^"]*net\.fused\.onnx" exists already; use --force/);
    assert.equal(readFileSync(at('net.fused.onnx'), 'utf8'), 'mine');
    assert.equal(fuse(path, '--force').output, at('net.fused.onnx'));
    assert.ok(proto(at('net.fused.onnx')).graph);
    assert.deepEqual(entries(), ['net.fused.onnx', 'net.onnx']);
  });

  const aliases: readonly (readonly [string, (source: string, alias: string) => void])[] = [
    ['itself', () => undefined],
    ['a symbolic link to it', symlinkSync],
    ['a hard link to it', linkSync],
  ];
  for (const [what, link] of aliases) {
    it(`is never the source: ${what}`, () => {
      const path = model();
      const target = what === 'itself' ? path : at('alias.onnx');
      link(path, target);
      const before = readFileSync(path);
      for (const force of [[], ['--force']])
        assertRefused(
          replens(['fuse', path, '-o', target, ...force]),
          /is the source itself, which is never overwritten/,
        );
      assert.deepEqual(readFileSync(path), before);
    });
  }

  it('is never the source by way of its own name from elsewhere', () => {
    const path = model();
    mkdirSync(at('folder'));
    assertRefused(replens(['fuse', path, '-o', at('folder/../net.onnx'), '--force']), /is the source itself/);
  });

  it('is never a file that holds weights of the source', () => {
    for (const name of ['external.onnx', 'external.bin']) copy(`onnx/${name}`, name);
    const before = readFileSync(at('external.bin'));
    assertRefused(
      replens(['fuse', at('external.onnx'), '-o', at('external.bin'), '--force']),
      /"[^"]*external\.bin" holds weights of the source, which is never overwritten/,
    );
    assert.deepEqual(readFileSync(at('external.bin')), before);
  });

  it('is no folder, and lies in one', () => {
    const path = model();
    for (const force of [[], ['--force']])
      assertRefused(replens(['fuse', path, '-o', at(), ...force]), /is a folder; name a file in it/);
    assertRefused(replens(['fuse', path, '-o', at('none/x.onnx')]), /The folder "[^"]*none" does not exist/);
    assert.deepEqual(entries(), ['net.onnx']);
  });

  it('keeps its permissions when it is replaced', () => {
    const path = model();
    writeFileSync(at('out.onnx'), 'old');
    chmodSync(at('out.onnx'), 0o600);
    fuse(path, '-o', at('out.onnx'), '--force');
    assert.equal(statSync(at('out.onnx')).mode & 0o777, 0o600);
  });

  it('is not written for a block that does not exist', () => {
    const path = model();
    assertRefused(replens(['fuse', path, '--only', 'b0,b7']), /There is no block "b7"; the model has b0\./);
    assert.deepEqual(entries(), ['net.onnx']);
  });
});

describe('replens fuse', () => {
  it('prints one line and where it wrote', () => {
    const { code, stdout, stderr } = replens(['fuse', copy('models/repvgg.legacy.onnx', 'net.onnx')]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /^● Fused 1 block: 2 → 1 convolutions, 6 → 2 nodes, 7\.07 kB → [\d.]+ kB\.\nWrote .*net\.fused\.onnx\n$/,
    );
  });

  it('prints why it did nothing', () => {
    const { code, stdout } = replens(['fuse', join(FIXTURES, 'refuse/branch_escapes.onnx')]);
    assert.equal(code, 0);
    assert.match(stdout, /^○ b0 {2}extra-consumer {2}"[^\n]+\.\nNothing to fuse\.\n$/);
  });
});
