import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { readNpz } from '../../../src/core/inputs/npz';
import type { Model } from '../../../src/core/ir/model';
import { joinChunks } from '../../../src/core/onnx/chunks';
import { encodeOnnx } from '../../../src/core/onnx/encode';
import { decodeModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { FIXTURES, maxDifference, NO_COMPANIONS, runWasm } from '../../support/models';

/**
 * Every lowering against PyTorch's own float64 results (scripts/fixtures/torch_ops.py), on numbers of magnitude 1 to 60.
 * Constants in the file are float32, so the evaluator is off by their rounding, 6e-8 relative; a run in float32 by some of those.
 */
const EVALUATED = 2e-6;
const MEASURED = 5e-5;

const OPS = join(FIXTURES, 'torch', 'ops');

/** What the evaluator does not do: it knows no cubic kernel, and rounds nothing to 16 bits. They are run all the same. */
const NOT_EVALUATED = new Set(['bicubic_one', 'bicubic_corners', 'compare_halves']);

interface Group {
  readonly model: Model;
  readonly cases: readonly string[];
  readonly x: NdArray;
  readonly expected: readonly NdArray[];
}

function readGroup(file: string): Group {
  const bytes = readFileSync(join(OPS, file));
  const name = file.slice(0, file.indexOf('.'));
  const arrays = [...readNpz(readFileSync(join(OPS, `${name}.npz`)), name)].map(([, array]) => array);
  const [x, ...expected] = arrays;
  const cases = JSON.parse(readFileSync(join(OPS, `${name}.json`), 'utf8')) as string[];
  return {
    model: unwrap(decodeModel(bytes, { fileName: file, companions: NO_COMPANIONS })),
    cases,
    x: x!,
    expected,
  };
}

function scale(array: NdArray): number {
  return array.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
}

const PROGRAMS = [
  'memory',
  'more',
  'awkward',
  'open',
  'conv',
  'norm',
  'pool',
  'shape',
  'plain',
  'core',
  'batch',
  'scattered',
].map((name) => `${name}.pt2`);
const TRACES = ['more', 'awkward', 'conv', 'norm', 'pool', 'shape', 'plain'].map(
  (name) => `${name}.torchscript.pt`,
);

for (const name of [...PROGRAMS, ...TRACES]) {
  describe(`lowered PyTorch calls: ${name}`, () => {
    const group = readGroup(name);

    it('all have lowerings', () => {
      const opaque = group.model.graph.nodes.filter((node) => node.domain !== '').map((node) => node.opType);
      assert.deepEqual(opaque, []);
      assert.equal(group.expected.length, group.cases.length);
    });

    group.cases.forEach((title, place) => {
      if (NOT_EVALUATED.has(title)) return;
      it(`${title}: PyTorch's float64 result`, () => {
        const output = group.model.graph.outputs[place]!.name;
        const feeds = new Map([['x', group.x]]);
        const result = evaluateGraph(group.model, feeds, { outputs: [output] }).get(output)!;
        const truth = group.expected[place]!;
        assert.ok(
          maxDifference(result, truth) <= EVALUATED * scale(truth),
          `${maxDifference(result, truth)}`,
        );
      });
    });

    it('run on wasm as ONNX with the same results', async () => {
      const results = await runWasm(joinChunks(encodeOnnx(group.model).main), { x: group.x });
      group.model.graph.outputs.forEach(({ name: output }, place) => {
        const truth = group.expected[place]!;
        const error = maxDifference(results.get(output)!, truth);
        assert.ok(error <= MEASURED * scale(truth), `${group.cases[place]}: ${error}`);
      });
    });
  });
}
