import { identifier } from './identifier';

/** Where values, modules and nodes stand in a text, as it is being written. Lines and columns count from 0, in UTF-16 units. */
export class TextWriter {
  readonly #lines: string[] = [];
  #line = '';
  /** Four numbers an occurrence: line, column, end column, 2 · value + (1 where it is defined). */
  readonly #places: number[] = [];
  readonly #names: string[] = [];
  #scope = new Map<string, number>();

  /** The line that is being written. */
  get line(): number {
    return this.#lines.length;
  }

  /** Values met so far. */
  get valueCount(): number {
    return this.#names.length;
  }

  add(text: string): this {
    const [first = '', ...rest] = text.includes('\n') ? text.split('\n') : [text];
    this.#line += first;
    for (const line of rest) {
      this.end();
      this.#line = line;
    }
    return this;
  }

  /** Writes a value's name, and remembers where. An optional input that is left out is `""`. */
  value(name: string, role: 'defined' | 'used'): this {
    if (name === '') return this.add('""');
    const column = this.#line.length;
    this.#line += identifier(name);
    const place = 2 * this.#number(name) + (role === 'defined' ? 1 : 0);
    this.#places.push(this.#lines.length, column, this.#line.length, place);
    return this;
  }

  values(names: readonly string[], role: 'defined' | 'used'): this {
    names.forEach((name, place) => (place > 0 ? this.add(', ') : this).value(name, role));
    return this;
  }

  end(): this {
    this.#lines.push(this.#line);
    this.#line = '';
    return this;
  }

  /** From here on the same names mean other values: the body of a function. */
  newScope(): void {
    this.#scope = new Map();
  }

  finish(): { readonly text: string; readonly names: readonly string[]; readonly places: Int32Array } {
    if (this.#line !== '') this.end();
    return {
      text: `${this.#lines.join('\n')}\n`,
      names: this.#names,
      places: Int32Array.from(this.#places),
    };
  }

  #number(name: string): number {
    const known = this.#scope.get(name);
    if (known !== undefined) return known;
    this.#scope.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }
}
