import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Detection } from '../../../src/core/detect/detect';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { readNpy } from '../../../src/core/inputs/npy';
import type { Model } from '../../../src/core/ir/model';
import { fuseModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { detectFixture, FIXTURES, fuseToBytes, maxDifference, runWasm } from '../../support/models';

/** Real exports; each has an ONNX twin, an input and a float64 output of the network in `models`. */
const NAMES = [
  ...['acnet', 'repvgg', 'repvgg_grouped', 'repvgg_stride2', 'seed_convblock', 'seed_dbb'],
  ...['seed_dbb_grouped', 'seed_dynamic_conv', 'seed_repcpe', 'seed_repvgg_alpha'],
];

/**
 * The lowered graph in float64 is the network itself, but for scalars and BN's ε in float32 (6e-8 relative). Merged
 * kernels are rounded to float32 once, and a run in float32 rounds again: the JSON's two errors are of one runtime and one
 * hand-made deploy form, and others differ by a few roundings.
 */
const LOWERED = 1e-6;
const OTHER_RUNTIMES = 3;

function array(name: string): NdArray {
  return readNpy(readFileSync(join(FIXTURES, 'models', name)), name);
}

function outcome({ blocks }: Detection): unknown {
  return blocks.map(({ family, refusal, branches }) => ({
    family,
    refusal: refusal?.code ?? null,
    branches: branches.map(({ label }) => label),
  }));
}

function evaluate(model: Model, x: NdArray): NdArray {
  const [result] = evaluateGraph(model, new Map([[model.graph.inputs[0]!.name, x]])).values();
  return result!;
}

const FORMATS = [
  { format: 'pt2', ending: 'pt2' },
  { format: 'torchscript', ending: 'torchscript.pt' },
];

for (const { name, format, ending } of NAMES.flatMap((own) =>
  FORMATS.map((one) => ({ name: own, ...one })),
)) {
  // nothing that an exporter folded stands between the two
  const twin = name === 'seed_dynamic_conv' ? 'legacy' : 'preserve';
  describe(`${name}.${ending}`, () => {
    const detection = detectFixture(join('torch', `${name}.${ending}`));
    const { model } = detection.analysis;
    const x = array(`${name}.x.npy`);
    const truth = array(`${name}.y64.npy`);
    const most = Math.max(...truth.data.map(Math.abs));
    const json = readFileSync(join(FIXTURES, 'torch', `${name}.json`), 'utf8');
    const { unfused_err: own, deploy_err: deploy = own } = JSON.parse(json) as Record<string, number>;
    const allowed = OTHER_RUNTIMES * Math.max(own!, deploy!);

    it('has the blocks of its ONNX twin: families, refusals, branches', () => {
      assert.equal(model.format, format);
      assert.ok(detection.blocks.length > 0);
      assert.deepEqual(outcome(detection), outcome(detectFixture(join('models', `${name}.${twin}.onnx`))));
    });

    it('computes the network, lowered and merged', () => {
      assert.ok(maxDifference(evaluate(model, x), truth) <= LOWERED * most);
      const fused = unwrap(fuseModel(detection)).model;
      assert.ok(maxDifference(evaluate(fused, x), truth) <= allowed);
    });

    it('is written as ONNX that runs within the same error', async () => {
      const [result] = (await runWasm(fuseToBytes(detection), { x })).values();
      assert.ok(maxDifference(result!, truth) <= allowed, `${maxDifference(result!, truth)} > ${allowed}`);
    });
  });
}
