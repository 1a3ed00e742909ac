import type { ReactElement } from 'react';
import type { FileRecord, VerificationRecord } from '../../src/core/view/report/verificationRecord';
import { t } from '../shared/strings';

/** Which files the report speaks of, by their content, and what made it. */
export function FileList({ files, tool }: Pick<VerificationRecord, 'files' | 'tool'>): ReactElement {
  return (
    <section data-testid="files">
      <h2>{t('report.files')}</h2>
      <ul className="files">
        {[files.original, files.fused].map((file, index) => (
          <File key={index} file={file} />
        ))}
      </ul>
      <p className="muted">
        RepLens {tool.replens}
        {tool.runtime === null ? '' : `, ${tool.runtime}`}
      </p>
    </section>
  );
}

function File({ file }: { readonly file: FileRecord }): ReactElement {
  return (
    <>
      {[file, ...file.companions].map(({ name, sha256 }) => (
        <li key={name}>
          {name} <span className="mono muted">{t('report.hash', { hash: sha256 })}</span>
        </li>
      ))}
    </>
  );
}
