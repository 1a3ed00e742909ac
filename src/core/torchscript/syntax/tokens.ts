import { refuseAt } from './refuseAt';
import type { Place } from './syntaxTree';

export type TokenKind = 'name' | 'int' | 'float' | 'text' | 'mark' | 'newline' | 'indent' | 'dedent' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a text its content. */
  readonly text: string;
  readonly at: Place;
}

/** Classes with thousands of calls have some hundred thousand. */
const MOST_TOKENS = 2_000_000;
const DEEPEST_INDENT = 200;

const SPACE = /[ \t\r]*(?:#[^\n]*)?/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?/y;
const TEXT = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;
const MARK = /->|[()[\]{}.,:=-]/y;

/** Splits a source file into tokens, with indents as Python has them. @throws ProblemError with the place of what is none. */
export function tokensOf(source: string, file: string): readonly Token[] {
  return new Tokenizer(source, file).run();
}

class Tokenizer {
  private readonly tokens: Token[] = [];
  private readonly indents: number[] = [0];
  private at = 0;
  private line = 1;
  private lineStart = 0;
  /** Brackets that are open: line ends within them mean nothing. */
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly file: string,
  ) {}

  run(): readonly Token[] {
    this.indent();
    while (this.at < this.source.length) {
      if (this.tokens.length > MOST_TOKENS) this.refuse('the file has more code than that of any model');
      this.match(SPACE);
      if (this.at >= this.source.length) break;
      if (this.source[this.at] === '\n') this.endLine();
      else this.token();
    }
    if (this.tokens.at(-1)?.kind !== 'newline') this.add('newline', '');
    while (this.indents.length > 1) this.dedent();
    this.add('end', '');
    return this.tokens;
  }

  private token(): void {
    const at = this.place();
    const name = this.match(NAME);
    if (name !== null) return this.add('name', name, at);
    const number = this.match(NUMBER);
    if (number !== null) return this.add(/^\d+$/.test(number) ? 'int' : 'float', number, at);
    const text = this.match(TEXT);
    if (text !== null) return this.add('text', unescaped(text.slice(1, -1)), at);
    const mark = this.match(MARK);
    if (mark === null) return this.refuse(`"${this.source[this.at] ?? ''}" is not read here`);
    if ('([{'.includes(mark)) this.depth += 1;
    if (')]}'.includes(mark)) this.depth = Math.max(0, this.depth - 1);
    this.add('mark', mark, at);
  }

  private endLine(): void {
    const last = this.tokens.at(-1)?.kind;
    if (
      this.depth === 0 &&
      last !== undefined &&
      last !== 'newline' &&
      last !== 'indent' &&
      last !== 'dedent'
    )
      this.add('newline', '');
    this.at += 1;
    this.line += 1;
    this.lineStart = this.at;
    if (this.depth === 0) this.indent();
  }

  /** Compares the spaces at the head of a line with those before; empty lines don't count. */
  private indent(): void {
    this.match(SPACE);
    const letter = this.source[this.at];
    if (letter === undefined || letter === '\n') return;
    const width = this.at - this.lineStart;
    if (width > (this.indents.at(-1) ?? 0)) {
      if (this.indents.length > DEEPEST_INDENT) this.refuse('the code is nested too deep');
      this.indents.push(width);
      this.add('indent', '');
    }
    while (width < (this.indents.at(-1) ?? 0)) this.dedent();
    if (width !== this.indents.at(-1)) this.refuse('the indent fits no line before');
  }

  private dedent(): void {
    this.indents.pop();
    this.add('dedent', '');
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  private add(kind: TokenKind, text: string, at: Place = this.place()): void {
    this.tokens.push({ kind, text, at });
  }

  private place(): Place {
    return { line: this.line, column: this.at - this.lineStart + 1 };
  }

  private refuse(sentence: string): never {
    return refuseAt(this.file, this.place(), sentence);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\x07',
  b: '\b',
};

function unescaped(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)/g, (_, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16));
    return /^[0-7]/.test(code) ? String.fromCharCode(parseInt(code, 8)) : (ESCAPES[code] ?? code);
  });
}
