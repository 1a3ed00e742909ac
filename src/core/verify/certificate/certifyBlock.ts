import { isFloat } from '../../tensor/dtype';
import type { BlockPart } from '../block/blockRuns';
import { isSizeDependent, worksAtAnySize } from '../block/blockShapes';
import type { Part } from '../match/part';
import { certify, type Certificate } from './certify';
import { layoutOf, planImpulses } from './impulses';
import { nodesBetween } from './nodesBetween';
import { storedType } from './storedType';

/** A certificate and the sizes that it holds for, or one sentence why there is none. */
export type CertificateOutcome =
  { readonly certificate: Certificate; readonly allSizes: boolean } | { readonly failure: string };

export interface BlockCertificateTask {
  readonly block: Part;
  readonly unfused: BlockPart;
  readonly merged: BlockPart;
  readonly composed: number;
  readonly signal?: AbortSignal;
}

/** Size-independent as well, where only the taps count. */
const PRODUCTS = ['MatMul', 'Gemm', 'ConvTranspose'];

/**
 * The certificate of a block. It is for all sizes where both forms consist of nothing but convolutions with fixed pads, scales
 * and sums, which are shift-invariant by what they are and read zeros outside the image: then the taps are all there is. Blocks that
 * hold indices or shapes are certified at the sizes that the model has.
 */
export function certifyBlock(
  { block, unfused, merged, composed, signal }: BlockCertificateTask,
  shapes: readonly (readonly number[])[],
): CertificateOutcome {
  const [shape] = shapes;
  if (shape === undefined) return { failure: 'no size of it can be computed' };
  const dtype = storedType([unfused, merged], merged.side.facts.types.get(merged.sink)?.dtype ?? 'float32');
  if (!isFloat(dtype)) return { failure: 'its result is of no floating-point type' };
  const nodes = [...nodesBetween(unfused), ...nodesBetween(merged)];
  const isFree =
    worksAtAnySize(unfused.side, nodesBetween(unfused), PRODUCTS) &&
    worksAtAnySize(merged.side, nodesBetween(merged), PRODUCTS);
  const layout = layoutOf(block, shape.length);
  const attempt = (sizesAreFree: boolean): Certificate | { readonly failure: string } =>
    certify({
      ...{ unfused, merged, composed, dtype, batch: isFree ? null : (shape[0] ?? 1) },
      plan: planImpulses([unfused, merged], shape, layout, sizesAreFree),
      ...(signal === undefined ? {} : { signal }),
    });
  const certificate = attempt(isFree);
  if (!('failure' in certificate)) {
    return { certificate, allSizes: isFree && !nodes.some(isSizeDependent) };
  }
  // branches whose sizes agree at one image size only
  const atShape = isFree ? attempt(false) : certificate;
  return 'failure' in atShape ? atShape : { certificate: atShape, allSizes: false };
}

/** Of two certificates of one block, for two attentions, what they say together. */
export function worseOf(a: CertificateOutcome, b: CertificateOutcome): CertificateOutcome {
  if ('failure' in a) return a;
  if ('failure' in b) return b;
  const worse = a.certificate.ratio >= b.certificate.ratio ? a.certificate : b.certificate;
  const ulps = Math.max(a.certificate.ulps, b.certificate.ulps);
  const taps = a.certificate.taps + b.certificate.taps;
  return { certificate: { ...worse, ulps, taps }, allSizes: a.allSizes && b.allSizes };
}
