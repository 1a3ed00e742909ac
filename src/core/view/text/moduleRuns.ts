/** Nodes that follow each other and belong to one module: places `from` to before `to`. */
export interface ModuleRun {
  readonly module: string;
  readonly from: number;
  readonly to: number;
  /** How many runs it lies in. */
  readonly depth: number;
}

/** A network nests a dozen modules at most; a file made to nest thousands is shown flatter. */
const DEEPEST = 24;

/**
 * The modules of a list of nodes, outer before inner, each with at least two nodes and more than the run inside it.
 * @param paths the module path of each node; null where its name does not tell, which leaves it where its neighbours are.
 */
export function moduleRuns(paths: readonly (string | null)[]): readonly ModuleRun[] {
  const segments = settled(paths.map((path) => (path === null ? null : path === '' ? [] : path.split('.'))));
  const runs: ModuleRun[] = [];
  const visit = (from: number, to: number, level: number, depth: number): void => {
    if (depth >= DEEPEST) return;
    for (let start = from; start < to;) {
      const word = segments[start]?.[level];
      let end = start + 1;
      while (end < to && segments[end]?.[level] === word) end++;
      if (word !== undefined && end - start > 1) {
        const shared = sharedLength(segments, start, end);
        const module = segments[start]?.slice(0, shared).join('.') ?? '';
        runs.push({ module, from: start, to: end, depth });
        visit(start, end, shared, depth + 1);
      }
      start = end;
    }
  };
  visit(0, segments.length, 0, 0);
  return runs;
}

type Segments = readonly string[];

/** Gives nodes without a path what the nearest ones before and after them share. */
function settled(paths: readonly (Segments | null)[]): readonly Segments[] {
  const after = new Array<Segments>(paths.length);
  let next: Segments = [];
  for (let place = paths.length - 1; place >= 0; place--) after[place] = next = paths[place] ?? next;
  let before: Segments = [];
  return paths.map((path, place) => {
    if (path === null) return before.slice(0, common(before, after[place] ?? []));
    before = path;
    return path;
  });
}

function sharedLength(paths: readonly Segments[], from: number, to: number): number {
  const first = paths[from] ?? [];
  let length = first.length;
  for (let place = from + 1; place < to; place++)
    length = Math.min(length, common(first, paths[place] ?? []));
  return length;
}

function common(a: Segments, b: Segments): number {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return same;
}
