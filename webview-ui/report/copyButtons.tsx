import { useState, type ReactElement } from 'react';
import { recordMarkdown } from '../../src/core/view/report/recordMarkdown';
import type { VerificationRecord } from '../../src/core/view/report/verificationRecord';
import type { ReportFile } from '../../src/protocol/report';
import { Icon } from '../shared/icon';
import { t } from '../shared/strings';
import { reportText } from './reportText';
import type { Names } from './runner';

export interface CopyButtonsProps {
  readonly report: VerificationRecord;
  readonly names: Names;
  /** false: the person would rather not. */
  onSave(file: ReportFile): Promise<boolean>;
}

/** The report on the clipboard or in a file: for a person, or for a program. */
export function CopyButtons({ report, names, onSave }: CopyButtonsProps): ReactElement {
  const [said, setSaid] = useState('');
  const copy = (text: string): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid(t('report.copied')),
      (error: unknown) => setSaid(t('report.copyFailed', { words: String(error) })),
    );
  };
  const save = (format: ReportFile['format']): void => {
    const text = format === 'md' ? recordMarkdown(report) : `${JSON.stringify(report, null, 2)}\n`;
    onSave({ format, text }).then(
      (isSaved) => setSaid(isSaved ? t('report.saved') : ''),
      (error: unknown) => setSaid(t('report.saveFailed', { words: messageOf(error) })),
    );
  };
  return (
    <div className="copy">
      <SaveButtons onSave={save} />
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function SaveButtons({ onSave }: { onSave(format: ReportFile['format']): void }): ReactElement {
  return (
    <>
      {(['md', 'json'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="button"
          data-testid={`save-${format}`}
          onClick={() => onSave(format)}
        >
          <Icon name="save" />
          {t(format === 'md' ? 'report.saveMarkdown' : 'report.saveJson')}
        </button>
      ))}
    </>
  );
}
