interface ThreadUsage {
  /** Microseconds of this thread; Node has it from 22.15. */
  readonly threadCpuUsage?: () => { readonly user: number; readonly system: number };
}

/** Milliseconds that this thread has computed, so that others' work does not count; of the clock in a Node that can't tell. */
export function threadMs(): number {
  const used = (process as ThreadUsage).threadCpuUsage?.();
  return used === undefined ? performance.now() : (used.user + used.system) / 1000;
}
