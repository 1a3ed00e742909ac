import { BOOTSTRAP_ID, type Bootstrap } from '../../src/protocol/bootstrap';

/** What the extension host wrote into the page; English and no runner where it wrote nothing, as in a test page. */
export const bootstrap: Bootstrap = read();

function read(): Bootstrap {
  const fallback: Bootstrap = { strings: {}, runner: null, language: document.documentElement.lang || 'en' };
  try {
    const text = document.getElementById(BOOTSTRAP_ID)?.textContent ?? '{}';
    return { ...fallback, ...(JSON.parse(text) as Partial<Bootstrap>) };
  } catch {
    return fallback;
  }
}
