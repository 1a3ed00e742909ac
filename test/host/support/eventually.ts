/** Waits until a function gives something. Needs no Node: tests in a browser's extension host use it, too. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited 30 s in vain for ${what}.`);
    await new Promise((settle) => setTimeout(settle, 50));
  }
}
