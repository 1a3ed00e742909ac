import { useRef, type ReactElement } from 'react';
import type { Job } from '../../../src/protocol/editor';
import { ProgressBar } from '../../shared/progressBar';
import { t } from '../../shared/strings';
import { useFocusHeir } from '../../shared/useFocusHeir';

export interface JobLineProps {
  readonly job: Job;
  onCancel(): void;
}

export function JobLine({ job, onCancel }: JobLineProps): ReactElement {
  const line = useRef<HTMLDivElement>(null);
  useFocusHeir(line, '[data-testid="verify"]');
  const title = t(job.kind === 'fuse' ? 'job.fuse' : 'job.verify');
  return (
    <div className="job" data-testid="job" ref={line}>
      <strong>{title}</strong>
      <ProgressBar fraction={job.fraction} label={title} />
      <span className="muted">{job.label}</span>
      <button type="button" className="button" data-testid="cancel" onClick={onCancel}>
        {t('common.cancel')}
      </button>
    </div>
  );
}
