import type { ReactElement } from 'react';

/** Characters up to which a name has no middle to leave out. */
const SHORT = 20;
/** What of its end always stays. */
const TAIL = 12;

/** A name in one line. A long one gives way in its middle: "backbone.stages.0…mixer.input", since most begin alike. */
export function LongName({ text }: { readonly text: string }): ReactElement {
  if (text.length <= SHORT) return <span className="ellipsis">{text}</span>;
  return (
    <span className="long-name">
      <span className="ellipsis">{text.slice(0, -TAIL)}</span>
      <span>{text.slice(-TAIL)}</span>
    </span>
  );
}
