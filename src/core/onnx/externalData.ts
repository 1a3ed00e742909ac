import type { ByteSource, CompanionFiles } from '../ports';
import { ProblemError, raise } from '../result';
import type { DecodeContext } from './decodeContext';
import type { StringStringEntryProto, TensorProto } from './schema/onnx_pb';
import type { SizedBytes } from './source';

/** Where a tensor's bytes lie in a companion file. */
interface ExternalRange {
  readonly location: string;
  readonly offset: number;
  /** null: not said. */
  readonly length: number | null;
}

/** The companion files of one model, each opened once. */
export class Companions {
  private readonly opened = new Map<string, ByteSource>();
  constructor(private readonly files: CompanionFiles) {}

  /** @throws ProblemError as the port does. */
  open(location: string): ByteSource {
    let source = this.opened.get(location);
    if (source === undefined) {
      source = this.files.open(location);
      this.opened.set(location, source);
    }
    return source;
  }
}

/**
 * Checks that the tensor's bytes are there and gives them, to be read later.
 * `expected`: bytes that type and shape ask for; null where that is not known.
 * @throws ProblemError when the file is missing, outside the model's folder or too short.
 */
export function externalBytes(
  proto: TensorProto,
  name: string,
  expected: number | null,
  context: Pick<DecodeContext, 'companions'>,
): SizedBytes {
  const { location, offset, length } = readRange(proto.externalData, name);
  const source = openFor(location, name, context.companions);
  const size = length ?? expected ?? Math.max(0, source.size - offset);
  if (expected !== null && size !== expected) {
    raise(
      'bad-input',
      `Tensor "${name}" needs ${expected} bytes by its shape and type, but its external data in "${location}" has ${size}; export the model again.`,
    );
  }
  if (offset + size > source.size) {
    raise(
      'bad-input',
      `Tensor "${name}" needs bytes ${offset} to ${offset + size} of "${location}", which has only ${source.size}; fetch or export that file again.`,
    );
  }
  return { byteLength: size, bytes: () => source.read(offset, size) };
}

function openFor(location: string, name: string, companions: Companions): ByteSource {
  try {
    return companions.open(location);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return raise(
      error.problem.code,
      `The external data of tensor "${name}" cannot be used: ${error.message}`,
    );
  }
}

function readRange(entries: readonly StringStringEntryProto[], name: string): ExternalRange {
  const values = new Map(entries.map(({ key, value }) => [key, value]));
  const location = values.get('location');
  if (location === undefined || location === '') {
    raise('bad-input', `Tensor "${name}" has external data without a location; export the model again.`);
  }
  return {
    location,
    offset: readNumber(values.get('offset'), 'offset', name) ?? 0,
    length: readNumber(values.get('length'), 'length', name),
  };
}

function readNumber(text: string | undefined, what: string, name: string): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  return raise(
    'bad-input',
    `Tensor "${name}" has external data with the ${what} "${text}", which is no number of bytes; export the model again.`,
  );
}
