import type { ReactElement } from 'react';
import type { VerificationRecord } from '../../src/core/view/report/verificationRecord';
import { AssumptionList } from '../shared/assumptionList';
import { Icon } from '../shared/icon';
import { t } from '../shared/strings';
import { verdictLook } from '../shared/verdictLook';
import { BlockTable } from './blockTable';
import { ChangeSection } from './changeSection';
import { CopyButtons } from './copyButtons';
import { FileList } from './fileList';
import { OutputTable } from './outputTable';
import type { Names, Runner } from './runner';

export interface ReportViewProps {
  readonly report: VerificationRecord;
  readonly names: Names;
  readonly runner: Pick<Runner, 'save'> & {
    /** null: there is nothing to show a block in. */
    readonly reveal: Runner['reveal'] | null;
  };
}

/** A finished verification: the verdict, then what it rests on, worst first. */
export function ReportView({ report, names, runner }: ReportViewProps): ReactElement {
  const { verdict, reason, provider, adapter } = report;
  const { icon, tone } = verdictLook(verdict);
  return (
    <div className="report">
      <header className={`verdict ${tone}`} data-testid="verdict" data-verdict={verdict}>
        <Icon name={icon} />
        <div>
          <h1 tabIndex={-1}>{t(`verdict.${verdict}`)}</h1>
          <p data-testid="reason">{reason}</p>
        </div>
      </header>
      <dl className="run">
        <div>
          <dt>{t('report.original')}</dt>
          <dd>{names.original}</dd>
        </div>
        <div>
          <dt>{t('report.fused')}</dt>
          <dd>{names.fused}</dd>
        </div>
        <div>
          <dt>{t('report.ranOn')}</dt>
          <dd data-testid="provider" data-provider={provider}>
            {t(provider === 'webgpu' ? 'report.webgpu' : 'report.wasm')}
          </dd>
        </div>
        <div>
          <dt>{t('report.adapter')}</dt>
          <dd data-testid="adapter">{adapter ?? t('report.noAdapter')}</dd>
        </div>
      </dl>
      <OutputTable outputs={report.outputs} />
      {report.blocks.length > 0 && <BlockTable blocks={report.blocks} onReveal={runner.reveal} />}
      <AssumptionList assumptions={report.assumptions ?? []} block={null} onChange={null} />
      <ChangeSection change={report.change} />
      <FileList files={report.files} tool={report.tool} />
      <CopyButtons report={report} names={names} onSave={runner.save} />
    </div>
  );
}
