/** Whether a model's path is a URI as text; a letter and a colon begin a path on Windows. */
export function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(path);
}

/** The name of a file without its folder, as a person reads it. */
export function nameInAddress(address: string): string {
  const path = address.replace(/[?#].*$/s, '');
  return decoded(path.slice(path.lastIndexOf('/') + 1));
}

/**
 * Whether two addresses mean one file, however they are written: who encodes what is left to each system, and a model may
 * name a file beside it by a detour. @param beside a path relative to the folder of `address`, as the model has it.
 */
export function areSameFile(output: string, address: string, beside?: string): boolean {
  const folder = address.slice(0, address.lastIndexOf('/') + 1);
  const other = beside === undefined ? decoded(address) : `${decoded(folder)}${beside}`;
  return withoutDetours(decoded(output)) === withoutDetours(other);
}

function withoutDetours(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // a stray percent sign
    return text;
  }
}
