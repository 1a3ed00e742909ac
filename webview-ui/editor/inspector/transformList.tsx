import type { ReactElement } from 'react';
import { t } from '../../shared/strings';

/** What a merge takes, by the names of the DBB paper; nothing where it takes nothing. */
export function TransformList({
  transforms,
}: {
  readonly transforms: readonly string[];
}): ReactElement | null {
  if (transforms.length === 0) return null;
  return (
    <p className="transforms" data-testid="transforms" title={t('inspector.transformsHint')}>
      <span className="muted">{t('inspector.transforms')}</span>
      {transforms.map((transform) => (
        <span key={transform} className="transform">
          {transform}
        </span>
      ))}
    </p>
  );
}
