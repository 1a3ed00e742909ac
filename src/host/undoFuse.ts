import * as vscode from 'vscode';
import { askModal } from './askModal';
import { fileName } from './files';
import type { Messages } from './messages';
import type { ModelService } from './modelService';
import { modelKey } from './modelKey';

interface Written {
  readonly uri: vscode.Uri;
  /** Size and time as they were when it was written. */
  readonly stamp: string;
}

/** Undoes a fuse: the files it wrote go to the trash, or, where there is none, are deleted after a question. */
export class UndoFuse {
  readonly #done: (readonly Written[])[] = [];

  constructor(
    private readonly models: ModelService,
    private readonly messages: Messages,
  ) {}

  /** Remembers what one fuse, of one model or of many, has written. */
  async remember(outputs: readonly vscode.Uri[]): Promise<void> {
    const files = (await Promise.all(outputs.map((output) => this.#filesOf(output)))).flat();
    const written = await Promise.all(files.map(async (uri) => ({ uri, stamp: await stampOf(uri) })));
    if (written.length > 0) this.#done.push(written);
  }

  /** Undoes the last fuse. Resolves to the files that are gone. */
  async undo(): Promise<readonly vscode.Uri[]> {
    const last = this.#done.pop();
    if (last === undefined) {
      this.messages.offer('information', vscode.l10n.t('No fuse to undo in this window.'));
      return [];
    }
    const there = await filter(last, async ({ uri }) => (await stampOf(uri)) !== '');
    const changed = await filter(there, async ({ uri, stamp }) => (await stampOf(uri)) !== stamp);
    if (changed.length > 0 && !(await confirmChanged(changed))) {
      this.#done.push(last);
      return [];
    }
    const gone = await remove(there.map(({ uri }) => uri));
    if (gone === null) {
      this.#done.push(last);
      return [];
    }
    const names = gone.map(fileName).join(', ');
    if (gone.length > 0) this.messages.offer('information', vscode.l10n.t('Removed {0}.', names));
    return gone;
  }

  /** The model, and weights of its own that lie beside it. */
  async #filesOf(output: vscode.Uri): Promise<readonly vscode.Uri[]> {
    const companions = await this.models.companions(modelKey(output));
    const own = (companions.ok ? companions.value : []).filter((name) => name.startsWith(fileName(output)));
    return [output, ...own.map((name) => vscode.Uri.joinPath(output, '..', name))];
  }
}

/** '' where there is no such file. */
async function stampOf(uri: vscode.Uri): Promise<string> {
  try {
    const { mtime, size } = await vscode.workspace.fs.stat(uri);
    return `${mtime} ${size}`;
  } catch {
    return '';
  }
}

async function filter<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, place) => kept[place]);
}

/** Asks before something is done for good; whatever is not the answer is a no. */
async function confirm(title: string, yes: string): Promise<boolean> {
  return (await askModal({ title, answers: [yes] })) === yes;
}

async function confirmChanged(files: readonly Written[]): Promise<boolean> {
  const remove = vscode.l10n.t('Remove All the Same');
  const names = files.map(({ uri }) => fileName(uri)).join(', ');
  return confirm(vscode.l10n.t('{0} has changed since it was written.', names), remove);
}

/** The files that are gone; null when the person would rather keep them. */
async function remove(files: readonly vscode.Uri[]): Promise<readonly vscode.Uri[] | null> {
  const left: vscode.Uri[] = [];
  for (const uri of files) {
    try {
      await vscode.workspace.fs.delete(uri, { useTrash: true });
    } catch {
      // a remote file system has no trash
      left.push(uri);
    }
  }
  if (left.length > 0) {
    const forGood = vscode.l10n.t('Delete for Good');
    const question = vscode.l10n.t('There is no trash here. Delete {0}?', left.map(fileName).join(', '));
    if (!(await confirm(question, forGood)))
      return left.length === files.length ? null : files.filter((uri) => !left.includes(uri));
    for (const uri of left) await vscode.workspace.fs.delete(uri);
  }
  await closeTabs(files);
  return files;
}

/** Editors of files that are gone would only say so. */
async function closeTabs(files: readonly vscode.Uri[]): Promise<void> {
  const gone = new Set(files.map(String));
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputCustom && gone.has(input.uri.toString()));
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}
