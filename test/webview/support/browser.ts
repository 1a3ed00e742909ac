import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from './playwright';

/** The suite's Chromium, by REPLENS_CHROMIUM and REPLENS_PLAYWRIGHT. @param webgpu false: a browser without an adapter. */
export async function startBrowser(options: { readonly webgpu?: boolean } = {}): Promise<Browser> {
  const { REPLENS_CHROMIUM: chromium, REPLENS_PLAYWRIGHT: playwright } = process.env;
  if (chromium === undefined || playwright === undefined)
    throw new Error(
      'Run this suite by "npm test webview": it needs REPLENS_CHROMIUM and REPLENS_PLAYWRIGHT.',
    );
  const script = join(__dirname, '../../../scripts/host/browser.mjs');
  // a variable keeps TypeScript and tsx from resolving an .mjs file at compile time
  const { launchBrowser } = (await import(pathToFileURL(script).href)) as {
    launchBrowser(host: object, options: object): Promise<Browser>;
  };
  return launchBrowser({ chromium, playwright }, options);
}
