import type { Progress } from '../core/ports';
import { paintFor } from './paint';

interface TextStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A line on stderr that is rewritten in place; nothing in a pipe. `done` wipes it. */
export function progressLine(stream: TextStream = process.stderr): {
  readonly progress: Progress;
  done(): void;
} {
  if (stream.isTTY !== true) return { progress: () => undefined, done: () => undefined };
  const paint = paintFor(stream);
  return {
    progress: (fraction, label) => {
      const percent = `${Math.round(fraction * 100)} %`.padStart(5);
      stream.write(`\r\x1b[2K${paint.dim(`${percent}  ${label}`)}`);
    },
    done: () => void stream.write('\r\x1b[2K'),
  };
}
