import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon';

export interface NoticeProps {
  readonly icon?: IconName;
  readonly title: string;
  readonly text?: string;
  readonly testId?: string;
  /** Buttons, or whatever else belongs under the sentence. */
  readonly children?: ReactNode;
}

/** A whole screen with one thing to say: loading, failed, nothing there. */
export function Notice({ icon, title, text, testId, children }: NoticeProps): ReactElement {
  return (
    <div className="notice" data-testid={testId}>
      {icon && <Icon name={icon} className="notice-icon" />}
      <h1 tabIndex={-1}>{title}</h1>
      {text !== undefined && <p>{text}</p>}
      {children}
    </div>
  );
}
