/** Whether a model's path is a URI as text; a letter and a colon begin a path on Windows. */
export function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(path);
}

/** The name of a file without its folder, as a person reads it. */
export function nameInAddress(address: string): string {
  const path = address.replace(/[?#].*$/s, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    // a stray percent sign
    return name;
  }
}
