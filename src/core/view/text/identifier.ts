/** A name as ONNX's text has it: bare where it is an identifier, else in quotes. */
export function identifier(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoted(name);
}

/**
 * A string in quotes. Line ends and other control characters become spaces: the text is for reading, and each of its lines
 * must stay one.
 */
export function quoted(text: string): string {
  const plain = /["\\\p{Cc}\u2028\u2029]/u.test(text)
    ? text.replace(/["\\]/g, '\\$&').replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    : text;
  return `"${plain}"`;
}
