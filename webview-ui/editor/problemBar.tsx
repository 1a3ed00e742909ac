import { useRef, type ReactElement } from 'react';
import { Icon } from '../shared/icon';
import { IconButton } from '../shared/iconButton';
import { t } from '../shared/strings';
import { useFocusHeir } from '../shared/useFocusHeir';

export interface ProblemBarProps {
  readonly text: string;
  onDismiss(): void;
}

/** One sentence about what just failed. */
export function ProblemBar({ text, onDismiss }: ProblemBarProps): ReactElement {
  const bar = useRef<HTMLDivElement>(null);
  useFocusHeir(bar, '[data-testid="verify"]');
  return (
    <div className="problem-bar" role="alert" data-testid="problem" ref={bar}>
      <Icon name="warning" className="bad" />
      <span>{text}</span>
      <IconButton icon="cross" label={t('common.dismiss')} onClick={onDismiss} />
    </div>
  );
}
