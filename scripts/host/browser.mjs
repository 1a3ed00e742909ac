// One headless Chromium, the same for the host suite and the webview suite.
import { createRequire } from 'node:module';

const quiet = [
  '--headless=new',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium's software adapter: without the first flag there is none at all. */
const webgpuFlags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/**
 * Launches Chromium through playwright-core; `host` is from `ensureHost`.
 * `webgpu: false` gives a browser with no adapter; `signals: false` leaves SIGINT and the like to the caller.
 * The caller closes it; it also ends with this process.
 */
export function launchBrowser(host, { webgpu = true, signals = true } = {}) {
  const { chromium } = createRequire(import.meta.url)(host.playwright);
  return chromium.launch({
    executablePath: host.chromium,
    headless: true,
    chromiumSandbox: false,
    ...{ handleSIGINT: signals, handleSIGTERM: signals, handleSIGHUP: signals },
    args: [...quiet, ...(webgpu ? webgpuFlags : [])],
  });
}
