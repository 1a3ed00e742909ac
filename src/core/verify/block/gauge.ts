import type { NdArray } from '../../tensor/tensor';
import { DifferenceMeter, type Difference, type Tolerance } from '../metrics';
import type { Probe } from './probes';

/** A meter that also remembers which probe made its largest ratio. */
export class Gauge {
  private readonly meter = new DifferenceMeter();
  private worst: Probe | null = null;
  private isUsed = false;

  add(probe: Probe, a: NdArray, b: NdArray, tolerance: Tolerance): void {
    const before = this.meter.result();
    this.meter.add(a, b, tolerance);
    const after = this.meter.result();
    if (after.ratio > before.ratio || after.otherNonFinite > before.otherNonFinite) this.worst = probe;
    this.isUsed = true;
  }

  /** Null where nothing was compared. */
  get difference(): Difference | null {
    return this.isUsed ? this.meter.result() : null;
  }

  /** Whether something differs by more than its tolerance, or is finite on one side only. */
  get isExceeded(): boolean {
    const difference = this.difference;
    return difference !== null && (difference.ratio > 1 || difference.otherNonFinite > 0);
  }

  /** "differs by up to 3.1e-2 at [0, 3, 5, 5] on the input "normal" of shape 1×6×9×12, where … allows 4.0e-6". */
  describe(what: string): string {
    const difference = this.difference;
    const probe = this.worst;
    if (difference === null || probe === null) return 'differs nowhere';
    const input = `on the input "${probe.distribution}" of shape ${probe.dims.join('×')}`;
    const { atRatio } = difference;
    if (difference.otherNonFinite > 0 || atRatio === null) {
      return `is not finite in ${difference.otherNonFinite} places where the other is, ${input}`;
    }
    const place = `[${atRatio.index.join(', ')}]`;
    const [by, allowed] = [atRatio.difference.toExponential(1), atRatio.tolerance.toExponential(1)];
    return `differs by ${by} at ${place} ${input}, where ${what} allows ${allowed}`;
  }
}
