import type { Chunk } from '../../ports';
import { raise } from '../../result';
import { byteLength } from '../../tensor/tensor';
import type { NewEntry, Replacement } from '../checkpoint';
import { tensorChunk } from '../tensorChunk';
import type { HeaderEntry } from './headerJson';
import type { SafetensorsFile } from './readSafetensors';
import { safetensorsType } from './safetensorsTypes';

/** A tensor of the file to be: in the header without its place. */
interface Item {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly chunk: Chunk;
}

/** The header's length is a multiple of this, so that what follows is aligned. */
const ALIGNMENT = 8;

/**
 * The file with new tensors in the place of some: in the header and among the bytes alike, each new one stands where the
 * first that it replaces stood. All others are copied byte for byte, as are the notes.
 */
export function safetensorsChunks(
  { source, header, dataAt }: SafetensorsFile,
  replacements: readonly Replacement[],
): readonly Chunk[] {
  const gone = new Set(replacements.flatMap((one) => one.gone));
  const items = new Map<string, readonly Item[]>();
  const kept = (entry: HeaderEntry): Item => ({
    ...entry,
    chunk: copied(source.read.bind(source), dataAt + entry.begin, entry.end - entry.begin),
  });
  for (const entry of header.entries) if (!gone.has(entry.name)) items.set(entry.name, [kept(entry)]);
  // the first by name in the header and the first by place differ: new ones follow the header in both
  for (const { gone: names, come } of replacements) {
    const first = header.entries.find(({ name }) => names.includes(name));
    if (first !== undefined) items.set(first.name, come.map(added));
  }
  const listed = (entries: readonly HeaderEntry[]): readonly Item[] =>
    entries.flatMap(({ name }) => items.get(name) ?? []);
  const byPlace = listed([...header.entries].sort((a, b) => a.begin - b.begin || a.end - b.end));
  const places = new Map<string, readonly [number, number]>();
  let at = 0;
  for (const { name, chunk } of byPlace) {
    places.set(name, [at, at + chunk.byteLength]);
    at += chunk.byteLength;
  }
  const text = headerText(listed(header.entries), places, header.metadata);
  return [headerBytes(text), ...byPlace.map(({ chunk }) => chunk)];
}

function added({ name, tensor }: NewEntry): Item {
  const dtype = safetensorsType(tensor.dtype);
  if (dtype === null)
    return raise('unsupported', `"${name}" has a type that a safetensors file cannot hold.`);
  return { name, dtype, shape: tensor.dims, chunk: tensorChunk(tensor, byteLength(tensor), name) };
}

function copied(read: (offset: number, length: number) => Uint8Array, at: number, length: number): Chunk {
  return {
    byteLength: length,
    *produce() {
      yield read(at, length);
    },
  };
}

function headerText(
  items: readonly Item[],
  places: ReadonlyMap<string, readonly [number, number]>,
  metadata: ReadonlyMap<string, string> | null,
): string {
  const parts: string[] = [];
  if (metadata !== null) {
    const words = [...metadata].map(([name, word]) => `${JSON.stringify(name)}:${JSON.stringify(word)}`);
    parts.push(`"__metadata__":{${words.join(',')}}`);
  }
  for (const { name, dtype, shape } of items) {
    const [begin = 0, end = 0] = places.get(name) ?? [];
    parts.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${begin},${end}]}`,
    );
  }
  return `{${parts.join(',')}}`;
}

function headerBytes(text: string): Uint8Array {
  const utf8 = new TextEncoder().encode(text);
  const length = Math.ceil(utf8.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(utf8, 8);
  return bytes;
}
