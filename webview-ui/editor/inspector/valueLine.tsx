import type { ReactElement } from 'react';
import type { ValueView } from '../../../src/core/view/nodeView';
import { shape } from '../../shared/format';
import { Icon } from '../../shared/icon';
import { t } from '../../shared/strings';

export interface ValueLineProps {
  readonly value: ValueView;
  readonly open: boolean;
  onToggle(): void;
}

/** One input or output: name, element type, shape. A constant opens to its statistics. */
export function ValueLine({ value, open, onToggle }: ValueLineProps): ReactElement {
  const type = (
    <span className="value-type">
      <span className="muted">{value.dtype ?? t('common.unknown')}</span>{' '}
      <span className="mono">{shape(value.dims) ?? t('header.anyShape')}</span>
    </span>
  );
  if (!value.constant)
    return (
      <div className="value">
        <span className="mono value-name">{value.name}</span>
        {type}
      </div>
    );
  return (
    <button
      type="button"
      className="value constant"
      data-testid="constant"
      data-tensor={value.name}
      aria-expanded={open}
      onClick={onToggle}
    >
      <Icon name={open ? 'chevronDown' : 'chevronRight'} />
      <span className="mono value-name">{value.name}</span>
      {type}
    </button>
  );
}
