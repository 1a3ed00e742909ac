import { unzipSync } from 'fflate';
import { raise } from '../result';
import type { NdArray } from '../tensor/tensor';
import { MOST_ELEMENTS } from './limits';
import { readNpy } from './npy';

/** More arrays than any model has inputs. */
const MOST_ARRAYS = 1000;

/**
 * The arrays of an `.npz` file by name, in its order. Sizes are checked as the archive states them before anything is
 * unpacked, and nothing is unpacked beyond what it states.
 * @throws ProblemError `bad-input` for a damaged archive, `unsupported` for one that is too large.
 */
export function readNpz(bytes: Uint8Array, name: string): ReadonlyMap<string, NdArray> {
  const arrays = new Map<string, NdArray>();
  for (const [entry, content] of Object.entries(unpacked(bytes, name)))
    arrays.set(entry.replace(/\.npy$/, ''), readNpy(content, `${name}/${entry}`));
  if (arrays.size === 0) raise('bad-input', `"${name}" holds no arrays; save some with numpy.savez.`);
  return arrays;
}

function unpacked(bytes: Uint8Array, name: string): Readonly<Record<string, Uint8Array>> {
  let total = 0;
  let count = 0;
  const tooLarge = new Error('too large');
  try {
    return unzipSync(bytes, {
      filter: ({ name: entry, originalSize }) => {
        if (!entry.endsWith('.npy')) return false;
        total += originalSize;
        count += 1;
        if (total > 8 * MOST_ELEMENTS || count > MOST_ARRAYS) throw tooLarge;
        return true;
      },
    });
  } catch (error) {
    if (error === tooLarge)
      raise(
        'unsupported',
        `"${name}" holds more than ${(8 * MOST_ELEMENTS) / 2 ** 20} MB or too many arrays.`,
      );
    const words = error instanceof Error ? error.message : String(error);
    return raise('bad-input', `"${name}" can't be unpacked (${words}); save it again with numpy.savez.`);
  }
}
