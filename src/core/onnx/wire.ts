import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import { raise } from '../result';

/**
 * Walks the records of a protobuf message without reading any payload, so that what is cut short or damaged is
 * reported with its byte, before the decoder sees it. The decoder itself would read on past a record's end.
 */

/** Messages within messages; the decoder's own limit. 100 is about 32 levels of If or Loop. */
const MAX_DEPTH = 100;

interface Place {
  readonly desc: DescMessage;
  readonly depth: number;
  readonly end: number;
  /** As in "graph.node.attribute". */
  readonly path: string;
}

/** @throws ProblemError `bad-input`: what is wrong at which byte. */
export function checkWire(bytes: Uint8Array, desc: DescMessage): void {
  new WireWalk(bytes).message({ desc, depth: 1, end: bytes.length, path: '' });
}

class WireWalk {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  message(place: Place): void {
    if (place.depth > MAX_DEPTH)
      this.damaged(this.at, `"${place.path}" is nested deeper than ${MAX_DEPTH} levels`);
    const fields = fieldsOf(place.desc);
    while (this.at < place.end) {
      const start = this.at;
      const tag = this.varint(place.end);
      const wireType = tag % 8;
      const field = fields.get(Math.floor(tag / 8));
      if (tag < 8 || tag > 0xffffffff) this.damaged(start, 'no record of the model can begin');
      if (field === undefined) this.skip(tag, start, place, MAX_DEPTH - place.depth);
      else this.known(field, wireType, start, place);
    }
  }

  private known(field: DescField, wireType: number, start: number, place: Place): void {
    const path = place.path === '' ? field.name : `${place.path}.${field.name}`;
    const expected = wireTypeOf(field);
    const packed = wireType === WireType.LengthDelimited && field.fieldKind === 'list';
    if (wireType !== expected && !packed) this.damaged(start, `"${path}" has the wrong kind of record`);
    if (wireType !== WireType.LengthDelimited) {
      this.fixedOrVarint(wireType, start, place.end);
      return;
    }
    const end = this.lengthDelimited(start, path, place.end);
    if (field.message !== undefined) {
      this.message({ desc: field.message, depth: place.depth + 1, end, path });
    } else if (expected !== WireType.LengthDelimited) {
      this.checkPacked(expected, start, end, path);
    }
    this.at = end;
  }

  /** The items of a packed list fill it exactly. */
  private checkPacked(wireType: WireType, start: number, end: number, path: string): void {
    const length = end - this.at;
    const whole =
      wireType === WireType.Varint
        ? length === 0 || (this.bytes[end - 1] ?? 0) < 0x80
        : length % (wireType === WireType.Bit64 ? 8 : 4) === 0;
    if (!whole) this.damaged(start, `the list "${path}" ends in the middle of a number`);
  }

  private skip(tag: number, start: number, place: Place, depth: number): void {
    const wireType = tag % 8;
    if (wireType === WireType.LengthDelimited) {
      this.at = this.lengthDelimited(start, 'unknown field', place.end);
    } else if (wireType !== WireType.StartGroup) {
      this.fixedOrVarint(wireType, start, place.end);
    } else {
      if (depth <= 0) this.damaged(start, 'groups are nested too deep');
      this.group(Math.floor(tag / 8), start, place, depth);
    }
  }

  private group(fieldNumber: number, start: number, place: Place, depth: number): void {
    for (;;) {
      const inner = this.at;
      const tag = this.varint(place.end);
      if (tag < 8 || tag > 0xffffffff) this.damaged(inner, 'no record of the model can begin');
      if (tag % 8 !== WireType.EndGroup) {
        this.skip(tag, inner, place, depth - 1);
      } else {
        if (Math.floor(tag / 8) !== fieldNumber) this.damaged(start, 'a group has the wrong end');
        return;
      }
    }
  }

  private fixedOrVarint(wireType: number, start: number, end: number): void {
    if (wireType === WireType.Varint) this.varint(end);
    else if (wireType === WireType.Bit32) this.at += 4;
    else if (wireType === WireType.Bit64) this.at += 8;
    else this.damaged(start, 'no record of the model can begin');
    if (this.at > this.bytes.length) this.cutShort(start, 'a number');
    if (this.at > end) this.damaged(start, 'a number runs over the end of the record around it');
  }

  /** Reads a length and gives the end of what it spans. */
  private lengthDelimited(start: number, path: string, end: number): number {
    const length = this.varint(end);
    if (this.at + length > this.bytes.length) this.cutShort(start, `"${path}", of ${length} bytes,`);
    if (this.at + length > end) this.damaged(start, `"${path}" runs over the end of the record around it`);
    return this.at + length;
  }

  /** A varint as a number: exact where it matters (tags, lengths), about right beyond 2^53. */
  private varint(end: number): number {
    const start = this.at;
    let value = 0;
    for (let scale = 1; this.at < start + 10; scale *= 128) {
      if (this.at >= this.bytes.length) this.cutShort(start, 'a number');
      if (this.at >= end) this.damaged(start, 'a number runs over the end of the record around it');
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return this.damaged(start, 'a number is longer than 10 bytes');
  }

  private cutShort(at: number, what: string): never {
    const size = this.bytes.length;
    return raise(
      'bad-input',
      `The file is cut short or no ONNX model: ${what} begins at byte ${at} but the file ends at byte ${size}; download or export it again.`,
    );
  }

  private damaged(at: number, what: string): never {
    return raise(
      'bad-input',
      `The file is damaged or no ONNX model: at byte ${at}, ${what}; download or export it again.`,
    );
  }
}

const fieldTables = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldsOf(desc: DescMessage): ReadonlyMap<number, DescField> {
  let table = fieldTables.get(desc);
  if (table === undefined) {
    table = new Map(desc.fields.map((field) => [field.number, field]));
    fieldTables.set(desc, table);
  }
  return table;
}

/** The wire type of one item; the schema has neither maps nor groups. */
function wireTypeOf(field: DescField): WireType {
  if (field.message !== undefined) return WireType.LengthDelimited;
  switch (field.scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.FLOAT:
      return WireType.Bit32;
    case ScalarType.DOUBLE:
      return WireType.Bit64;
    default:
      return WireType.Varint;
  }
}
