import type { Context, MochaOptions, ReporterConstructor } from 'mocha';
import { lineReporter, pictureFailure } from './lineReporter';

/** How mocha runs in an extension host, be it of Node or of a browser. */
export function mochaOptions(timeout: number): MochaOptions {
  return {
    ui: 'bdd',
    timeout,
    retries: 1,
    forbidOnly: true,
    forbidPending: true,
    reporter: lineReporter as unknown as ReporterConstructor,
    rootHooks: {
      async afterEach(this: Context) {
        if (this.currentTest) await pictureFailure(this.currentTest);
      },
    },
  };
}
