import type { ReactElement } from 'react';

export interface ProgressBarProps {
  /** 0 to 1. */
  readonly fraction: number;
  readonly label: string;
}

export function ProgressBar({ fraction, label }: ProgressBarProps): ReactElement {
  const percent = Math.round(100 * Math.min(1, Math.max(0, fraction)));
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div className="progress-bar" style={{ width: `${percent}%` }} />
    </div>
  );
}
