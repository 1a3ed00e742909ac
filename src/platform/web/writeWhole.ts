import { raise } from '../../core/result';

/** The little of a file system that writing a whole file takes. Names are of one folder. */
export interface Folder {
  exists(name: string): Promise<boolean>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** @throws any error for a name that is taken, without `replace`. */
  rename(from: string, to: string, replace: boolean): Promise<void>;
  remove(name: string): Promise<void>;
}

/**
 * Writes a file completely or not at all: under a hidden name first, then renamed. Without `replace` a file that is there stays,
 * also one that appears meanwhile. @throws ProblemError `exists`, `cancelled`; what the file system throws.
 */
export async function writeWhole(
  folder: Folder,
  name: string,
  bytes: Uint8Array,
  { replace, signal }: { readonly replace: boolean; readonly signal?: AbortSignal },
): Promise<void> {
  if (!replace && (await folder.exists(name))) raiseExists(name);
  const temporary = `.${name.slice(0, 200)}.${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}.tmp`;
  try {
    await folder.write(temporary, bytes);
    if (signal?.aborted === true) raise('cancelled', 'Writing was cancelled; nothing was changed.');
    await folder.rename(temporary, name, replace);
  } catch (error) {
    await folder.remove(temporary).catch(() => undefined);
    if (!replace && (await folder.exists(name))) raiseExists(name);
    throw error;
  }
}

function raiseExists(name: string): never {
  return raise('exists', `"${name}" exists already; replace it or choose another name.`);
}
