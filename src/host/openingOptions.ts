import type * as vscode from 'vscode';
import type { FileOptions, OptionsTable } from '../protocol/fileOptions';

const MEMORY_KEY = 'opening options';

/** What a person said of files that say it not themselves, shapes and assumptions: remembered for each file of the workspace. */
export class OpeningOptions {
  constructor(private readonly memory: vscode.Memento) {}

  /** By path, see `modelKey`. */
  get table(): OptionsTable {
    return this.memory.get<OptionsTable>(MEMORY_KEY) ?? {};
  }

  /** Nothing in it where nothing was said. */
  of(path: string): FileOptions {
    return this.table[path] ?? {};
  }

  /** Says it anew. Lists without an entry say nothing. */
  async set(path: string, options: FileOptions): Promise<void> {
    const others = Object.entries(this.table).filter(([other]) => other !== path);
    const said = Object.entries(options).filter(
      ([, value]: [string, unknown]) => typeof value !== 'object' || Object.keys(value ?? {}).length > 0,
    );
    const own = said.length === 0 ? [] : [[path, Object.fromEntries(said)] as const];
    await this.memory.update(MEMORY_KEY, Object.fromEntries([...others, ...own]));
  }
}
