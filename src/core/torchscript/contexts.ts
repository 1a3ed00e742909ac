import { EXPORT, refuseAt } from './syntax/refuseAt';
import type { Place } from './syntax/syntaxTree';
import { described, type Value } from './values';

/** What stands behind `with`. */

/** Contexts that change no number. */
const HARMLESS = /\.(?:no_grad|enable_grad|set_grad_enabled|inference_mode|record_function|profile)$/;

/** @throws ProblemError for a `with` that changes what is computed within it. */
export function checkContext(value: Value, file: string, at: Place): void {
  if (value.kind === 'context') {
    if (HARMLESS.test(value.className)) return;
    const [, , isEnabled] = value.args;
    if (value.className.endsWith('.autocast')) {
      if (isEnabled?.kind === 'bool' && !isEnabled.value) return;
      refuseAt(
        file,
        at,
        'autocast computes a part of the model in a shorter type, which no script says of its calls; save the model without it, or trace it',
      );
    }
  }
  refuseAt(file, at, `"with" ${described(value)} is not read here; ${EXPORT}`);
}
