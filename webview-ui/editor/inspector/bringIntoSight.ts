/** How much of an element must be in sight, in pixels. */
const ENOUGH = 90;

/** Scrolls just as far as is needed to see the beginning of an element that lies below. */
export function bringIntoSight(element: HTMLElement): void {
  const box = element.getBoundingClientRect();
  const scroller = scrollerOf(element);
  const bottom = scroller === null ? window.innerHeight : scroller.getBoundingClientRect().bottom;
  const missing = Math.min(ENOUGH, box.height) - (bottom - box.top);
  if (missing > 0) (scroller ?? window).scrollBy({ top: missing });
}

function scrollerOf(element: HTMLElement): HTMLElement | null {
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement)
    if (getComputedStyle(parent).overflowY === 'auto') return parent;
  return null;
}
