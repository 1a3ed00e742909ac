import type { ReactElement } from 'react';

/** The few icons, drawn here: 16 × 16, strokes in the text's colour. */
export const ICON_PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  slash: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM3.8 3.8l8.4 8.4',
  warning: 'M8 2.2l6.2 11.3H1.8zM8 6.4v3.4M8 11.4v.6',
  question: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM6.2 6.3c.2-2.4 3.7-2.2 3.6 0-.1 1.4-1.8 1.4-1.8 2.9M8 11v.6',
  chevronRight: 'M6 3.5L10.5 8 6 12.5',
  chevronDown: 'M3.5 6L8 10.5 12.5 6',
  chevronLeft: 'M10 3.5L5.5 8 10 12.5',
  first: 'M11.5 3.5L7 8l4.5 4.5M4.5 3.5v9',
  last: 'M4.5 3.5L9 8l-4.5 4.5M11.5 3.5v9',
  play: 'M5 3.2l7 4.8-7 4.8z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  save: 'M8 2.5v7M5 6.8l3 3 3-3M3 12.5v1h10v-1',
  chip: 'M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14',
  merge: 'M3.5 2.5v2.3c0 2.6 4.5 2.4 4.5 5v3.7M12.5 2.5v2.3c0 2.6-4.5 2.4-4.5 5M5.8 11.6L8 13.8l2.2-2.2',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  reload: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.3v2.9h-2.9',
  kernel: 'M3 3h10v10H3zM6.5 6.5h3v3h-3z',
  equal: 'M3.5 6h9M3.5 10h9',
  notEqual: 'M3.5 6h9M3.5 10h9M10.5 2.8l-5 10.4',
  waves: 'M3 6.3c1.7-2 3.3-2 5 0s3.3 2 5 0M3 10.7c1.7-2 3.3-2 5 0s3.3 2 5 0',
  up: 'M8 13V3.2M4 7l4-4 4 4',
  down: 'M8 3v9.8M4 9l4 4 4-4',
  link: 'M6.7 9.3l2.6-2.6M7.4 5L9 3.4a2.6 2.6 0 0 1 3.7 3.7L11 8.7M8.6 11L7 12.6a2.6 2.6 0 0 1-3.7-3.7L5 7.3',
} as const;

export type IconName = keyof typeof ICON_PATHS;

export interface IconProps {
  readonly name: IconName;
  readonly className?: string;
}

/** Decoration only: the words beside it say the same. */
export function Icon({ name, className = '' }: IconProps): ReactElement {
  return (
    <svg className={`icon ${className}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={ICON_PATHS[name]} />
    </svg>
  );
}
