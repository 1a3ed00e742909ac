/**
 * One string object for each name of a value, however often the file has it. Every later stage looks values up by name, and
 * a map finds a string that it holds itself without comparing letters.
 */
export class ValueNames {
  private readonly known = new Map<string, string>();

  one(name: string): string {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    this.known.set(name, name);
    return name;
  }

  /** The same names, in place: the message of the file gives up its copies. */
  all(names: string[]): readonly string[] {
    for (let i = 0; i < names.length; i++) names[i] = this.one(names[i] as string);
    return names;
  }
}
