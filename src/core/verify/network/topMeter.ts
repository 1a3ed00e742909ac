import { elementCount, type NdArray } from '../../tensor/tensor';

/** How far two classifiers agree on what they would say. */
export interface TopAgreement {
  /** Share of the images whose best class is the same. */
  readonly top1: number;
  /** Share of the first model's five best classes that are among the second's. */
  readonly top5: number;
}

/** Fewer are no classes worth ranking. */
const FEWEST_CLASSES = 5;

/** Adds up the agreement of pairs of outputs; outputs that are not [images, classes] count for nothing. */
export class TopMeter {
  private rows = 0;
  private best = 0;
  private five = 0;

  add(a: NdArray, b: NdArray): void {
    const [images = 0, classes = 0] = a.dims;
    const isClasses = a.dims.length >= 2 && classes >= FEWEST_CLASSES && elementCount(a.dims.slice(2)) === 1;
    if (!isClasses || !a.dtype.includes('float') || b.data.length !== a.data.length) return;
    for (let image = 0; image < images; image++) {
      const row = (data: Float64Array): Float64Array => data.subarray(image * classes, (image + 1) * classes);
      this.addRow(row(a.data), row(b.data));
    }
  }

  /** Empty where no output was one of a classifier. */
  result(): Partial<TopAgreement> {
    return this.rows === 0 ? {} : { top1: this.best / this.rows, top5: this.five / (5 * this.rows) };
  }

  private addRow(a: Float64Array, b: Float64Array): void {
    const ours = ranked(a);
    const theirs = ranked(b);
    const least = (rank: number): number => b[theirs[rank] as number] as number;
    // classes that tie are all best
    const isAmong = (one: number, rank: number): boolean => (b[one] as number) >= least(rank);
    this.rows += 1;
    this.best += Number(isAmong(ours[0] as number, 0));
    this.five += ours.slice(0, 5).filter((one) => isAmong(one, 4)).length;
  }
}

/** The five best classes. */
function ranked(row: Float64Array): readonly number[] {
  const best: number[] = [];
  for (let one = 0; one < row.length; one++) {
    let place = best.length;
    while (place > 0 && (row[one] as number) > (row[best[place - 1] as number] as number)) place--;
    if (place < 5) best.splice(place, 0, one);
    if (best.length > 5) best.pop();
  }
  return best;
}
