import type { OnnxText, TextBlock } from './onnxText';

/** An occurrence of a value in a text. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly end: number;
  /** Number of the value. */
  readonly value: number;
  readonly defined: boolean;
}

/** Lines from `first` to `last`, both included. */
export interface LineRun {
  readonly first: number;
  readonly last: number;
}

/** Answers what stands where in a text, without looking through all of it. */
export class TextIndex {
  /** First place on a line or after it. */
  readonly #fromLine: Int32Array;
  #byValue: ReadonlyMap<number, readonly Place[]> | null = null;

  constructor(readonly text: OnnxText) {
    const { places } = text;
    const lines = (places[places.length - 4] ?? -1) + 2;
    this.#fromLine = new Int32Array(lines + 1).fill(places.length / 4);
    for (let at = places.length / 4 - 1; at >= 0; at--) this.#fromLine[places[4 * at] ?? 0] = at;
    for (let line = lines - 1; line >= 0; line--)
      this.#fromLine[line] = Math.min(this.#fromLine[line] ?? 0, this.#fromLine[line + 1] ?? 0);
  }

  /** The value at a position; null beside one. */
  at(line: number, column: number): Place | null {
    if (line < 0 || line >= this.#fromLine.length - 1) return null;
    for (let at = this.#fromLine[line] ?? 0; at < (this.#fromLine[line + 1] ?? 0); at++) {
      const place = this.#place(at);
      if (place.column <= column && column <= place.end) return place;
    }
    return null;
  }

  /** Everywhere that a value stands, in order. */
  occurrences(value: number): readonly Place[] {
    this.#byValue ??= this.#grouped();
    return this.#byValue.get(value) ?? [];
  }

  /** The innermost block that a line belongs to. */
  blockAt(line: number): TextBlock | null {
    const holding = this.text.blocks.filter(({ lines }) => lines.includes(line));
    return holding.reduce<TextBlock | null>(
      (best, block) => (best === null || block.lines.length < best.lines.length ? block : best),
      null,
    );
  }

  /** Runs of lines that a node or a block stands on; of a node that has no line of its own, those of its block. */
  linesOf({
    block,
    node,
  }: {
    readonly block: string | null;
    readonly node: string | null;
  }): readonly LineRun[] {
    const own = node === null ? undefined : this.text.nodes.find(({ name }) => name === node);
    if (own !== undefined) return [{ first: own.line, last: own.line }];
    return runsOf(this.text.blocks.find(({ id }) => id === block)?.lines ?? []);
  }

  #place(at: number): Place {
    const [line = 0, column = 0, end = 0, code = 0] = this.text.places.subarray(4 * at, 4 * at + 4);
    return { line, column, end, value: code >> 1, defined: (code & 1) === 1 };
  }

  #grouped(): ReadonlyMap<number, readonly Place[]> {
    const groups = new Map<number, Place[]>();
    for (let at = 0; at < this.text.places.length / 4; at++) {
      const place = this.#place(at);
      const group = groups.get(place.value);
      if (group === undefined) groups.set(place.value, [place]);
      else group.push(place);
    }
    return groups;
  }
}

/** Lines in ascending order, those that follow each other together. */
function runsOf(lines: readonly number[]): readonly LineRun[] {
  const runs: { first: number; last: number }[] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.last === line - 1) run.last = line;
    else runs.push({ first: line, last: line });
  }
  return runs;
}
