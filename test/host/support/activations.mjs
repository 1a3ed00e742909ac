import { readFile, rm } from 'node:fs/promises';

/** What activation may take, in milliseconds of its own thread. */
const MOST_MS = 50;

/** The starts of one run, each of which adds its activation to a file as a line. */
export class Activations {
  /** @param path the file. */
  constructor(path) {
    this.path = path;
  }

  async clear() {
    await rm(this.path, { force: true });
  }

  /**
   * Prints the times, and counts one test: what else a machine does can only make a start slower, so the fastest is held
   * against the limit. Resolves to whether it passed.
   */
  async hold() {
    const lines = await readFile(this.path, 'utf8').catch(() => '');
    const times = lines
      .split('\n')
      .filter(Boolean)
      .map(Number)
      .sort((a, b) => a - b);
    // a run of the web's extension host alone, or of a variant that did not start
    if (times.length === 0) return true;
    const said = times.map((ms) => ms.toFixed(1)).join(', ');
    const passed = times[0] < MOST_MS;
    const title = `activation takes less than ${MOST_MS} ms`;
    console.log(`  ${passed ? 'ok  ' : 'FAIL'}  ${title} (${said} ms in ${times.length} starts)`);
    const result = { suite: 'host', passed: passed ? 1 : 0, failed: passed ? 0 : 1 };
    console.log(`REPLENS-RESULT ${JSON.stringify(result)}`);
    return passed;
  }
}
