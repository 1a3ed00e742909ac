import { create, toBinary, type DescField, type DescMessage, type Message } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Chunk } from '../ports';
import { chunksLength } from './chunks';
import { TensorProtoSchema, type TensorProto } from './schema/onnx_pb';

/**
 * Encodes a message as a list of chunks in which weights are not copied. A message with weights somewhere inside is
 * encoded twice over: once without the fields that hold them (the carrier, which keeps unknown fields too), then
 * those fields one by one behind it. Concatenated records of one message are that message, so every run of items
 * without weights is encoded at once, as a carrier that has only the run.
 */

/** A tensor whose elements are written as a chunk of their own. */
export interface SplitTensor {
  /** Everything but the elements. */
  readonly head: TensorProto;
  /** The number of the field that holds the elements, all of them in one length-delimited record; null: elsewhere. */
  readonly field: number | null;
  readonly elements: Chunk;
}

/** What becomes of a tensor found in `field` of another message; null: it is encoded whole. Asked once a tensor. */
export type TensorSplitter = (tensor: TensorProto, field: DescField) => SplitTensor | null;

export function messageChunks(desc: DescMessage, message: Message, split: TensorSplitter): Chunk[] {
  return new ChunkEncoder(split).message(desc, message) ?? [toBinary(desc, message)];
}

type Fields = Record<string, unknown>;

class ChunkEncoder {
  constructor(private readonly split: TensorSplitter) {}

  /** null: nothing inside needs a chunk of its own, so the message may be encoded at once. */
  message(desc: DescMessage, message: Message): Chunk[] | null {
    const heavy: Chunk[][] = [];
    let carrier: Message | null = null;
    for (const field of desc.fields) {
      if (field.message === undefined || !reachesTensor(field.message)) continue;
      const chunks = this.field(desc, field, (message as unknown as Fields)[field.localName]);
      if (chunks === null) continue;
      carrier ??= shallowClone(desc, message);
      removeField(carrier, field);
      heavy.push(chunks);
    }
    return carrier === null ? null : [toBinary(desc, carrier), ...heavy.flat()];
  }

  private field(desc: DescMessage, field: DescField, value: unknown): Chunk[] | null {
    if (value === undefined || field.message === undefined) return null;
    const inner = field.message;
    const items = (field.fieldKind === 'list' ? value : [value]) as Message[];
    const encoded = items.map((item) => this.item(inner, field, item));
    if (encoded.every((chunks) => chunks === null)) return null;
    const chunks: Chunk[] = [];
    let run: Message[] = [];
    items.forEach((item, i) => {
      const own = encoded[i] ?? null;
      if (own === null) {
        run.push(item);
        return;
      }
      if (run.length > 0) chunks.push(runBytes(desc, field, run));
      run = [];
      chunks.push(recordHead(field.number, own), ...own);
    });
    if (run.length > 0) chunks.push(runBytes(desc, field, run));
    return chunks;
  }

  private item(desc: DescMessage, field: DescField, item: Message): Chunk[] | null {
    if (desc !== TensorProtoSchema) return this.message(desc, item);
    const tensor = this.split(item as TensorProto, field);
    if (tensor === null) return null;
    const head = toBinary(TensorProtoSchema, tensor.head);
    if (tensor.field === null) return [head];
    return [head, recordHead(tensor.field, [tensor.elements]), tensor.elements];
  }
}

/** A copy that shares all its fields, unknown ones included. */
export function shallowClone<T extends Message>(desc: DescMessage, message: T): T {
  return Object.assign(create(desc), message) as unknown as T;
}

function removeField(message: Message, field: DescField): void {
  if (field.fieldKind === 'list') (message as unknown as Fields)[field.localName] = [];
  else Reflect.deleteProperty(message, field.localName);
}

function runBytes(desc: DescMessage, field: DescField, run: readonly Message[]): Uint8Array {
  return toBinary(desc, Object.assign(create(desc), { [field.localName]: run }));
}

/** Tag and length of a length-delimited record with this content; whether protobuf allows so long a one is not asked. */
function recordHead(field: number, content: readonly Chunk[]): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint64(chunksLength(content)).finish();
}

const reaching = new WeakMap<DescMessage, boolean>();

/** Whether a message of this type can hold a tensor at any depth. */
function reachesTensor(desc: DescMessage): boolean {
  const known = reaching.get(desc);
  if (known !== undefined) return known;
  const seen = new Set<DescMessage>([desc]);
  for (const one of seen)
    for (const field of one.fields) if (field.message !== undefined) seen.add(field.message);
  const reaches = seen.has(TensorProtoSchema);
  reaching.set(desc, reaches);
  return reaches;
}
