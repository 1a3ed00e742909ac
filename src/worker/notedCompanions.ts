import type { CompanionFiles } from '../core/ports';

/** Companions that remember what was opened. */
export interface NotedCompanions extends CompanionFiles {
  /** Names as the model has them, relative to its folder. */
  readonly names: ReadonlySet<string>;
}

/** The files beside a model, with a list of those that it uses. */
export function notedCompanions(files: CompanionFiles): NotedCompanions {
  const names = new Set<string>();
  const open: CompanionFiles['open'] = (name) => {
    names.add(name);
    return files.open(name);
  };
  return { open, names };
}
