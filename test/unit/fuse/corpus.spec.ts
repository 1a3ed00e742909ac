import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { decodeOnnx } from '../../../src/core/onnx/decode';
import { unwrap } from '../../../src/core/result';
import type { NdArray } from '../../../src/core/tensor/tensor';
import {
  detectBytes,
  detectFixture,
  FIXTURES,
  fuseToBytes,
  maxDifference,
  NO_COMPANIONS,
  runWasm,
} from '../../support/models';
import { readNpy } from '../../support/npy';

/** What a corpus file's JSON says. */
interface Case {
  readonly name: string;
  readonly family: string;
  readonly blocks: number | null;
  readonly files: readonly string[];
  readonly dynamic?: readonly string[];
  readonly deploy_convs?: number;
  readonly deploy_nodes?: number;
  readonly deploy_err?: number;
  readonly ideal_convs?: number;
  readonly ideal_nodes?: number;
  readonly unfused_err: number;
  readonly ymax: number;
}

const models = join(FIXTURES, 'models');
const cases = readdirSync(models)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(models, name), 'utf8')) as Case);

/** Rounding of the result to float32: half a unit in the last place of the largest output. */
const rounding = (ymax: number): number => ymax * 2 ** -24;

/** Twice the error of a hand-made float32 deploy form, or four times that of the unfused float32 network where there is none. */
function tolerance(given: Case): number {
  const error = given.deploy_err === undefined ? 4 * given.unfused_err : 2 * given.deploy_err;
  return error + rounding(given.ymax);
}

for (const given of cases) {
  for (const file of given.files.filter((name) => name.endsWith('.onnx'))) {
    describe(`fusing ${file}`, () => {
      const detection = detectFixture(`models/${file}`);
      const fused = fuseToBytes(detection);

      it(`finds ${given.blocks ?? 0} block(s) of family ${given.family}`, () => {
        const fusable = detection.blocks.filter((block) => block.status === 'fusable');
        assert.deepEqual(
          fusable.map((block) => block.family),
          new Array(given.blocks ?? 0).fill(given.family),
        );
      });

      it('has the deploy form’s convolutions and nodes', () => {
        const ops = unwrap(decodeOnnx(fused, { fileName: file, companions: NO_COMPANIONS }))
          .graph.nodes.map((node) => node.opType)
          .filter((op) => op !== 'Constant');
        const convs = given.deploy_convs ?? given.ideal_convs;
        const nodes = given.deploy_nodes ?? given.ideal_nodes;
        assert.equal(ops.filter((op) => op === 'Conv').length, convs);
        if (nodes !== undefined) assert.equal(ops.length, nodes);
      });

      it('stays as close to the float64 network as the deploy form', async () => {
        const x = readNpy(join(models, `${given.name}.x.npy`));
        const y = readNpy(join(models, `${given.name}.y64.npy`));
        const outputs = await runWasm(fused, { x });
        assert.ok(maxDifference(outputs.get('y') as NdArray, y) <= tolerance(given));
      });

      it('still merges to one network when read again', () => {
        assert.deepEqual(
          detectBytes(fused).blocks.filter((block) => block.status === 'fusable'),
          [],
        );
      });

      for (const [height, width] of given.dynamic?.includes('H') === true
        ? [
            [7, 12],
            [16, 9],
            [5, 5],
          ]
        : []) {
        it(`computes the same at ${height}×${width}, a size it was not found at`, async () => {
          // the dynamo export runs at any size; the legacy one of DBB only at the size it was exported at
          const network = detectFixture(`models/${given.name}.dynamo.onnx`).analysis.model;
          const channels = readNpy(join(models, `${given.name}.x.npy`)).dims[1] ?? 1;
          const x = wave([2, channels, height as number, width as number]);
          const exact = evaluateGraph(network, new Map([['x', x]])).get('y') as NdArray;
          const outputs = await runWasm(fused, { x });
          assert.ok(maxDifference(outputs.get('y') as NdArray, exact) <= tolerance(given));
        });
      }
    });
  }
}

/** A bounded input that repeats nowhere. */
function wave(dims: readonly number[]): NdArray {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return {
    dtype: 'float32',
    dims,
    data: Float64Array.from({ length: count }, (_, i) => Math.fround(Math.sin(1 + i * 1.7) * 2)),
  };
}
