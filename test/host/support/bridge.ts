/** An element in the workbench, or in the webview whose document holds the selector `webview`. */
export interface Target {
  /** A CSS selector that only the wanted webview's document holds; without it the workbench itself is meant. */
  readonly webview?: string;
  /** A playwright selector: CSS, `text=…`, `role=…`. */
  readonly selector: string;
  /** Which of several matches, from 0; without it more than one match is an error. */
  readonly nth?: number;
  /** Milliseconds until the command is given up; 30,000 if absent. */
  readonly timeout?: number;
}

/** What the page or a webview printed; `pageerror` is an uncaught exception. */
export interface ConsoleMessage {
  readonly type: string;
  readonly text: string;
}

type Reply = { readonly ok: unknown } | { readonly err: string };

/**
 * Drives the browser page that shows this workbench, from tests in the extension host.
 * Every call rejects with playwright's own message. A desktop VS Code has no page to drive: there the first call
 * throws, so a test that needs it fails instead of passing unseen.
 */
class Bridge {
  title(): Promise<string> {
    return send({ method: 'title' });
  }

  /** Presses a key or chord such as `F1` or `Control+Shift+P` where the focus is. */
  press(key: string): Promise<void> {
    return send({ method: 'press', key });
  }

  type(text: string): Promise<void> {
    return send({ method: 'type', text });
  }

  resize(width: number, height: number): Promise<void> {
    return send({ method: 'resize', width, height });
  }

  /**
   * Drags one element of the workbench onto the middle of another. `key` is held down meanwhile; `picture` names a
   * screenshot from just before the drop.
   */
  drag(
    from: string,
    to: string,
    options: { readonly key?: string; readonly picture?: string } = {},
  ): Promise<void> {
    return send({ method: 'drag', from, to, ...options });
  }

  /** Saves a picture of the whole window into REPLENS_SCREENSHOTS or the temporary folder; resolves to its path. */
  screenshot(name: string): Promise<string> {
    return send({ method: 'screenshot', name });
  }

  /** What the page and its webviews printed so far, Content Security Policy violations included. */
  console(): Promise<readonly ConsoleMessage[]> {
    return send({ method: 'console' });
  }

  /** `position` counts from the element's upper left corner. */
  click(
    target: Target,
    options: {
      readonly button?: 'left' | 'right';
      readonly position?: { readonly x: number; readonly y: number };
    } = {},
  ): Promise<void> {
    return this.#call(target, 'click', options);
  }

  fill(target: Target, value: string): Promise<void> {
    return this.#call(target, 'fill', value);
  }

  focus(target: Target): Promise<void> {
    return this.#call(target, 'focus');
  }

  waitFor(target: Target, state: 'visible' | 'attached' | 'hidden' | 'detached' = 'visible'): Promise<void> {
    return this.#call(target, 'waitFor', { state });
  }

  text(target: Target): Promise<string> {
    return this.#call(target, 'innerText');
  }

  texts(target: Target): Promise<readonly string[]> {
    return this.#call(target, 'allInnerTexts');
  }

  count(target: Target): Promise<number> {
    return this.#call(target, 'count');
  }

  attribute(target: Target, name: string): Promise<string | null> {
    return this.#call(target, 'getAttribute', name);
  }

  /** The accessibility tree below an element, as text. */
  aria(target: Target): Promise<string> {
    return this.#call(target, 'ariaSnapshot');
  }

  /**
   * Runs a function in the workbench's or the webview's document. It is sent as text: it sees its argument, which
   * must be JSON, and the page's globals, nothing else.
   */
  evaluate<A, R>(
    where: Pick<Target, 'webview' | 'timeout'>,
    body: (argument: A) => R | Promise<R>,
    argument?: A,
  ): Promise<R> {
    return send({ method: 'evaluate', ...where, source: body.toString(), argument });
  }

  #call<R>(target: Target, call: string, ...args: readonly unknown[]): Promise<R> {
    return send({ method: 'locator', ...target, call, args });
  }
}

/** The bridge of this test run. */
export const bridge = new Bridge();

/** Whether this VS Code has a page to drive. */
export function hasBridge(): boolean {
  return Boolean(process.env['REPLENS_BRIDGE']);
}

async function send<R>(command: object): Promise<R> {
  const url = process.env['REPLENS_BRIDGE'];
  if (!url) {
    throw new Error(
      'This test drives the workbench page, which only the code-server host can: unset REPLENS_TEST_HOST.',
    );
  }
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(command) });
  const reply = (await response.json()) as Reply;
  if ('err' in reply) throw new Error(reply.err);
  return reply.ok as R;
}
