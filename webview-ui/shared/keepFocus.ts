/**
 * Gives the focus back to where it was when the view gets it again. VS Code hands it to the view as a whole, after the
 * palette or an input box, say, and a person would have to start from its first button.
 */
export function keepFocus(page: Window & typeof globalThis): void {
  const { document } = page;
  let last: HTMLElement | null = null;
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof page.HTMLElement || target instanceof page.SVGElement) last = target as HTMLElement;
  });
  // a click beside everything means nothing at all
  document.addEventListener('pointerdown', () => (last = null), { capture: true });
  page.addEventListener('focus', () => {
    if (document.activeElement === document.body && last?.isConnected === true)
      last.focus({ preventScroll: true });
  });
}
