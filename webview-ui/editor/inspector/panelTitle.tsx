import type { ReactElement } from 'react';

export interface PanelTitleProps {
  readonly title: string;
  /** Under the title, muted. */
  readonly text: string;
  /** The text is a name from the model. */
  readonly code?: boolean;
}

/** What the panel is about; read out when it changes. */
export function PanelTitle({ title, text, code = false }: PanelTitleProps): ReactElement {
  return (
    <div aria-live="polite">
      <h3>{title}</h3>
      <p className={code ? 'muted wrap mono' : 'muted wrap'}>{text}</p>
    </div>
  );
}
