import type ElkConstructor from 'elkjs/lib/elk.bundled.js';

/** Of this script or module, known while it is read only. */
const here = import.meta.url;

/**
 * elk is large: it is one file for all screens, `webview/elk.js`, loaded with the first graph.
 * @throws Error when it cannot be loaded.
 */
export async function loadElk(): Promise<typeof ElkConstructor> {
  const page = globalThis as { replensElk?: typeof ElkConstructor };
  if (page.replensElk === undefined) await loadScript(new URL('../webview/elk.js', here).href);
  if (page.replensElk === undefined) throw new Error('elk.js did not load; reload the window.');
  return page.replensElk;
}

function loadScript(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error('elk.js cannot be read; reload the window.'));
    document.head.append(script);
  });
}
