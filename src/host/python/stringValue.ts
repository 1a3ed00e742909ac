/** The text of a Python string literal; null for bytes, and for f-strings, whose value only a run can tell. */
export function stringValue(literal: string): string | null {
  const [, prefix = '', , body] = /^([A-Za-z]*)("""|'''|"|')([\s\S]*)\2$/.exec(literal) ?? [];
  if (body === undefined || /[bft]/i.test(prefix)) return null;
  return /r/i.test(prefix) ? body : body.replace(ESCAPE, unescaped);
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\n|([\s\S]))/g;

const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescaped(all: string, x?: string, u?: string, long?: string, letter?: string): string {
  const code = x ?? u ?? long;
  if (code !== undefined) {
    const point = parseInt(code, 16);
    return point > 0x10ffff ? all : String.fromCodePoint(point);
  }
  // a line that goes on; a letter that escapes nothing keeps its backslash
  return letter === undefined ? '' : (LETTERS[letter] ?? all);
}
