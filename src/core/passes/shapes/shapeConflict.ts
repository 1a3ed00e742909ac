/** Shapes that can't go together, as when a batch size is bound that the exporter baked in as another. */
export class ShapeConflict extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShapeConflict';
  }
}

/** @throws ShapeConflict always. */
export function conflict(message: string): never {
  throw new ShapeConflict(message);
}
