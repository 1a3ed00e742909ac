import type { TapRows } from './convTaps';
import { addProduct, emptyPanels, TILE } from './matrixProduct';

/** A convolution of one image and one group: what is read, what is written, and the sizes. */
export interface ConvBlock {
  readonly x: Float64Array;
  readonly w: Float64Array;
  readonly out: Float64Array;
  /** Where the group's input planes, kernels and output planes begin. */
  readonly xAt: number;
  readonly wAt: number;
  readonly outAt: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly taps: number;
  /** Elements of an input and an output plane. */
  readonly xPlane: number;
  readonly outPlane: number;
}

/**
 * The product of the kernels, [outputs, inputs · taps], and of what they see, [inputs · taps, places].
 * @param sources by tap and output place (`tapSources`).
 */
export function addByProduct(block: ConvBlock, sources: Int32Array): void {
  const { x, w, out, xAt, wAt, outAt, inputs, outputs, taps, xPlane, outPlane } = block;
  const rows = inputs * taps;
  const most = Math.max(TILE, Math.floor(PACKED / rows / TILE) * TILE);
  for (let first = 0; first < outPlane; first += most) {
    const columns = Math.min(most, outPlane - first);
    const seen = emptyPanels(rows, columns);
    const { data } = seen;
    for (let column = 0; column < columns; column++) {
      let at = (column - (column % TILE)) * rows + (column % TILE);
      for (let i = 0, plane = xAt; i < inputs; i++, plane += xPlane) {
        for (let tap = 0, from = first + column; tap < taps; tap++, from += outPlane, at += TILE) {
          const source = sources[from] as number;
          if (source >= 0) data[at] = x[plane + source] as number;
        }
      }
    }
    const places = new Float64Array(columns);
    for (let column = 0; column < columns; column++) places[column] = outAt + first + column;
    addProduct(w, wAt, outputs, seen, { data: out, columns: places, rowStep: outPlane });
  }
}

/** Numbers of a packed matrix: no more than the second cache holds. */
const PACKED = 2 ** 17;

/** Row by row of the image, for groups of few outputs: packing what they see would cost more than the products. */
export function addByRows(block: ConvBlock, rows: readonly TapRows[]): void {
  const { x, w, out, xAt, wAt, outAt, inputs, outputs, taps, xPlane, outPlane } = block;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const [plane, kernel, target] = [xAt + i * xPlane, wAt + (o * inputs + i) * taps, outAt + o * outPlane];
      for (let tap = 0; tap < taps; tap++) {
        const { to, from, length, stride } = rows[tap] as TapRows;
        const weight = w[kernel + tap] as number;
        for (let row = 0; row < to.length; row++) {
          const end = target + (to[row] as number) + length;
          let read = plane + (from[row] as number);
          for (let at = end - length; at < end; at++, read += stride)
            (out[at] as number) += weight * (x[read] as number);
        }
      }
    }
  }
}

/** Where the element of an input plane goes: tap, output place, tap, output place, …; by place in the plane. */
export type Scattered = readonly (readonly number[] | undefined)[];

/** The inverse of `tapSources`. */
export function scattered(sources: Int32Array, outPlane: number, xPlane: number): Scattered {
  const places = new Array<number[] | undefined>(xPlane);
  sources.forEach((source, i) => {
    if (source < 0) return;
    (places[source] ??= []).push(Math.floor(i / outPlane), i % outPlane);
  });
  return places;
}

/** Element by element that is not 0: an impulse lights one of thousands. */
export function addByElement(block: ConvBlock, places: Scattered): void {
  const { x, w, out, xAt, wAt, outAt, inputs, outputs, taps, xPlane, outPlane } = block;
  for (let i = 0; i < inputs; i++) {
    for (let place = 0; place < xPlane; place++) {
      const value = x[xAt + i * xPlane + place] as number;
      const goesTo = value === 0 ? undefined : places[place];
      if (goesTo === undefined) continue;
      const count = goesTo.length;
      for (let o = 0; o < outputs; o++) {
        const kernel = wAt + (o * inputs + i) * taps;
        const target = outAt + o * outPlane;
        for (let one = 0; one < count; one += 2)
          (out[target + (goesTo[one + 1] as number)] as number) +=
            value * (w[kernel + (goesTo[one] as number)] as number);
      }
    }
  }
}
