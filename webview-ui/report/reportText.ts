import type { VerificationReport } from '../../src/core/verify/report';
import { cosine, measured } from '../shared/format';
import { t } from '../shared/strings';
import type { Names } from './runner';
import { worstBlocks, worstOutputs } from '../../src/core/view/report/worstFirst';

/** A report as plain text, as one pastes it into an issue. */
export function reportText(report: VerificationReport, names: Names): string {
  const ran = t(report.provider === 'webgpu' ? 'report.webgpu' : 'report.wasm');
  const lines = [
    `${t(`verdict.${report.verdict}`)}: ${report.reason}`,
    t('report.pair', { original: names.original, fused: names.fused }),
    `${t('report.ranOn')}: ${ran}${report.adapter === null ? '' : `, ${report.adapter}`}`,
    '',
    ...worstOutputs(report.outputs).map(
      ({ name, maxAbs, bound, maxRel, rms, cosine: angle, worstIndex }) =>
        `${name}: ${t('report.maxAbs')} ${measured(maxAbs)}, ${t('report.bound')} ${bound === null ? '–' : measured(bound)}, ` +
        `${t('report.maxRel')} ${measured(maxRel)}, ${t('report.rms')} ${measured(rms)}, ${t('report.cosine')} ${cosine(angle)}, ` +
        `${t('report.worstIndex')} [${worstIndex.join(', ')}]`,
    ),
    '',
    ...worstBlocks(report.blocks).flatMap(({ id, verdict, ratio, scope, faults }) => [
      `${id}: ${t(`verdict.${verdict}`)}${ratio === null ? '' : `, ${t('report.ratio')} ${measured(ratio)}`} (${scope})`,
      ...faults.map(({ kind, message }) => `  ${kind}: ${message}`),
    ]),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
