/** Modules are nested some ten deep. */
const MOST_PARTS = 64;

/** The names of a state dict as a tree of modules. */
export class NameIndex {
  private readonly childrenOf = new Map<string, Set<string>>();
  private readonly witnesses = new Map<RegExp, string | null>();

  constructor(readonly names: ReadonlySet<string>) {
    for (const name of names) {
      const parts = name.split('.');
      // no module has such a name, and no block such an entry
      if (parts.includes('') || parts.length > MOST_PARTS) continue;
      let path = '';
      for (const part of parts) {
        const children = this.childrenOf.get(path) ?? new Set();
        this.childrenOf.set(path, children);
        children.add(part);
        path = under(path, part);
      }
    }
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** The modules below which some names stand: for each of these names, in the order of the file. */
  endings(wanted: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const name of this.names) {
      for (let at = 0; at >= 0; at = name.indexOf('.', at + 1)) {
        const ending = at === 0 ? name : name.slice(at + 1);
        if (!wanted.has(ending)) continue;
        const modules = found.get(ending) ?? [];
        found.set(ending, modules);
        modules.push(name.slice(0, at));
      }
    }
    return found;
  }

  /** The first name that a pattern matches; each pattern is looked for once. */
  witness(pattern: RegExp): string | null {
    const known = this.witnesses.get(pattern);
    if (known !== undefined) return known;
    let found: string | null = null;
    for (const name of this.names) {
      if (!pattern.test(name)) continue;
      found = name;
      break;
    }
    this.witnesses.set(pattern, found);
    return found;
  }

  /** First parts of the names below a module, in the order of the file. */
  children(path: string): readonly string[] {
    return [...(this.childrenOf.get(path) ?? [])];
  }

  /** All names below a module. */
  below(path: string): readonly string[] {
    if (this.names.has(path)) return [path];
    return this.children(path).flatMap((child) => this.below(under(path, child)));
  }
}

/** "stage1.0" and "conv" → "stage1.0.conv"; either may be empty. */
export function under(path: string, name: string): string {
  return path === '' || name === '' ? path + name : `${path}.${name}`;
}
