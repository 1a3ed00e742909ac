import type { OnnxSpec } from '../../support/onnxBuilder';
import { assertMerges, assertRefuses } from './merges';
import { Net, type ConvOptions } from './net';

/**
 * Cases of ALGEBRA's table: a graph where a rule holds, merged and compared in float64, and its neighbour, where one side
 * condition fails and nothing may be merged.
 */
export type Build = (net: Net) => string;

const ANY = ['N', 4, 'H', 'W'] as const;

export function model(build: Build, dims: readonly (number | string)[] = ANY): OnnxSpec {
  const net = new Net();
  return net.spec(dims, build(net));
}

/** @param shapes of x to compare at, where `dims` leave sizes open. */
export function holds(
  what: string,
  build: Build,
  dims: readonly (number | string)[] = ANY,
  shapes: readonly (readonly number[])[] = [
    [2, 4, 9, 10],
    [1, 4, 7, 7],
  ],
): void {
  it(`holds: ${what}`, () => {
    const isOpen = dims.some((dim) => typeof dim === 'string');
    assertMerges(model(build, dims), isOpen ? shapes : [dims as readonly number[]]);
  });
}

/** @param code of the near miss; null: nothing is listed; with a `?`: either. */
export function fails(
  what: string,
  code: string | null,
  build: Build,
  dims: readonly (number | string)[] = ANY,
): void {
  it(`fails, ${code ?? 'nothing listed'}: ${what}`, () => void assertRefuses(model(build, dims), code));
}

export const C = [4, 4] as const;

export function conv3(net: Net, input = 'x', options: ConvOptions = {}): string {
  return net.conv(input, C, 3, { pad: 1, ...options });
}

export function conv1(net: Net, input = 'x', options: ConvOptions = {}): string {
  return net.conv(input, C, 1, options);
}

export function add(net: Net, ...values: readonly string[]): string {
  return net.node(values.length === 2 ? 'Add' : 'Sum', values);
}
