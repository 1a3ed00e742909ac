import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { verifyOnBoth } from '../../../src/core/pipeline';
import type { ModelRunner } from '../../../src/core/ports';
import { fail, ok, ProblemError, unwrap, type Result } from '../../../src/core/result';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { compareBackends } from '../../../src/core/verify/backends';
import type { VerificationReport } from '../../../src/core/verify/report';
import { sideOf } from '../../../src/core/verify/side';
import { buildOnnx, decodeBuilt, noCompanions, type OnnxSpec } from '../../support/onnxBuilder';
import { evaluatorRunner, type Spoil } from './evaluatorRunner';
import { deployNetwork, trainNetwork } from './repvgg';

const scaled = (array: NdArray, factor: number): NdArray => ({
  ...array,
  data: array.data.map((value) => value * factor),
});

/** A GPU that is wrong in what `spoil` says. */
function gpu(spoil?: Spoil): ModelRunner {
  return { ...evaluatorRunner(spoil), provider: 'webgpu', adapter: 'acme gpu' };
}

const unable = (runner: ModelRunner): ModelRunner => ({
  ...runner,
  load: () =>
    Promise.reject(
      new ProblemError({ code: 'failed', message: "onnxruntime can't load the model: no kernel." }),
    ),
});

async function verify(
  fused: OnnxSpec,
  webgpu: Result<ModelRunner> | null,
  wasm = evaluatorRunner(),
): Promise<VerificationReport> {
  const file = { fileName: 'fused.onnx', bytes: buildOnnx(fused), companions: noCompanions };
  return unwrap(
    await verifyOnBoth(detect(decodeBuilt(trainNetwork())), file, { wasm, webgpu, samples: 2, seed: 1 }),
  );
}

const good = deployNetwork();
const wrong = deployNetwork({}, (merged) => ({ ...merged, bias: merged.bias.map(() => 0) }));

describe('verification on two backends', () => {
  it('reports the GPU and its adapter where both find the same', async () => {
    const report = await verify(good, ok(gpu()));
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.equal(report.provider, 'webgpu');
    assert.equal(report.adapter, 'acme gpu');
    assert.match(report.reason, /\(webgpu\).* Wasm finds the same\.$/);
  });

  it('blames the GPU backend that miscomputes the original, and judges by wasm', async () => {
    const faulty = gpu((output, model) =>
      model.graph.nodes.some(({ opType }) => opType === 'BatchNormalization') ? scaled(output, 1.01) : output,
    );
    const report = await verify(good, ok(faulty));
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.equal(report.provider, 'wasm');
    assert.equal(report.adapter, null);
    assert.match(
      report.reason,
      /the WebGPU \(acme gpu\) backend differs from wasm on the original model itself \(output "y" by .*\), which is the backend's fault, not the fusion's/,
    );
  });

  it('does not let a faulty GPU hide a wrong fusion', async () => {
    const report = await verify(wrong, ok(gpu((output) => scaled(output, 1.01))));
    assert.equal(report.verdict, 'not-equivalent');
    assert.equal(report.provider, 'wasm');
  });

  it('finds a wrong fusion on both', async () => {
    const report = await verify(wrong, ok(gpu()));
    assert.equal(report.verdict, 'not-equivalent');
    assert.equal(report.provider, 'webgpu');
    assert.match(report.reason, /^Block b0 differs.* Wasm finds the same\.$/);
  });

  it('leaves doubt where only the merged model is miscomputed on the GPU', async () => {
    const faulty = gpu((output, model) => (model.graph.nodes.length === 1 ? scaled(output, 1.01) : output));
    const report = await verify(good, ok(faulty));
    assert.equal(report.verdict, 'inconclusive');
    assert.equal(report.provider, 'webgpu');
    assert.match(report.reason, /miscomputes the merged block b0.* On wasm, equivalent: /);
  });

  it('judges by wasm where the GPU has no kernels for the model, and quotes it', async () => {
    const report = await verify(good, ok(unable(gpu())));
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.equal(report.provider, 'wasm');
    assert.match(
      report.reason,
      /WebGPU \(acme gpu\) can't run the original: onnxruntime can't load the model: no kernel\./,
    );
  });

  it('judges by the GPU where wasm cannot run the model', async () => {
    const report = await verify(good, ok(gpu()), unable(evaluatorRunner()));
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.equal(report.provider, 'webgpu');
    assert.match(report.reason, /Wasm can't run the original/);
  });

  it('says why there is no GPU, and says nothing of it where none was wanted', async () => {
    const none = await verify(good, fail('unsupported', 'WebGPU offers no adapter here; buy one.'));
    assert.equal(none.provider, 'wasm');
    assert.match(none.reason, /measured on wasm only: WebGPU offers no adapter here; buy one\.$/);
    assert.doesNotMatch((await verify(good, null)).reason, /WebGPU/);
  });
});

describe('compareBackends', () => {
  const original = sideOf(decodeBuilt(trainNetwork()));
  const compare = (checked: ModelRunner) =>
    compareBackends({ original, reference: evaluatorRunner(), checked, seed: 1 });

  it('takes a few roundings for what they are', async () => {
    // WGSL may round every operation either way: some units in the last place
    const outcome = await compare(gpu((output) => scaled(output, 1 + 4 * 2 ** -23)));
    assert.deepEqual(outcome, { kind: 'agree' });
  });

  it('tells a difference of a thousandth from rounding', async () => {
    const outcome = await compare(gpu((output) => scaled(output, 1.001)));
    assert.equal(outcome.kind, 'differ');
  });

  it('tells a result that is not finite, or of another shape', async () => {
    for (const spoil of [
      (output: NdArray): NdArray => ({ ...output, data: output.data.map(() => NaN) }),
      (output: NdArray): NdArray => ({ ...output, dims: [...output.dims, 1] }),
    ]) {
      const outcome = await compare(gpu(spoil));
      assert.equal(outcome.kind === 'differ' && outcome.difference, Infinity);
    }
  });

  it('runs at the sizes it is given', async () => {
    const shapes: string[] = [];
    const watched = gpu((output) => {
      shapes.push(output.dims.join('×'));
      return output;
    });
    const sizes = new Map([
      ['N', 3],
      ['H', 7],
      ['W', 9],
    ]);
    await compareBackends({ original, reference: evaluatorRunner(), checked: watched, seed: 1, sizes });
    assert.deepEqual(shapes, ['3×3×7×9']);
  });

  it('stops when told to', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(
      compareBackends({ original, reference: evaluatorRunner(), checked: gpu(), seed: 1, signal }),
      (error) => error instanceof ProblemError && error.problem.code === 'cancelled',
    );
  });
});
