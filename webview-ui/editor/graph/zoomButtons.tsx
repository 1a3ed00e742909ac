import type { ReactElement } from 'react';
import { Icon, type IconName } from '../../shared/icon';
import { t } from '../../shared/strings';

export interface ZoomButtonsProps {
  onZoom(factor: number): void;
  onFit(): void;
}

export function ZoomButtons({ onZoom, onFit }: ZoomButtonsProps): ReactElement {
  return (
    <div className="zoom-buttons">
      <ZoomButton icon="plus" label={t('graph.zoomIn')} onClick={() => onZoom(1.25)} />
      <ZoomButton icon="minus" label={t('graph.zoomOut')} onClick={() => onZoom(0.8)} />
      <ZoomButton icon="fit" label={t('graph.fit')} onClick={onFit} />
    </div>
  );
}

interface ZoomButtonProps {
  readonly icon: IconName;
  readonly label: string;
  onClick(): void;
}

function ZoomButton({ icon, label, onClick }: ZoomButtonProps): ReactElement {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
