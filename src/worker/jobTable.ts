/** Jobs under way, so that somebody who cancelled one can wait until it has really ended. */
export class JobTable {
  readonly #running = new Map<number, Promise<unknown>>();

  /** Runs a job under its number. */
  run<T>(job: number, work: () => Promise<T>): Promise<T> {
    const running = work().finally(() => this.#running.delete(job));
    // whoever called `run` hears of the failure
    this.#running.set(
      job,
      running.catch(() => undefined),
    );
    return running;
  }

  /** Settles when no such job runs. */
  async ended(job: number): Promise<void> {
    await this.#running.get(job);
  }
}
