import type { ReactElement } from 'react';
import { Icon, type IconName } from './icon';

export interface IconButtonProps {
  readonly icon: IconName;
  /** For whoever can't tell the icon: read out, and shown under the pointer. */
  readonly label: string;
  /** There is nothing to do now; the focus may stay on it all the same. */
  readonly off?: boolean;
  onClick(): void;
}

/** A button that is an icon alone. */
export function IconButton({ icon, label, off = false, onClick }: IconButtonProps): ReactElement {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      aria-disabled={off}
      onClick={off ? undefined : onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
