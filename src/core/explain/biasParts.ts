import { biasVector } from '../algebra/kernel/bias';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import { kernelRows } from '../algebra/kernel/kernelRows';
import { evaluateVector, type TensorReader, type VectorExpr } from '../algebra/kernel/vectorExpr';
import { channelsPerGroup, tapCount } from '../algebra/geometry/geometry';

/** One of the terms that the merged bias is the sum of. */
export interface BiasPart {
  /** A convolution's own bias; β or −μ·t of a BN; any other constant per channel. */
  readonly role: 'convBias' | 'beta' | 'mean' | 'shift';
  /** Name of the node that it comes from. */
  readonly node: string;
  /** What it adds to each output channel of the merged bias. */
  readonly values: Float64Array;
  /** Whether a BN follows it: then the converter had to scale it. */
  readonly normalized: boolean;
}

/** The terms of `biasVector`, one by one: their sum is the merged bias. */
export function biasParts(expr: KernelExpr, read: TensorReader): readonly BiasPart[] {
  const channels = expr.geometry.outChannels;
  switch (expr.kind) {
    case 'conv':
    case 'convTranspose':
      return expr.bias === null ? [] : [part('convBias', expr, biasVector(expr, read))];
    case 'linear':
    case 'identity':
    case 'averagePool':
      return [];
    case 'affine':
      return affineParts(expr, read);
    case 'sum':
      return expr.terms.flatMap(({ coefficient, of }) =>
        biasParts(of, read).map((one) => mapped(one, (values) => values.map((value) => coefficient * value))),
      );
    case 'compose':
      return [
        ...biasParts(expr.first, read).map((one) =>
          mapped(one, (values) => through(expr.then, values, read)),
        ),
        ...biasParts(expr.then, read),
      ];
    case 'rows':
      return biasParts(expr.of, read).map((one) =>
        mapped(one, (values) => Float64Array.from(expr.rows, (row) => values[row] as number)),
      );
    case 'stack': {
      let first = 0;
      return expr.parts.flatMap((stacked) => {
        const at = first;
        first += stacked.geometry.outChannels;
        return biasParts(stacked, read).map((one) =>
          mapped(one, (values) => {
            const all = new Float64Array(channels);
            all.set(values, at);
            return all;
          }),
        );
      });
    }
  }
}

function affineParts(
  expr: KernelExpr & { readonly kind: 'affine' },
  read: TensorReader,
): readonly BiasPart[] {
  const channels = expr.geometry.outChannels;
  const scale = expr.scale === null ? null : evaluateVector(expr.scale, channels, read);
  const isNorm = expr.scale?.kind === 'bnScale';
  const inner = biasParts(expr.of, read).map((one) => ({
    ...mapped(one, (values) => values.map((value, o) => value * (scale?.[o] ?? 1))),
    normalized: one.normalized || isNorm,
  }));
  if (expr.shift === null) return inner;
  if (expr.shift.kind !== 'bnShift')
    return [...inner, part('shift', expr, evaluateVector(expr.shift, channels, read))];
  const shift = evaluateVector(
    { kind: 'tensor', name: expr.shift.beta } satisfies VectorExpr,
    channels,
    read,
  );
  const whole = evaluateVector(expr.shift, channels, read);
  return [
    ...inner,
    part('beta', expr, shift),
    part(
      'mean',
      expr,
      whole.map((value, o) => value - (shift[o] as number)),
    ),
  ];
}

function part(role: BiasPart['role'], expr: KernelExpr, values: Float64Array): BiasPart {
  return { role, node: expr.node ?? '', values, normalized: false };
}

function mapped(one: BiasPart, change: (values: Float64Array) => Float64Array): BiasPart {
  return { ...one, values: change(one.values) };
}

/** What a constant per channel becomes behind a convolution, away from its border: Σ W₂[o, m, tap]·b[m]. */
function through(then: KernelExpr, values: Float64Array, read: TensorReader): Float64Array {
  const rows = kernelRows(then, read);
  const row = new Float64Array(rows.length);
  const { outChannels, groups } = then.geometry;
  const taps = tapCount(then.geometry);
  const width = channelsPerGroup(then.geometry);
  return Float64Array.from({ length: outChannels }, (_, o) => {
    rows.fill(o, row);
    const start = Math.floor(o / (outChannels / groups)) * width;
    return row.reduce(
      (total, weight, at) => total + weight * (values[start + Math.floor(at / taps)] ?? 0),
      0,
    );
  });
}
