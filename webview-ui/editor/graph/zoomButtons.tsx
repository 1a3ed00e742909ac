import type { ReactElement } from 'react';
import { IconButton } from '../../shared/iconButton';
import { t } from '../../shared/strings';

export interface ZoomButtonsProps {
  onZoom(factor: number): void;
  onFit(): void;
}

export function ZoomButtons({ onZoom, onFit }: ZoomButtonsProps): ReactElement {
  return (
    <div className="zoom-buttons">
      <IconButton icon="plus" label={t('graph.zoomIn')} onClick={() => onZoom(1.25)} />
      <IconButton icon="minus" label={t('graph.zoomOut')} onClick={() => onZoom(0.8)} />
      <IconButton icon="fit" label={t('graph.fit')} onClick={onFit} />
    </div>
  );
}
