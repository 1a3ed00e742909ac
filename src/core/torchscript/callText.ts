import { EXPORT } from './syntax/refuseAt';
import { described, type Value } from './values';

/** What sentences say of a call's arguments. */

/** A tensor, or a list with one. */
export function isTensor(value: Value): boolean {
  return (
    value.kind === 'tensor' || (value.kind === 'list' && value.items.some(({ kind }) => kind === 'tensor'))
  );
}

/** The arguments of a call that is not read, and what to do. */
export function withWhat(args: readonly Value[]): string {
  const unknown = args.some(
    ({ kind, ...rest }) =>
      kind === 'size' ||
      kind === 'other' ||
      ('items' in rest && rest.items.some((item) => item.kind === 'size' || item.kind === 'other')),
  );
  const listed = args.slice(0, 12).map(described).join(', ');
  const shown = listed === '' ? '' : ` with ${listed}`;
  return `${shown}; ${unknown ? "give the inputs' sizes with --shape, or " : ''}${EXPORT}.`;
}

/** What a script says where it stops with an error. */
export function reasonOf([reason]: readonly Value[]): string {
  return reason?.kind === 'text' && reason.value !== '' ? ` ("${reason.value.slice(0, 80)}")` : '';
}
