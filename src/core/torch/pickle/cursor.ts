import { raise } from '../../result';

const LINE = 10;
/** A global's name on a line of its own. */
const MOST_LINE = 1024;

/** Reads a pickle's bytes one after the other. @throws ProblemError `bad-input` at their end. */
export class PickleCursor {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.at;
  }

  byte(): number {
    return this.view.getUint8(this.step(1));
  }

  uint16(): number {
    return this.view.getUint16(this.step(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.step(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.step(4), true);
  }

  /** Big-endian, as pickles have it. */
  float64(): number {
    return this.view.getFloat64(this.step(8), false);
  }

  /** A length of 8 bytes. */
  length64(): number {
    return Number(this.view.getBigUint64(this.step(8), true));
  }

  bytesOf(length: number): Uint8Array {
    const from = this.step(length);
    return this.bytes.subarray(from, from + length);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.bytesOf(length));
  }

  /** A little-endian number in two's complement, of up to 255 bytes; the nearest one where it is larger than 53 bits. */
  long(length: number): number {
    let value = 0n;
    this.bytesOf(length).forEach((byte, place) => (value |= BigInt(byte) << BigInt(8 * place)));
    return Number(BigInt.asIntN(8 * length, value));
  }

  line(): string {
    const end = this.bytes.subarray(this.at, this.at + MOST_LINE).indexOf(LINE);
    if (end < 0) raise('bad-input', `The pickle is damaged at byte ${this.at}: a name without an end.`);
    const text = this.text(end);
    this.step(1);
    return text;
  }

  private step(length: number): number {
    const from = this.at;
    if (!(from + length <= this.bytes.length))
      raise('bad-input', `The pickle is cut off at byte ${from}; download or save the file again.`);
    this.at = from + length;
    return from;
  }
}
