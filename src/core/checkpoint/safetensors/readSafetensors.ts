import type { ByteSource } from '../../ports';
import { raise } from '../../result';
import { elementCount, type Tensor } from '../../tensor/tensor';
import { wrapperOf, type Checkpoint } from '../checkpoint';
import { parseHeader, type Header, type HeaderEntry } from './headerJson';
import { SAFETENSORS_TYPES } from './safetensorsTypes';

/** What the writer of a safetensors file needs of the one that was read. */
export interface SafetensorsFile {
  readonly source: ByteSource;
  readonly header: Header;
  /** Where the tensors begin. */
  readonly dataAt: number;
}

/** The format's own limit for a header. */
const MOST_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
const BRACE = 0x7b;

/** Whether a file begins as a safetensors file does: a length, and JSON of that length. */
export function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < LENGTH_BYTES + 2 || bytes[LENGTH_BYTES] !== BRACE) return false;
  // two bytes of the length are free: more is no header of any file
  return bytes.subarray(6, LENGTH_BYTES).every((byte) => byte === 0) && headerLength(bytes) >= 2;
}

function headerLength(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
}

/**
 * A safetensors file: reads its header only, and weights when somebody asks for their bytes.
 * @throws ProblemError for a header that is damaged, too long, or says places that are not those of the file.
 */
export function readSafetensors(source: ByteSource): Checkpoint {
  const length = headerLength(source.read(0, LENGTH_BYTES));
  if (length > MOST_HEADER_BYTES)
    raise('unsupported', `The header of the safetensors file has ${length} bytes, more than the format has.`);
  const dataAt = LENGTH_BYTES + length;
  if (dataAt > source.size)
    raise('bad-input', 'The safetensors file is cut off in its header; download or save it again.');
  const header = parseHeader(headerText(source.read(LENGTH_BYTES, length)));
  checkPlaces(header.entries, source.size - dataAt);
  const entries = new Map(header.entries.map((entry) => [entry.name, tensorOf(entry, source, dataAt)]));
  const file: SafetensorsFile = { source, header, dataAt };
  const state = { path: '', entries, wrapper: wrapperOf(entries.keys()) };
  return { kind: 'safetensors', states: [state], others: [], file };
}

function headerText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return raise('bad-input', 'The header of the safetensors file is no text; download or save it again.');
  }
}

/** The format leaves no holes: each tensor begins where the one before it ends, and the last ends with the file. */
function checkPlaces(entries: readonly HeaderEntry[], available: number): void {
  let at = 0;
  for (const { name, dtype, shape, begin, end } of [...entries].sort(byPlace)) {
    const [bits] = SAFETENSORS_TYPES.get(dtype) ?? [];
    if (bits === undefined)
      return raise('unsupported', `Tensor "${name}" has the type "${dtype}", which is not known.`);
    const size = (elementCount(shape) * bits) / 8;
    if (begin !== at || end < begin || !Number.isSafeInteger(size))
      return raise(
        'bad-input',
        `Tensor "${name}" lies at [${begin}, ${end}), which overlaps another or leaves a hole; save the file again.`,
      );
    if (end - begin !== size)
      return raise(
        'bad-input',
        `Tensor "${name}" (${shape.join('×') || 'a single element'} of ${dtype}) takes ${size} bytes, and the file gives it ${end - begin}; save the file again.`,
      );
    at = end;
  }
  if (at !== available)
    raise(
      'bad-input',
      `The tensors of the safetensors file take ${at} bytes, and it holds ${available}; download or save it again.`,
    );
}

/** Empty ones before what begins at the same place. */
function byPlace(a: HeaderEntry, b: HeaderEntry): number {
  return a.begin - b.begin || a.end - b.end;
}

function tensorOf({ dtype, shape, begin, end }: HeaderEntry, source: ByteSource, dataAt: number): Tensor {
  const [, type] = SAFETENSORS_TYPES.get(dtype) ?? [0, 'other' as const];
  return { dtype: type, dims: shape, bytes: () => source.read(dataAt + begin, end - begin) };
}
