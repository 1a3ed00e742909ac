import type { Archive } from '../archive/archive';
import { isKind, type PickleValue } from './values';

/** What whoever edits the pickle of an archive's tensors needs, to take storages out of it and put others in. */

/** Names of storages that the archive does not have, one a call. */
export function freshStorageKeys({ names }: Archive): () => string {
  const taken = names.map((name) => Number(/^data\/(\d{1,9})$/.exec(name)?.[1] ?? -1));
  let next = taken.reduce((most, key) => Math.max(most, key), -1) + 1;
  return () => String(next++);
}

/** The name of the storage that a persistent id stands for; '' for anything else. */
export function storageKey(value: PickleValue): string {
  const content: unknown = isKind(value, 'object') ? value.content : null;
  return (content as { readonly key?: string } | null)?.key ?? '';
}
