import type { ReactElement } from 'react';
import type { Job } from '../../../src/protocol/editor';
import { ProgressBar } from '../../shared/progressBar';
import { t } from '../../shared/strings';

export interface JobLineProps {
  readonly job: Job;
  onCancel(): void;
}

export function JobLine({ job, onCancel }: JobLineProps): ReactElement {
  const title = t(job.kind === 'fuse' ? 'job.fuse' : 'job.verify');
  return (
    <div className="job" data-testid="job">
      <strong>{title}</strong>
      <ProgressBar fraction={job.fraction} label={title} />
      <span className="muted">{job.label}</span>
      <button type="button" className="button" data-testid="cancel" onClick={onCancel}>
        {t('common.cancel')}
      </button>
    </div>
  );
}
