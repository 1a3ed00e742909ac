import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { Detection } from '../../../src/core/detect/detect';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import type { Model } from '../../../src/core/ir/model';
import { joinChunks } from '../../../src/core/onnx/chunks';
import { encodeModel, fuseModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import { openArchive, type Archive } from '../../../src/core/torch/archive/archive';
import { memorySource } from '../../../src/core/torch/archive/byteSources';
import { unitRoundoff } from '../../../src/core/tensor/dtype';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { detectBytes, detectFixture, FIXTURES, maxDifference } from '../../support/models';

const TORCH = join(FIXTURES, 'torch');
const pt2 = (folder: string): readonly string[] =>
  readdirSync(join(TORCH, folder))
    .filter((name) => name.endsWith('.pt2'))
    .map((name) => join(folder, name));

/** Archives that hold their tensors in one file of torch.save. */
const OLD = [join('files', 'old.pt2'), join('files', 'pickled.pt2')];
/** One with a call that nothing here computes. */
const OPAQUE = join('files', 'opaque.pt2');
/** `scripts/fixtures` made them; what PyTorch says of the written ones is in `npm run conformance`. */
const NAMES = [...pt2('.'), ...pt2('files'), ...pt2('programs')].filter((name) => name !== OPAQUE);

/** Roundings of merged weights to the model's type, in units of the largest result; ε of BN is float32 in the IR. */
const ROUNDINGS = 16;
const SCALARS = 1e-7;

const open = (name: string): Detection => detectFixture(join('torch', name));

function written(detection: Detection, only?: ReadonlySet<string>): Uint8Array {
  const { model } = unwrap(fuseModel(detection, only));
  const { main, external } = unwrap(encodeModel(model, undefined, 'pt2'));
  assert.equal(external.length, 0);
  return joinChunks(main);
}

/** The same inputs for every model of the same names and shapes; open sizes are 6. */
function inputsOf({ graph }: Model): ReadonlyMap<string, NdArray> {
  const random = xoroshiro128plus(3);
  return new Map(
    graph.inputs.map(({ name, type }): [string, NdArray] => {
      const dims = (type?.dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 6));
      const length = dims.reduce((all, dim) => all * dim, 1);
      const data = Float64Array.from({ length }, () => uniformInt(random, -1000, 1000) / 500);
      return [name, { dtype: type?.dtype ?? 'float32', dims, data }];
    }),
  );
}

function outputs(model: Model): readonly NdArray[] {
  return [...evaluateGraph(model, inputsOf(model)).values()];
}

/** The largest difference, as a part of what rounding may make. */
function apart(before: readonly NdArray[], after: readonly NdArray[]): number {
  assert.equal(after.length, before.length);
  const parts = before.map((one, at) => {
    const other = after[at]!;
    const most = one.data.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
    const allowed = Math.max(SCALARS, ROUNDINGS * unitRoundoff(one.dtype)) * most;
    const difference = maxDifference(one, other);
    return difference === 0 ? 0 : difference / allowed;
  });
  return Math.max(...parts);
}

const archiveOf = (bytes: Uint8Array): Archive => openArchive(memorySource(bytes, () => undefined));

interface Listed {
  readonly path_name: string;
  readonly tensor_meta: unknown;
}

/** By label; of a file of torch.save by storage. */
function weightsOf(archive: Archive): ReadonlyMap<string, Listed & { readonly bytes: Uint8Array }> {
  const saved = archive.names.find(
    (one) => one === 'serialized_state_dict.pt' || one === 'data/weights/model.pt',
  );
  if (saved !== undefined) return storagesOf(openArchive(archive.open(saved)));
  const name = archive.names.find((one) => one.endsWith('_weights_config.json'))!;
  const { config } = JSON.parse(new TextDecoder().decode(archive.read(name, 1e7))) as {
    readonly config: Readonly<Record<string, Listed>>;
  };
  return new Map(
    Object.entries(config).map(([label, entry]) => [
      label,
      { ...entry, bytes: archive.read(`data/weights/${entry.path_name}`, 1e7) },
    ]),
  );
}

function storagesOf(saved: Archive): ReadonlyMap<string, Listed & { readonly bytes: Uint8Array }> {
  const names = saved.names.filter((name) => name.startsWith('data/'));
  return new Map(
    names.map((name) => [name, { path_name: name, tensor_meta: null, bytes: saved.read(name, 1e7) }]),
  );
}

