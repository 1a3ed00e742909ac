import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Model } from '../../../src/core/ir/model';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { decodeBytes } from '../../support/onnxBuilder';

const folder = path.join(__dirname, '..', '..', 'fixtures', 'models');

export function fixtureBytes(file: string): Uint8Array {
  return new Uint8Array(readFileSync(path.join(folder, file)));
}

export function fixtureModel(file: string): Model {
  return decodeBytes(fixtureBytes(file), file);
}

/** An array from a NumPy file of float32 or float64 in row-major order, as a float32 tensor held in float64. */
export function fixtureArray(file: string): NdArray {
  const bytes = readFileSync(path.join(folder, file));
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '';
  const dims = shape
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const wide = header.includes("'<f8'");
  if (!wide && !header.includes("'<f4'")) throw new Error(`${file} holds neither float32 nor float64`);
  const count = dims.reduce((size, dim) => size * dim, 1);
  const data = Float64Array.from({ length: count }, (_, i) =>
    wide ? bytes.readDoubleLE(start + 8 * i) : bytes.readFloatLE(start + 4 * i),
  );
  return { dtype: 'float32', dims, data };
}
