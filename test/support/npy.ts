import { readFileSync } from 'node:fs';
import { readElements } from '../../src/core/tensor/convert';
import type { NdArray } from '../../src/core/tensor/tensor';

/** Reads a little-endian C-order .npy file of float32 or float64. */
export function readNpy(path: string): NdArray {
  const bytes = readFileSync(path);
  const start = bytes[6] === 1 ? 10 : 12;
  const length = bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const header = bytes.toString('latin1', start, start + length);
  const descr = /'descr': '<f([48])'/.exec(header)?.[1];
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || shape === undefined || header.includes("'fortran_order': True"))
    throw new Error(`${path}: ${header}`);
  const dims = shape
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const dtype = descr === '4' ? 'float32' : 'float64';
  const count = dims.reduce((product, dim) => product * dim, 1);
  return { dtype, dims, data: readElements(dtype, bytes.subarray(start + length), 0, count) };
}
