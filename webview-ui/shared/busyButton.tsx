import type { ButtonHTMLAttributes, ReactElement } from 'react';

export interface BusyButtonProps extends Omit<
  ButtonHTMLAttributes<HTMLButtonElement>,
  'disabled' | 'aria-disabled' | 'type'
> {
  /** It does nothing for the moment, but keeps the focus: a disabled one would lose it to the page. */
  readonly busy: boolean;
}

export function BusyButton({ busy, onClick, ...rest }: BusyButtonProps): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy}
      onClick={(event) => {
        if (!busy) onClick?.(event);
      }}
    />
  );
}
