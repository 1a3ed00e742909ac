import assert from 'node:assert/strict';
import type { GivenAssumptions } from '../../src/core/checkpoint/assumptions';
import { wrapperOf } from '../../src/core/checkpoint/checkpoint';
import { findBlocks } from '../../src/core/checkpoint/blocks/findBlocks';
import type { FoundBlock } from '../../src/core/checkpoint/blocks/foundBlock';
import { bytesPerElement, type DType } from '../../src/core/tensor/dtype';
import { elementCount, type Tensor } from '../../src/core/tensor/tensor';

/** State dicts of zeros, by the shapes of their entries. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

export function tensor(dims: readonly number[], dtype: DType = 'float32'): Tensor {
  return { dtype, dims, bytes: () => new Uint8Array(elementCount(dims) * bytesPerElement(dtype)) };
}

export function find(shapes: Shapes, given?: GivenAssumptions): readonly FoundBlock[] {
  const entries = new Map(Object.entries(shapes).map(([name, dims]) => [name, tensor(dims)]));
  return findBlocks({ path: '', entries, wrapper: wrapperOf(entries.keys()) }, given);
}

export function bn(at: string, channels: number): Shapes {
  const parts = ['weight', 'bias', 'running_mean', 'running_var'];
  return Object.fromEntries(parts.map((part) => [`${at}.${part}`, [channels]]));
}

export function unit(at: string, dims: readonly number[]): Shapes {
  return { [`${at}.conv.weight`]: dims, ...bn(`${at}.bn`, dims[0] ?? 0) };
}

export function repvgg(at: string, c1: number, c2 = c1, groups = 1): Shapes {
  const width = c1 / groups;
  return {
    ...unit(`${at}.rbr_dense`, [c2, width, 3, 3]),
    ...unit(`${at}.rbr_1x1`, [c2, width, 1, 1]),
    ...(c1 === c2 ? bn(`${at}.rbr_identity`, c1) : {}),
  };
}

export const only = (blocks: readonly FoundBlock[]): FoundBlock => {
  assert.equal(blocks.length, 1);
  return blocks[0] as FoundBlock;
};

export const without = (shapes: Shapes, name: string): Shapes => {
  assert.ok(name in shapes, name);
  return Object.fromEntries(Object.entries(shapes).filter(([key]) => key !== name));
};