for (const name of NAMES) {
  describe(`${name} written back`, () => {
    const detection = open(name);
    const { model } = detection.analysis;
    const before = outputs(model);
    const fused = unwrap(fuseModel(detection));

    it('says the merged model: the same convolutions, the same numbers', () => {
      const bytes = written(detection);
      const again = detectBytes(bytes, 'again.pt2').analysis.model;
      const convs = ({ graph }: Model): number =>
        graph.nodes.filter(({ opType }) => opType.startsWith('Conv')).length;
      assert.equal(convs(again), convs(fused.model));
      assert.ok(fused.plan.steps.length > 0);
      assert.deepEqual(
        again.graph.inputs.map(({ name: input, type }) => [input, type?.dtype, type?.dims]),
        model.graph.inputs.map(({ name: input, type }) => [input, type?.dtype, type?.dims]),
      );
      assert.ok(apart(before, outputs(again)) <= 1, `${apart(before, outputs(again))} of the bound`);
    });

    it('is another model with one weight off', () => {
      const bytes = written(detection);
      const archive = archiveOf(bytes);
      const now = weightsOf(archive);
      const was = weightsOf(archiveOf(new Uint8Array(readFileSync(join(TORCH, name)))));
      const added = [...now].filter(([label]) => !was.has(label));
      const [, weight] = added.find(([label]) => label.endsWith('weight')) ?? added[0]!;
      const place = indexOf(bytes, weight.bytes);
      // the sign of every number of a merged kernel
      for (let at = 1; at < weight.bytes.length; at += 2) bytes[place + at]! ^= 0x80;
      assert.ok(apart(before, outputs(detectBytes(bytes, 'off.pt2').analysis.model)) > 10);
    });

    it('keeps the bytes of what stays, and nothing that nobody reads', () => {
      const was = weightsOf(archiveOf(new Uint8Array(readFileSync(join(TORCH, name)))));
      const archive = archiveOf(written(detection));
      const now = weightsOf(archive);
      const entry = archive.names.find((one) => one.startsWith('models/') || one.includes('program.json'))!;
      const program = new TextDecoder().decode(archive.read(entry, 1e8));
      for (const [label, { tensor_meta, bytes }] of now) {
        if (!OLD.includes(name)) assert.ok(program.includes(JSON.stringify(label)), `nobody reads ${label}`);
        const old = was.get(label);
        if (old !== undefined)
          assert.deepEqual({ tensor_meta, bytes }, { tensor_meta: old.tensor_meta, bytes: old.bytes }, label);
      }
      assert.ok([...was.keys()].some((label) => !now.has(label)));
      const files = archive.names.filter((one) => /^data\/weights\/weight_/.test(one));
      const paths = new Set([...now.values()].map(({ path_name }) => path_name));
      assert.equal(files.length, OLD.includes(name) ? 0 : paths.size);
    });

    it('is the same file each time, and the same program when it is written again', () => {
      const bytes = written(detection);
      assert.deepEqual(written(open(name)), bytes);
      const again = detectBytes(bytes, 'again.pt2');
      const copy = joinChunks(unwrap(encodeModel(again.analysis.model, undefined, 'pt2')).main);
      assert.deepEqual(copy, bytes);
    });
  });
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= bytes.length; at += 64)
    if (part.every((byte, place) => bytes[at + place] === byte)) return at;
  return assert.fail('the weight is not in the file');
}

describe('a program of which some blocks are merged', () => {
  it('keeps a call that nothing here knows', () => {
    const { graph } = detectBytes(written(open(OPAQUE)), 'again.pt2').analysis.model;
    const types = graph.nodes.map(({ opType }) => opType);
    assert.ok(types.includes('grid_sampler'));
    assert.equal(types.filter((type) => type === 'BatchNormalization').length, 0);
  });

  it('stands behind a write that ran before it, where its last call stood', () => {
    const archive = archiveOf(written(open(join('programs', 'numbered.pt2'))));
    const entry = archive.names.find((one) => one.startsWith('models/'))!;
    const calls = JSON.parse(new TextDecoder().decode(archive.read(entry, 1e8))) as {
      readonly graph_module: { readonly graph: { readonly nodes: readonly { readonly target: string }[] } };
    };
    assert.deepEqual(
      calls.graph_module.graph.nodes.slice(0, 3).map(({ target }) => target.split('.').at(-2)),
      ['add_', 'conv2d', 'relu'],
    );
  });

  it('reads what the graph now reads, though the call has kept its name', () => {
    const { model: whole } = open(join('programs', 'overwritten.pt2')).analysis;
    const last = whole.graph.nodes.at(-1)!;
    assert.equal(last.opType, 'Add');
    const twice = { ...last, inputs: [last.inputs[0]!, last.inputs[0]!] };
    const changed = {
      ...whole,
      graph: { ...whole.graph, nodes: [...whole.graph.nodes.slice(0, -1), twice] },
    };
    const bytes = joinChunks(unwrap(encodeModel(changed, undefined, 'pt2')).main);
    const again = detectBytes(bytes, 'again.pt2').analysis.model;
    assert.ok(apart(outputs(changed), outputs(again)) <= 1);
    assert.ok(apart(outputs(whole), outputs(again)) > 10);
  });

  it('counters leave with the normalizations that they count for', () => {
    const counters = (bytes: Uint8Array): number =>
      [...weightsOf(archiveOf(bytes)).keys()].filter((label) => label.endsWith('.num_batches_tracked'))
        .length;
    const before = (name: string): number => counters(new Uint8Array(readFileSync(join(TORCH, name))));
    for (const [name, all, left] of [
      ['repvgg.pt2', 3, 0],
      [join('programs', 'uneven.pt2'), 3, 1],
    ] as const)
      assert.deepEqual([before(name), counters(written(open(name)))], [all, left], name);
  });

  for (const file of ['chain_decomposed', 'chain_open_sizes', 'parts', 'tied', 'module_kept_whole']) {
    it(`${file}: each block alone`, () => {
      const detection = open(join('programs', `${file}.pt2`));
      const before = outputs(detection.analysis.model);
      for (const { id } of detection.blocks.filter(({ status }) => status === 'fusable')) {
        const again = detectBytes(written(detection, new Set([id])), 'again.pt2');
        assert.equal(again.blocks.length, detection.blocks.length - 1, id);
        assert.ok(apart(before, outputs(again.analysis.model)) <= 1, id);
      }
    });
  }
});
