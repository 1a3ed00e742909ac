import type { ReactElement } from 'react';
import type { VerificationRecord } from '../../src/core/view/report/verificationRecord';
import type { ReportFile } from '../../src/protocol/report';
import { ReportView } from '../report/reportView';
import { t } from '../shared/strings';
import { saveAs } from './saving';
import type { Services } from './services';

export interface ReportOutputProps {
  readonly report: VerificationRecord;
  readonly services: Services;
  /** Shows a block of the model that the report is about, where that is there. */
  readonly onReveal?: (id: string) => void;
}

/** A report in an output: one that was saved, or of the model above it. */
export function ReportOutput({ report, services, onReveal }: ReportOutputProps): ReactElement {
  const { original, fused } = report.files;
  const save = ({ format, text }: ReportFile): Promise<boolean> => {
    const name = `${fused.name.replace(/\.[^.]+$/, '')}.report.${format}`;
    return saveAs(services.channel, name, new TextEncoder().encode(text));
  };
  return (
    <section
      role="group"
      className="output report-output"
      aria-label={t('output.report', { name: original.name })}
    >
      <ReportView
        report={report}
        names={{ original: original.name, fused: fused.name }}
        runner={{ reveal: onReveal ?? null, save }}
      />
    </section>
  );
}
