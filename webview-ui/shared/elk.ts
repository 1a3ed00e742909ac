import ELK from 'elkjs/lib/elk.bundled.js';

/** Entry of `webview/elk.js`: puts elk where `loadElk` finds it. */
(globalThis as { replensElk?: typeof ELK }).replensElk = ELK;
