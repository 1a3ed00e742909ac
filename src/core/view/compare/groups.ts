/** Things that belong together, found pair by pair. Things are numbers from 0 on. */
export class Groups {
  private readonly above: Int32Array;

  constructor(count: number) {
    this.above = Int32Array.from({ length: count }, (_, at) => at);
  }

  /** The number that stands for the group of a thing. */
  of(thing: number): number {
    let top = thing;
    while (this.above[top] !== top) top = this.above[top] as number;
    // everybody on the way points to the top from now on
    for (let at = thing; at !== top;) {
      const next = this.above[at] as number;
      this.above[at] = top;
      at = next;
    }
    return top;
  }

  join(a: number, b: number): void {
    const [one, other] = [this.of(a), this.of(b)];
    if (one !== other) this.above[Math.max(one, other)] = Math.min(one, other);
  }
}
