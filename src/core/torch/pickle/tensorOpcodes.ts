import { elementCount, rowMajorStrides } from '../../tensor/tensor';

/** A tensor that fills a storage of its own. */
export interface StoredTensor {
  /** Of the state dict. */
  readonly name: string;
  /** "FloatStorage". */
  readonly storage: string;
  /** Name of the storage's entry in the archive. */
  readonly key: string;
  readonly dims: readonly number[];
}

/** The opcodes of a dict's item as `torch.save` writes them, without a memo: a name, and a tensor over a storage of its own. */
export function tensorItem({ name, storage, key, dims }: StoredTensor): Uint8Array {
  const out = new Opcodes();
  out.text(name).global('torch._utils', '_rebuild_tensor_v2').mark();
  out
    .mark()
    .text('storage')
    .global('torch', storage)
    .text(key)
    .text('cpu')
    .integer(elementCount(dims))
    .tuple();
  out.byte(0x51).integer(0);
  out.mark();
  dims.forEach((dim) => out.integer(dim));
  out.tuple().mark();
  rowMajorStrides(dims).forEach((stride) => out.integer(stride));
  out.tuple();
  // it needs no gradient, and has no hooks
  out.byte(0x89).global('collections', 'OrderedDict').byte(0x29).byte(0x52);
  return out.tuple().byte(0x52).done();
}

/** Sets the item that stands before. */
export const SET_ITEM = Uint8Array.of(0x73);

class Opcodes {
  private readonly bytes: number[] = [];

  byte(value: number): this {
    this.bytes.push(value);
    return this;
  }

  mark(): this {
    return this.byte(0x28);
  }

  tuple(): this {
    return this.byte(0x74);
  }

  global(module: string, name: string): this {
    return this.byte(0x63).all(new TextEncoder().encode(`${module}\n${name}\n`));
  }

  text(value: string): this {
    const utf8 = new TextEncoder().encode(value);
    return this.byte(0x58).number(utf8.length, 4).all(utf8);
  }

  /** A whole number from 0 on. */
  integer(value: number): this {
    if (value < 2 ** 8) return this.byte(0x4b).byte(value);
    if (value < 2 ** 16) return this.byte(0x4d).number(value, 2);
    if (value < 2 ** 31) return this.byte(0x4a).number(value, 4);
    return this.byte(0x8a).byte(8).number(value, 8);
  }

  done(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  private number(value: number, bytes: number): this {
    let rest = value;
    for (let place = 0; place < bytes; place++) {
      this.byte(rest % 256);
      rest = Math.floor(rest / 256);
    }
    return this;
  }

  private all(bytes: Uint8Array): this {
    for (const byte of bytes) this.byte(byte);
    return this;
  }
}
