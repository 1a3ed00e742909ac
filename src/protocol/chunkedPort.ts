import type { Port } from './rpc';

/** Characters in one message: what a window passes on without a hitch. */
const CHUNK = 256 * 1024;
/** A message is as long as the largest model in base64, at most. */
const MOST_PARTS = 512;
/** Messages that may be under way at once, half received; older ones are given up. */
const MOST_UNFINISHED = 8;

interface Part {
  readonly replensPart: string;
  readonly index: number;
  readonly count: number;
  readonly text: string;
}

interface Unfinished {
  readonly texts: (string | undefined)[];
  missing: number;
}

/**
 * A port for JSON that sends long messages in parts and puts them together again: messages of a notebook's output pass through
 * the window, where a long one would be felt. What comes in is not trusted: parts are counted.
 */
export function chunkedPort(port: Port): Port {
  const prefix = Math.random().toString(36).slice(2);
  let sent = 0;
  return {
    post: (message) => {
      const text = JSON.stringify(message);
      if (text.length <= CHUNK) {
        port.post(message);
        return;
      }
      const id = `${prefix}-${++sent}`;
      const count = Math.ceil(text.length / CHUNK);
      for (let index = 0; index < count; index += 1) {
        const part = text.slice(index * CHUNK, (index + 1) * CHUNK);
        port.post({ replensPart: id, index, count, text: part } satisfies Part);
      }
    },
    listen: (receive) => {
      const unfinished = new Map<string, Unfinished>();
      return port.listen((message) => {
        if (!isPart(message)) receive(message);
        else {
          const text = join(unfinished, message);
          if (text !== null) receive(parsed(text));
        }
      });
    },
  };
}

/** The whole text with the last part of it; null before. */
function join(
  unfinished: Map<string, Unfinished>,
  { replensPart: id, index, count, text }: Part,
): string | null {
  const known = unfinished.get(id) ?? { texts: Array<undefined>(count).fill(undefined), missing: count };
  if (known.texts.length !== count || known.texts[index] !== undefined) return null;
  known.texts[index] = text;
  known.missing -= 1;
  unfinished.delete(id);
  if (known.missing === 0) return known.texts.join('');
  unfinished.set(id, known);
  for (const old of [...unfinished.keys()].slice(0, -MOST_UNFINISHED)) unfinished.delete(old);
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isPart(message: unknown): message is Part {
  if (typeof message !== 'object' || message === null || !('replensPart' in message)) return false;
  const { replensPart, index, count, text } = message as Partial<Part>;
  return (
    typeof replensPart === 'string' &&
    typeof text === 'string' &&
    text.length <= CHUNK &&
    Number.isInteger(index) &&
    Number.isInteger(count) &&
    (count as number) <= MOST_PARTS &&
    (index as number) >= 0 &&
    (index as number) < (count as number)
  );
}
