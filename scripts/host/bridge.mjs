// Lets tests in the extension host, where there is no DOM, drive the workbench's page: JSON commands over HTTP on
// 127.0.0.1, on a path nobody can guess. The typed client is test/host/support/bridge.ts.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const locatorMethods = new Set([
  ...['click', 'dblclick', 'hover', 'fill', 'press', 'focus', 'check', 'selectOption', 'waitFor'],
  ...[
    'innerText',
    'allInnerTexts',
    'textContent',
    'getAttribute',
    'inputValue',
    'isVisible',
    'isEnabled',
    'count',
  ],
  ...['boundingBox', 'ariaSnapshot', 'scrollIntoViewIfNeeded', 'dispatchEvent'],
]);
const defaultTimeout = 30_000;
/** An extension host in the browser asks from another origin; who knows the path may. */
const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*' };

/**
 * Starts the bridge. `getPage` returns the playwright page, which may come later than the bridge.
 * Resolves to `{ url, watch(page), close() }`.
 */
export async function startBridge(getPage) {
  const token = randomBytes(16).toString('hex');
  const messages = [];
  const server = createServer((request, response) => {
    void answer(request, `/${token}`, (command) => perform(getPage(), command, messages)).then(
      ({ status, body }) => {
        response.writeHead(status, headers).end(JSON.stringify(body));
      },
    );
  });
  await new Promise((settle) => server.listen(0, '127.0.0.1', settle));
  return {
    url: `http://127.0.0.1:${server.address().port}/${token}`,
    watch: (page) => collect(page, messages),
    close: () => (server.closeAllConnections(), server.close()),
  };
}

/** Keeps what the page and its webviews print, Content Security Policy violations included. */
function collect(page, messages) {
  const add = (type, text) => messages.push({ type, text: text.slice(0, 2000) }) > 2000 && messages.shift();
  page.on('console', (message) => add(message.type(), message.text()));
  page.on('pageerror', (error) => add('pageerror', String(error.stack ?? error)));
}

async function answer(request, path, handle) {
  if (request.method !== 'POST' || request.url !== path) return { status: 404, body: { err: 'not found' } };
  try {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    return { status: 200, body: { ok: (await handle(JSON.parse(text))) ?? null } };
  } catch (error) {
    return { status: 200, body: { err: error.message } };
  }
}

/** Performs one command: `{ method, … }` as the client's type says. */
async function perform(page, command, messages) {
  if (!page) throw new Error('The workbench page is not open yet.');
  switch (command.method) {
    case 'title':
      return page.title();
    case 'press':
      return page.keyboard.press(command.key);
    case 'type':
      return page.keyboard.type(command.text);
    case 'resize':
      return page.setViewportSize({ width: command.width, height: command.height });
    case 'screenshot':
      return screenshot(page, command.name);
    case 'console':
      return messages;
    case 'drag':
      return drag(page, command);
    case 'locator':
      return onLocator(page, command);
    case 'evaluate':
      return inFrame(page, command, (frame) =>
        frame.evaluate(`(${command.source})(${JSON.stringify(command.argument ?? null)})`),
      );
    default:
      throw new Error(`The bridge has no method "${command.method}".`);
  }
}

/** Drags one element of the workbench onto the middle of another, as a mouse does; `key` is held meanwhile. */
async function drag(page, { from, to, key, picture }) {
  const middle = async (selector) => {
    const box = await page.locator(selector).first().boundingBox();
    if (!box) throw new Error(`"${selector}" is not to be seen.`);
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [start, end] = [await middle(from), await middle(to)];
  await page.mouse.move(...start);
  await page.mouse.down();
  if (key) await page.keyboard.down(key);
  try {
    await page.mouse.move(start[0] + 12, start[1] + 4, { steps: 4 });
    await page.mouse.move(...end, { steps: 12 });
    await page.mouse.move(end[0] + 4, end[1] + 4, { steps: 2 });
    if (picture) await screenshot(page, picture);
    await page.mouse.up();
  } finally {
    if (key) await page.keyboard.up(key);
  }
}

/** Writes `<name>.png` into REPLENS_SCREENSHOTS or the temporary folder, and returns its path. */
export async function screenshot(page, name) {
  const folder = resolve(process.env.REPLENS_SCREENSHOTS ?? join(tmpdir(), 'replens-screenshots'));
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name.replace(/[^\w.-]+/g, '-')}.png`);
  await page.screenshot({ path });
  return path;
}

function onLocator(page, command) {
  const { selector, call, nth, args = [] } = command;
  if (!locatorMethods.has(call)) throw new Error(`The bridge does not offer "${call}" on an element.`);
  return inFrame(page, command, (frame) => {
    const all = frame.locator(selector);
    return (nth === undefined ? all : all.nth(nth))[call](...args);
  });
}

/**
 * Finds the frame a command means and acts in it: the workbench, or the webview whose document holds the element
 * `command.webview` (a CSS selector). A webview may reload in between, so a frame that went away is looked up again.
 */
async function inFrame(page, command, act) {
  page.setDefaultTimeout(command.timeout ?? defaultTimeout);
  if (command.webview === undefined) return act(page.mainFrame());
  const deadline = Date.now() + (command.timeout ?? defaultTimeout);
  for (;;) {
    try {
      const frame = await findWebview(page, command.webview);
      if (frame) return await act(frame);
    } catch (error) {
      if (!/detached|navigation|context was destroyed/i.test(error.message) || Date.now() > deadline)
        throw error;
    }
    if (Date.now() > deadline) throw new Error(`No webview holds ${command.webview}.`);
    await sleep(100);
  }
}

/** The inner frame of the first webview that holds the selector, in document order. */
async function findWebview(page, selector) {
  for (const outer of await page.$$('iframe.webview.ready')) {
    const shell = await outer.contentFrame();
    const inner = await shell?.$('iframe#active-frame');
    const frame = await inner?.contentFrame();
    if (frame && (await frame.$(selector))) return frame;
  }
  return undefined;
}
