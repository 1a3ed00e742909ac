import type * as vscode from 'vscode';
import type { ShapeTable } from '../protocol/modelWorker';
import type { Shapes } from './shapesText';

const MEMORY_KEY = 'input shapes';

/** Shapes that a person gave to inputs of TorchScript files, which say none: remembered for each file of the workspace. */
export class InputShapes {
  constructor(private readonly memory: vscode.Memento) {}

  /** By path, see `modelKey`. */
  get table(): ShapeTable {
    return this.memory.get<ShapeTable>(MEMORY_KEY) ?? {};
  }

  /** null: none were given. */
  of(path: string): Shapes | null {
    return this.table[path] ?? null;
  }

  /** @param shapes null, or none, to take those that the file says. */
  async set(path: string, shapes: Shapes | null): Promise<void> {
    const others = Object.entries(this.table).filter(([other]) => other !== path);
    const own = shapes === null || Object.keys(shapes).length === 0 ? [] : [[path, shapes] as const];
    await this.memory.update(MEMORY_KEY, Object.fromEntries([...others, ...own]));
  }
}
