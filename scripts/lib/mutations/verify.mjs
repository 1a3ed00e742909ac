// Mutations of src/core/verify, and of what it computes with.
import { breaking as of } from './mutation.mjs';

const groups = 'src/core/verify/certificate/commonGroups.ts';
const certify = 'src/core/verify/certificate/certify.ts';
const weights = 'src/core/verify/certificate/weightMeter.ts';
const conv = 'src/core/eval/conv.ts';

/** Each rule of the certificate and of the evaluator's ways, and the edit that breaks it. */
export const verifyMutations = [
  of('a convolution mixes the channels of its group', groups, "intAttribute(node, 'group', 1)", '0'),
  of('what moves channels leaves one group', groups, 'isPlain ? 0 : 1', 'isPlain ? 0 : 0'),
  of('a constant of more axes moves the channels', groups, '&& isPlain ?', '?'),
  of('magnitudes beyond float64 allow nothing', weights, '|| allowed === Infinity', ''),
  of('a channel is named in its own group', certify, 'channel + group * channelsPerGroup(plan)', 'channel'),
  of('the worst weight decides', weights, 'if (ratio <= this.ratio) return false;', 'return false;'),
  of('0 times an infinite weight is not left out', conv, '!areFinite(w)', 'false'),
];
