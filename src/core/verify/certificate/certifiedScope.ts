import type { DType } from '../../tensor/dtype';
import type { CertificateOutcome } from './certifyBlock';

/** What a block's verdict holds for, in words. @param tried the inputs that it was computed on. */
export function certifiedScope(outcome: CertificateOutcome | null, dtype: DType, tried: string): string {
  if (outcome === null) return tried;
  if ('failure' in outcome) return `${tried}; no difference found, but no certificate: ${outcome.failure}`;
  const { certificate, allSizes } = outcome;
  const { method, taps, channels, ofChannels } = certificate;
  const ulps = `the largest error is ${Number(certificate.ulps.toPrecision(2))} units in the last place of ${dtype}`;
  const how =
    method === 'taps'
      ? `${taps} taps compared one by one, ${ulps}`
      : `taps of ${channels} of ${ofChannels} input channels compared one by one (${ulps}), the others by random images`;
  return allSizes ? `all sizes: ${how}; ${tried}` : `${tried}: ${how}`;
}
