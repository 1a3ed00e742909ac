import type { ReactElement } from 'react';

export interface ProgressBarProps {
  /** 0 to 1; as long as it is 0 nobody knows how far it is. */
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
      {...(percent === 0 ? {} : { 'aria-valuenow': percent })}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div
        className={percent === 0 ? 'progress-bar waiting' : 'progress-bar'}
        style={percent === 0 ? {} : { width: `${percent}%` }}
      />
    </div>
  );
}
