import { useState, type ReactElement } from 'react';
import type { VerificationReport } from '../../src/core/verify/report';
import { Icon } from '../shared/icon';
import { t } from '../shared/strings';
import { reportText } from './reportText';
import type { Names } from './runner';

export interface CopyButtonsProps {
  readonly report: VerificationReport;
  readonly names: Names;
}

/** The report on the clipboard: for a person, or for a program. */
export function CopyButtons({ report, names }: CopyButtonsProps): ReactElement {
  const [said, setSaid] = useState('');
  const copy = (text: string): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid(t('report.copied')),
      (error: unknown) => setSaid(t('report.copyFailed', { words: String(error) })),
    );
  };
  return (
    <div className="copy">
      <button
        type="button"
        className="button"
        data-testid="copy-text"
        onClick={() => copy(reportText(report, names))}
      >
        <Icon name="copy" />
        {t('report.copyText')}
      </button>
      <button
        type="button"
        className="button"
        data-testid="copy-json"
        onClick={() => copy(JSON.stringify({ ...names, ...report }, null, 2))}
      >
        {t('report.copyJson')}
      </button>
      <span className="muted" role="status">
        {said}
      </span>
    </div>
  );
}
