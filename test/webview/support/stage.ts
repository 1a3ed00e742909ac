import { startBrowser } from './browser';
import type { Browser } from './playwright';
import { startServer, type TestServer } from './server';

/** One Chromium and one server for all specs. */
export interface Stage {
  readonly browser: Browser;
  readonly server: TestServer;
}

let opened: Promise<Stage> | undefined;

/** Starts them with the first spec that asks. */
export function stage(): Promise<Stage> {
  opened ??= Promise.all([startBrowser(), startServer()]).then(([browser, server]) => ({ browser, server }));
  return opened;
}

// of mocha's root suite: runs once, after the last spec
after(async () => {
  const { browser, server } = (await opened) ?? {};
  await browser?.close();
  await server?.close();
});
