import { raise } from '../../result';

/** A tensor as the header says it; offsets count from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  /** "F32". */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the file. */
  readonly entries: readonly HeaderEntry[];
  /** `__metadata__`, null where there is none. */
  readonly metadata: ReadonlyMap<string, string> | null;
}

/**
 * Reads the header's JSON. Not by JSON.parse: that puts names that are numbers first and drops a name that stands twice,
 * and a file's order and its mistakes matter here.
 * @throws ProblemError `bad-input` for anything but the header of a safetensors file.
 */
export function parseHeader(text: string): Header {
  const reader = new JsonReader(text);
  const entries: HeaderEntry[] = [];
  const names = new Set<string>();
  let metadata: Map<string, string> | null = null;
  reader.object((name) => {
    if (entries.length >= MOST_ENTRIES)
      raise('unsupported', `The header of the safetensors file lists more than ${MOST_ENTRIES} tensors.`);
    if (names.has(name)) damaged(`names "${name}" twice`);
    names.add(name);
    if (name === '__metadata__') metadata = reader.words();
    else entries.push(entry(name, reader));
  });
  reader.end();
  return { entries, metadata };
}

function entry(name: string, reader: JsonReader): HeaderEntry {
  let dtype: string | null = null;
  let shape: readonly number[] | null = null;
  let offsets: readonly number[] | null = null;
  reader.object((field) => {
    if (field === 'dtype' && dtype === null) dtype = reader.string();
    else if (field === 'shape' && shape === null) shape = reader.counts();
    else if (field === 'data_offsets' && offsets === null) offsets = reader.counts();
    else damaged(`says "${field}" of "${name}", which is not known or stands twice`);
  });
  const [begin, end, ...more] = offsets ?? [];
  if (dtype === null || shape === null || begin === undefined || end === undefined || more.length > 0)
    return damaged(`does not say type, shape and place of "${name}"`);
  return { name, dtype, shape, begin, end };
}

/** The largest models have some ten thousand in a file. */
const MOST_ENTRIES = 200_000;

/** More axes than any tensor has. */
const MOST_NUMBERS = 64;

class JsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  object(item: (name: string) => void): void {
    this.expect('{');
    if (this.taken('}')) return;
    do {
      const name = this.string();
      this.expect(':');
      item(name);
    } while (this.taken(','));
    this.expect('}');
  }

  words(): Map<string, string> {
    const words = new Map<string, string>();
    this.object((name) => {
      if (words.has(name)) damaged(`has the note "${name}" twice`);
      words.set(name, this.string());
    });
    return words;
  }

  counts(): readonly number[] {
    const counts: number[] = [];
    this.expect('[');
    if (this.taken(']')) return counts;
    do {
      this.space();
      const digits = /\d{1,16}/y;
      digits.lastIndex = this.at;
      const [found = ''] = digits.exec(this.text) ?? [];
      const value = Number(found);
      if (found === '' || !Number.isSafeInteger(value) || counts.length >= MOST_NUMBERS)
        damaged(`has no whole number at character ${this.at}`);
      counts.push(value);
      this.at += found.length;
    } while (this.taken(','));
    this.expect(']');
    return counts;
  }

  string(): string {
    this.space();
    const start = this.at;
    if (this.text[start] !== '"') damaged(`has no text at character ${start}`);
    let end = start + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    this.at = end + 1;
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      return damaged(`has a text at character ${start} that is none`);
    }
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) damaged(`goes on behind its end at character ${this.at}`);
  }

  private taken(mark: string): boolean {
    this.space();
    if (this.text[this.at] !== mark) return false;
    this.at += 1;
    return true;
  }

  private expect(mark: string): void {
    if (!this.taken(mark)) damaged(`lacks "${mark}" at character ${this.at}`);
  }

  private space(): void {
    while (' \t\r\n'.includes(this.text[this.at] ?? '-')) this.at += 1;
  }
}

function damaged(what: string): never {
  return raise('bad-input', `The header of the safetensors file ${what}; download or save the file again.`);
}
