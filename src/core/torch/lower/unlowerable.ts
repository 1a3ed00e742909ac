/** A call that no lowering covers, in this form: it becomes an opaque node of its own name. */
export class Unlowerable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Unlowerable';
  }
}
