/** A function that runs at most once in so many milliseconds, always with the newest arguments, the last ones included. */
export function latest<A extends readonly unknown[]>(
  milliseconds: number,
  run: (...args: A) => void,
): { call(...args: A): void; stop(): void } {
  let newest: A | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    if (newest === null) return;
    const args = newest;
    newest = null;
    timer = setTimeout(flush, milliseconds);
    run(...args);
  };
  return {
    call: (...args) => {
      newest = args;
      if (timer === undefined) flush();
    },
    stop: () => {
      clearTimeout(timer);
      newest = null;
    },
  };
}
