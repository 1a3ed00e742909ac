/** Milliseconds of processor that `run` took: a machine that is busy with other things makes them no more. */
export function cpuTime<T>(run: () => T): { readonly value: T; readonly milliseconds: number } {
  const before = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(before);
  return { value, milliseconds: (user + system) / 1000 };
}
