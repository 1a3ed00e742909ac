import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import type { ModelRunner } from '../../../src/core/ports';
import { raise } from '../../../src/core/result';
import type { NdArray } from '../../../src/core/tensor/tensor';
import type { VerificationReport } from '../../../src/core/verify/report';
import { verifyModels } from '../../../src/core/verify/verify';
import { decodeBuilt, type OnnxSpec } from '../../support/onnxBuilder';
import { sharedRunner } from '../../support/models';
import { evaluatorRunner, type Spoil } from './evaluatorRunner';
import { deployNetwork, trainNetwork } from './repvgg';

async function verify(original: OnnxSpec, fused: OnnxSpec, runner: ModelRunner): Promise<VerificationReport> {
  return await verifyModels({ original: detect(decodeBuilt(original)), fused: decodeBuilt(fused), runner });
}

const scaled = (array: NdArray, factor: number): NdArray => ({
  ...array,
  data: array.data.map((value) => value * factor),
});

/** A backend that is wrong wherever a graph has the operator. */
const wrongAt =
  (opType: string, factor: number): Spoil =>
  (output, model) =>
    model.graph.nodes.some((node) => node.opType === opType) ? scaled(output, factor) : output;

describe('a faulty backend', () => {
  it('is blamed when it miscomputes a block of the original, and the fusion is not', async () => {
    const report = await verify(
      trainNetwork(),
      deployNetwork(),
      evaluatorRunner(wrongAt('BatchNormalization', 1.01)),
    );
    assert.equal(report.verdict, 'inconclusive');
    assert.match(report.reason, /\(wasm\) miscomputes block b0 of the original/);
    assert.match(report.reason, /In float64 the fusion shows no difference/);
    assert.equal(report.blocks[0]?.verdict, 'equivalent');
  });

  it('is blamed when it miscomputes the merged block', async () => {
    // only the merged block alone is one Conv with a bias and nothing else
    const spoil: Spoil = (output, model) => (model.graph.nodes.length === 1 ? scaled(output, 1.01) : output);
    const report = await verify(trainNetwork(), deployNetwork(), evaluatorRunner(spoil));
    assert.equal(report.verdict, 'inconclusive');
    assert.match(report.reason, /miscomputes the merged block b0/);
    assert.equal(report.blocks[0]?.verdict, 'equivalent');
  });

  it('is blamed when only the whole network shows it', async () => {
    const report = await verify(trainNetwork(), deployNetwork(), evaluatorRunner(wrongAt('Relu', 1.01)));
    assert.equal(report.verdict, 'inconclusive');
    assert.match(report.reason, /miscomputes the original: output "y"/);
  });

  it('does not hide a wrong fusion', async () => {
    const wrong = deployNetwork({}, (merged) => ({ ...merged, bias: merged.bias.map(() => 0) }));
    const report = await verify(trainNetwork(), wrong, evaluatorRunner(wrongAt('BatchNormalization', 1.01)));
    assert.equal(report.verdict, 'not-equivalent');
    assert.match(report.reason, /^Block b0 differs/);
  });

  it('that only rounds is not blamed', async () => {
    // one unit in the last place, always the same way
    const report = await verify(
      trainNetwork(),
      deployNetwork(),
      evaluatorRunner((output) => scaled(output, 1 + 2 ** -23)),
    );
    assert.equal(report.verdict, 'equivalent', report.reason);
  });
});

describe('a backend that can run nothing', () => {
  const runner: ModelRunner = {
    provider: 'webgpu',
    adapter: 'none',
    load: () => Promise.reject(raised()),
  };
  function raised(): unknown {
    try {
      return raise('failed', "onnxruntime can't load the model: no such operator.");
    } catch (error) {
      return error;
    }
  }

  it('leaves the judgement to float64, and is quoted', async () => {
    const report = await verify(trainNetwork(), deployNetwork(), runner);
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.match(
      report.reason,
      /no run on onnxruntime-web \(webgpu\) \(onnxruntime can't load the model: no such operator\.\)/,
    );
    assert.match(report.blocks[0]?.scope ?? '', /in float64 only/);
    assert.equal(report.adapter, 'none');
    assert.ok((report.outputs[0]?.maxAbs ?? 0) > 0);
  });

  it('does not hide a wrong fusion either', async () => {
    const wrong = deployNetwork({}, (merged) => ({ ...merged, pads: [2, 1, 0, 1] }));
    assert.equal((await verify(trainNetwork(), wrong, runner)).verdict, 'not-equivalent');
  });
});

describe('outputs that are no numbers', () => {
  /** The network of the fixture with something done to its output. */
  const then = (network: OnnxSpec, op: string): OnnxSpec => ({
    ...network,
    nodes: [
      ...network.nodes.map((node) => (node.outputs[0] === 'y' ? { ...node, outputs: ['logits'] } : node)),
      { op, inputs: ['logits'], outputs: ['y'] },
    ],
  });

  it('are reported where only some are, in both models alike', async () => {
    const report = await verify(
      then(trainNetwork(), 'Log'),
      then(deployNetwork(), 'Log'),
      await sharedRunner(),
    );
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.match(report.reason, /Some outputs are infinite or not a number in both models alike/);
    assert.ok(Number.isFinite(report.outputs[0]?.maxAbs));
  });

  it('leave nothing to compare where all are', async () => {
    const nothing = (network: OnnxSpec): OnnxSpec => {
      const log = then(network, 'Log');
      const nodes = log.nodes.flatMap((node) =>
        node.op === 'Log'
          ? [
              { op: 'Abs', inputs: ['logits'], outputs: ['positive'] },
              { op: 'Sub', inputs: ['minus', 'positive'], outputs: ['negative'] },
              { op: 'Log', inputs: ['negative'], outputs: ['y'] },
            ]
          : [node],
      );
      return { ...log, nodes, initializers: { ...log.initializers, minus: { dims: [], data: [-1] } } };
    };
    const report = await verify(nothing(trainNetwork()), nothing(deployNetwork()), await sharedRunner());
    assert.equal(report.verdict, 'inconclusive');
    assert.match(report.reason, /All outputs are infinite or not a number/);
  });

  it('are a difference where only one model has them', async () => {
    const spoil: Spoil = (output, model) => {
      const isFused = model.graph.nodes.length === 3;
      return isFused
        ? { ...output, data: output.data.map((value, i) => (i === 5 ? Infinity : value)) }
        : output;
    };
    const report = await verify(trainNetwork(), deployNetwork(), evaluatorRunner(spoil));
    assert.equal(report.verdict, 'not-equivalent');
    assert.match(report.reason, /infinite or not a number in 3 places in one model only/);
  });
});
