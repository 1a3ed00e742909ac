import { companionFiles, type OpenCompanionFiles } from '../platform/node/companionFiles';

/** Companions that remember what was opened. */
export interface NotedCompanions {
  readonly companions: OpenCompanionFiles;
  /** Names as the model has them, relative to its folder. */
  readonly names: ReadonlySet<string>;
}

/** The files beside a model, with a list of those that it uses. */
export function notedCompanions(path: string): NotedCompanions {
  const files = companionFiles(path);
  const names = new Set<string>();
  const open: OpenCompanionFiles['open'] = (name) => {
    names.add(name);
    return files.open(name);
  };
  return { companions: { open, close: () => files.close() }, names };
}
