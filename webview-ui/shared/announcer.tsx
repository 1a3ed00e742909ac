import type { ReactElement } from 'react';

/** Tells screen readers what changed, without moving anybody's focus. Always in the page, or it would not be heard. */
export function Announcer({ text }: { readonly text: string }): ReactElement {
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
      {text}
    </div>
  );
}
