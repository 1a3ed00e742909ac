import type { ReactElement } from 'react';

/** Defines the marker that edges end in. */
export function ArrowHead(): ReactElement {
  return (
    <svg className="defs" aria-hidden="true">
      <defs>
        <marker
          id="lane-arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M1.5 1L7 4L1.5 7z" className="arrow-head" />
        </marker>
      </defs>
    </svg>
  );
}
