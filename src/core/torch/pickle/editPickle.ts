import { raise } from '../../result';
import { joinBytes } from '../../tensor/joinBytes';
import { globalOpcodes, memoPut, olderOpcode } from './olderOpcodes';
import type { PickleScan, Span } from './scanPickle';
import type { PickleValue } from './values';

/** Opcodes that go, and bytes that take their place. */
export interface PickleEdit {
  readonly span: Span;
  readonly bytes: Uint8Array;
}

export interface EditedPickle {
  readonly bytes: Uint8Array;
  /** What the persistent ids that are left stand for. */
  readonly persistent: readonly PickleValue[];
}

/** How deep a value may refer to values that were taken out. */
const MOST_DEPTH = 64;

/**
 * The pickle with other opcodes in the place of some; all that is left is copied byte for byte. A value that is used again, but
 * was made in a part that is gone, is made where it is used first. Opcodes of a protocol that `torch.load(weights_only=True)`
 * does not read are written in the one that it does.
 * @throws ProblemError `unsupported` where a list or dict that is used again was made in a part that is gone.
 */
export function editPickle(scan: PickleScan, edits: readonly PickleEdit[]): EditedPickle {
  const editor = new Editor(scan);
  const ordered = [...edits].sort((a, b) => a.span.from - b.span.from);
  let at = 0;
  for (const { span, bytes } of ordered) {
    editor.copy({ from: at, to: span.from }, 0);
    editor.put(bytes);
    at = span.to;
  }
  editor.copy({ from: at, to: scan.starts.length - 1 }, 0);
  return editor.result();
}

class Editor {
  private readonly parts: Uint8Array[] = [];
  private readonly defined = new Set<number>();
  private readonly persistent: PickleValue[] = [];

  constructor(private readonly scan: PickleScan) {}

  put(bytes: Uint8Array): void {
    this.parts.push(bytes);
  }

  copy({ from, to }: Span, depth: number): void {
    const { starts, bytes } = this.scan;
    let kept = from;
    const flush = (upTo: number): void => {
      if (upTo > kept) this.put(bytes.subarray(starts[kept], starts[upTo]));
      kept = upTo + 1;
    };
    for (let at = from; at < to; at++) {
      const global = this.scan.globals.get(at);
      if (global !== undefined && global.span.to <= to) {
        flush(at);
        this.put(globalOpcodes(global));
        at = global.span.to - 1;
        kept = at + 1;
        continue;
      }
      const replacement = this.replacement(at, depth, () => flush(at));
      if (replacement === null) continue;
      flush(at);
      this.put(replacement);
    }
    flush(to);
  }

  result(): EditedPickle {
    return { bytes: joinBytes(this.parts), persistent: this.persistent };
  }

  /** Bytes to write in an opcode's place; null: its own. @param flush writes what stands before. */
  private replacement(at: number, depth: number, flush: () => void): Uint8Array | null {
    const { scan } = this;
    const opcode = scan.bytes.subarray(scan.starts[at], scan.starts[at + 1]);
    const held = scan.persistent.get(at);
    if (held !== undefined) this.persistent.push(held);
    const written = scan.puts.get(at);
    if (written !== undefined) {
      // made a second time within something that was made again: one is enough
      if (this.defined.has(written)) return new Uint8Array(0);
      this.defined.add(written);
      return memoPut(opcode, written);
    }
    const read = scan.gets.get(at);
    if (read === undefined) return olderOpcode(opcode);
    if (this.defined.has(read)) return null;
    const memo = scan.memo.get(read);
    if (memo === undefined || memo.mutable || depth > MOST_DEPTH)
      return raise(
        'unsupported',
        'The checkpoint uses a list or dict in two places, of which one would go; save its state dict alone.',
      );
    flush();
    this.copy(memo.span, depth + 1);
    return new Uint8Array(0);
  }
}
