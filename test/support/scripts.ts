import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { evaluateGraph } from '../../src/core/eval/evaluateGraph';
import type { Model } from '../../src/core/ir/model';
import { decodeModel } from '../../src/core/pipeline';
import { unwrap } from '../../src/core/result';
import type { NdArray } from '../../src/core/tensor/tensor';
import { FIXTURES, NO_COMPANIONS } from './models';

const entries = unzipSync(readFileSync(join(FIXTURES, 'torch', 'files', 'steps.pt')));

/** A script with this `forward`, and classes or functions behind its class. */
export function script(parameters: string, body: string, more = ''): Uint8Array {
  const lines = body.split('\n').map((line) => `    ${line}`);
  const code = `class Steps(Module):\n  __parameters__ = []\n  def forward(self${parameters}) -> Tensor:\n${lines.join('\n')}\n${more}`;
  return zipSync({ ...entries, 'archive/code/__torch__.py': new TextEncoder().encode(code) }, { level: 0 });
}

export function read(bytes: Uint8Array, shapes: ReadonlyMap<string, readonly number[]> = new Map()): Model {
  return unwrap(decodeModel(bytes, { fileName: 'x.pt', companions: NO_COMPANIONS, shapes }));
}

/** What the model gives for numbers by the names of its inputs. */
export function results(model: Model, inputs: Readonly<Record<string, number>>): readonly number[] {
  assert.deepEqual(
    model.graph.inputs.map(({ name }) => name),
    Object.keys(inputs),
  );
  const feeds = Object.entries(inputs).map(
    ([name, value]) => [name, { dtype: 'float32', dims: [1], data: Float64Array.of(value) }] as const,
  );
  return [...evaluateGraph(model, new Map<string, NdArray>(feeds)).values()].map(
    ({ data }) => data[0] ?? NaN,
  );
}

/** Sums and products of small whole numbers are exact. */
export function gives(title: string, body: string, expected: readonly number[], more = ''): void {
  it(title, () => assert.deepEqual(results(read(script(', x: Tensor', body, more)), { x: 10 }), expected));
}
