import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { decodeModel, fuseModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import { detectFixture, FIXTURES, maxDifference, NO_COMPANIONS } from '../../support/models';

/**
 * Two networks as PyTorch 1.13 to 2.13 wrote them themselves (scripts/fixtures/torch_versions.py), against one reference
 * in float64.
 */
const FOLDER = join(FIXTURES, 'torch', 'versions');

interface Reference {
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly outputs: readonly (readonly number[])[];
}

const REFERENCES = JSON.parse(readFileSync(join(FOLDER, 'reference.json'), 'utf8')) as Record<
  string,
  Reference
>;
const VERSIONS = readdirSync(FOLDER).filter((name) => /^\d/.test(name));

/** Scalars and BN's ε are float32 in the lowered graph (6e-8 relative, through a dozen calls); frozen scripts hold folded weights. */
const LOWERED = 1e-6;

/** What only PyTorch 2.1 wrote: a tensor within the JSON. */
const REFUSED = new Set(['2.1/mixed.pt2']);

const array = (dims: readonly number[], data: readonly number[]): NdArray => ({
  dtype: 'float64',
  dims,
  data: Float64Array.from(data),
});

for (const version of VERSIONS) {
  describe(`files of PyTorch ${version}`, () => {
    for (const file of readdirSync(join(FOLDER, version)).filter(
      (name) => !REFUSED.has(`${version}/${name}`),
    )) {
      it(`${file}: one RepVGG block and the network's numbers`, () => {
        const reference = REFERENCES[file.slice(0, file.indexOf('.'))]!;
        const detection = detectFixture(join('torch', 'versions', version, file));
        const { graph } = detection.analysis.model;
        assert.deepEqual(
          graph.nodes.filter(({ domain }) => domain !== '').map(({ opType }) => opType),
          [],
        );
        assert.deepEqual(
          detection.blocks.map(({ family, refusal }) => [family, refusal?.code ?? null]),
          [['RepVGG', null]],
        );
        for (const model of [detection.analysis.model, unwrap(fuseModel(detection)).model]) {
          const feeds = new Map([[graph.inputs[0]!.name, array(reference.shape, reference.x)]]);
          const results = [...evaluateGraph(model, feeds).values()];
          assert.equal(results.length, reference.outputs.length);
          results.forEach((result, place) => {
            const truth = array(result.dims, reference.outputs[place]!);
            assert.ok(maxDifference(result, truth) <= LOWERED, `${maxDifference(result, truth)}`);
          });
        }
      });
    }
  });
}

describe('a tensor within the JSON, as PyTorch 2.1 wrote it', () => {
  it('is refused with what to do', () => {
    const bytes = readFileSync(join(FOLDER, '2.1', 'mixed.pt2'));
    const result = decodeModel(bytes, { fileName: 'mixed.pt2', companions: NO_COMPANIONS });
    assert.ok(!result.ok);
    assert.match(
      result.problem.message,
      /"_tensor_constant0" in a way that only PyTorch 2\.1 wrote; export it with a newer/,
    );
  });
});
