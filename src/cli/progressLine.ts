import pc from 'picocolors';
import type { Progress } from '../core/ports';

/** A line on stderr that is rewritten in place; nothing in a pipe. `done` wipes it. */
export function progressLine(): { readonly progress: Progress; done(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { progress: () => undefined, done: () => undefined };
  return {
    progress: (fraction, label) => {
      const percent = `${Math.round(fraction * 100)} %`.padStart(5);
      stderr.write(`\r\x1b[2K${pc.dim(`${percent}  ${label}`)}`);
    },
    done: () => stderr.write('\r\x1b[2K'),
  };
}
