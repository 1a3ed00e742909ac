import { refuseAt } from './refuseAt';
import type { Place } from './syntaxTree';
import type { Token, TokenKind } from './tokens';

/** Reads tokens one after the other. */
export class TokenReader {
  private place = 0;

  constructor(
    private readonly tokens: readonly Token[],
    readonly file: string,
  ) {}

  get next(): Token {
    // the last one is "end" and never passed
    return this.tokens[Math.min(this.place, this.tokens.length - 1)] as Token;
  }

  get after(): Token {
    return this.tokens[Math.min(this.place + 1, this.tokens.length - 1)] as Token;
  }

  is(kind: TokenKind, text?: string): boolean {
    return this.next.kind === kind && (text === undefined || this.next.text === text);
  }

  take(): Token {
    const token = this.next;
    this.place += 1;
    return token;
  }

  accept(kind: TokenKind, text?: string): boolean {
    const found = this.is(kind, text);
    if (found) this.place += 1;
    return found;
  }

  expect(kind: TokenKind, text?: string): Token {
    return this.is(kind, text) ? this.take() : this.refuse();
  }

  mark(text: string): boolean {
    return this.accept('mark', text);
  }

  refuse(sentence?: string, at: Place = this.next.at): never {
    const { kind, text } = this.next;
    const what =
      kind === 'newline' || kind === 'end' ? 'the end of the line' : text === '' ? kind : `"${text}"`;
    return refuseAt(this.file, at, sentence ?? `${what} is not expected here; save the model again`);
  }
}
