import type { ReactElement } from 'react';
import { Landmark } from '../shared/landmark';
import { t } from '../shared/strings';

export type Screen = 'blocks' | 'map';

export interface ScreenTabsProps {
  readonly screen: Screen;
  onScreen(screen: Screen): void;
}

const SCREENS: readonly Screen[] = ['blocks', 'map'];

/** "Blocks | Map": the model's blocks one by one, or all of it. */
export function ScreenTabs({ screen, onScreen }: ScreenTabsProps): ReactElement {
  return (
    <Landmark as="nav" className="screen-tabs" aria-label={t('screen.tabs')}>
      {SCREENS.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={screen === one}
          data-testid={`screen-${one}`}
          onClick={() => onScreen(one)}
        >
          {t(one === 'map' ? 'screen.map' : 'screen.blocks')}
        </button>
      ))}
    </Landmark>
  );
}
