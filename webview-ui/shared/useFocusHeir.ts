import { useLayoutEffect, type RefObject } from 'react';

/** Hands the focus on when an element that holds it goes away, so that the keyboard never falls back to the page's beginning. */
export function useFocusHeir(element: RefObject<HTMLElement | null>, heir: string): void {
  useLayoutEffect(() => {
    const leaving = element.current;
    return () => {
      if (leaving?.contains(document.activeElement) !== true) return;
      // whatever takes its place is there after this change only
      queueMicrotask(() => document.querySelector<HTMLElement>(heir)?.focus());
    };
  }, [element, heir]);
}
