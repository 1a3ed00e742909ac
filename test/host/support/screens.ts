import { bridge, type Target } from './bridge';

/** A selector that only this screen's document holds. */
const DOCUMENTS = {
  editor: 'link[href*="editor.css"]',
  report: 'link[href*="report.css"]',
  compare: 'link[href*="compare.css"]',
} as const;

/** An element of the model editor (the first one, in document order) or of the report. */
export function on(screen: keyof typeof DOCUMENTS, testId: string, rest = ''): Target {
  return { webview: DOCUMENTS[screen], selector: `[data-testid="${testId}"]${rest}` };
}

/** What the report shows, once it has a verdict. */
export async function shownReport(): Promise<{
  readonly verdict: string | null;
  readonly provider: string | null;
  readonly adapter: string;
  readonly reason: string;
}> {
  await bridge.waitFor({ ...on('report', 'adapter'), timeout: 120_000 });
  return {
    verdict: await bridge.attribute(on('report', 'verdict'), 'data-verdict'),
    provider: await bridge.attribute(on('report', 'provider'), 'data-provider'),
    adapter: await bridge.text(on('report', 'adapter')),
    reason: await bridge.text(on('report', 'reason')),
  };
}

/** The sentences and buttons of the notifications that are there. */
export async function notifications(): Promise<{
  readonly sentences: readonly string[];
  readonly buttons: readonly string[];
}> {
  const { commands } = await import('vscode');
  await commands.executeCommand('notifications.showList');
  return {
    sentences: await bridge.texts({ selector: '.notifications-center .notification-list-item-message' }),
    buttons: await bridge.texts({ selector: '.notifications-center .monaco-button' }),
  };
}

/** Waits for VS Code's quick input (a list or an input box) and gives its title; keys go there. */
export async function quickInput(): Promise<string> {
  await bridge.waitFor({ selector: '.quick-input-widget .quick-input-title' });
  // a webview that comes up meanwhile takes the focus
  await bridge.focus({ selector: '.quick-input-widget .quick-input-box input' });
  return bridge.text({ selector: '.quick-input-widget .quick-input-title' });
}

/** Chooses an entry of the context menu that is open. */
export async function chooseFromMenu(label: string): Promise<void> {
  const entry = {
    selector: `.monaco-menu .action-menu-item:has(> .action-label[aria-label="${label}"])`,
    timeout: 2000,
  };
  await bridge.waitFor({ ...entry, timeout: 10_000 });
  // VS Code's menus ignore the mouse for a moment after they open
  while ((await bridge.count(entry)) > 0) {
    await new Promise((settle) => setTimeout(settle, 150));
    await bridge.click(entry).catch(() => undefined);
  }
}

/** Chooses a row of VS Code's quick pick by its place, whatever has the keyboard. */
export async function choosePick(row: number): Promise<void> {
  await bridge.click({ selector: '.quick-input-list .monaco-list-row', nth: row });
}
