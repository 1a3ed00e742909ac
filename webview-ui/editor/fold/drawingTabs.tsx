import { useRef, type KeyboardEvent, type ReactElement } from 'react';
import { t } from '../../shared/strings';

export type Drawing = 'graph' | 'fold';

export interface DrawingTabsProps {
  readonly drawing: Drawing;
  onDrawing(drawing: Drawing): void;
}

const DRAWINGS: readonly Drawing[] = ['graph', 'fold'];

/** "Graph | Fold": two pictures of one block. */
export function DrawingTabs({ drawing, onDrawing }: DrawingTabsProps): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    const back = event.key === 'ArrowLeft' || event.key === 'Home';
    onDrawing(back ? 'graph' : 'fold');
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[back ? 0 : 1]?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={t('fold.tabs')} ref={list} onKeyDown={onKeyDown}>
      {DRAWINGS.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={`tab-${one}`}
          data-testid={`tab-${one}`}
          aria-selected={drawing === one}
          aria-controls="drawing"
          tabIndex={drawing === one ? 0 : -1}
          onClick={() => onDrawing(one)}
        >
          {t(one === 'graph' ? 'fold.tabGraph' : 'fold.tabFold')}
        </button>
      ))}
    </div>
  );
}
