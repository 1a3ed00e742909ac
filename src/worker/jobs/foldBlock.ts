import type { Detection } from '../../core/detect/detect';
import { raise } from '../../core/result';
import { blockFold } from '../../core/view/fold';
import type { KernelFold } from '../../core/view/foldTypes';
import { breathe } from '../breathe';

/** Milliseconds of work between two looks at the messages that have come in. */
const SLICE = 20;

/** The fold of a block, made in slices, so that the thread answers others meanwhile and hears that it was cancelled. */
export async function foldBlock(
  detection: Detection,
  id: string,
  signal: AbortSignal,
): Promise<KernelFold | null> {
  const steps = blockFold(detection, id);
  let since = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < SLICE) continue;
    await breathe();
    if (signal.aborted) raise('cancelled', 'Cancelled.');
    since = performance.now();
  }
}
