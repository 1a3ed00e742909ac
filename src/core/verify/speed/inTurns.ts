import { checkCancelled } from '../runModel';
import type { SpeedComparison } from './speedReport';
import { timingOf, verdictOf } from './timingOf';

/** How long one run took. */
export interface RunTime {
  readonly milliseconds: number;
  /** By the GPU's own clock; null where there is none. */
  readonly gpu: number | null;
}

export interface Effort {
  /** Counted runs of each side; fewer where the time does not suffice. */
  readonly runs: number;
  /** Milliseconds that the counted runs of both are to take at least: short ones need many against a busy machine. */
  readonly least?: number;
  /** Milliseconds for everything, warming up included. */
  readonly budget: number;
  readonly signal?: AbortSignal;
}

/** WebAssembly is compiled anew while it runs; from here on it may be at its best. */
const FEWEST_WARM_UPS = 8;
const MOST_WARM_UPS = 40;

/** Runs that are compared with as many before them, to see whether they still become faster. */
const WINDOW = 4;

/** Times that fall by less are stable. */
const STABLE = 0.05;

/** Few enough for the slowest model, enough for quartiles. */
const FEWEST_RUNS = 5;
const MOST_RUNS = 1000;

/**
 * Two things timed in turns, ABBA, so that a clock that slows down or a busy neighbour hits both alike. Both are warmed up until neither
 * becomes faster.
 */
export async function measureInTurns(
  before: () => Promise<RunTime>,
  after: () => Promise<RunTime>,
  { runs, least = 0, budget, signal }: Effort,
): Promise<SpeedComparison> {
  const sides = { before: new Series(), after: new Series() };
  let spent = 0;
  let turn = 0;
  const both = async (): Promise<void> => {
    const order = turn++ % 2 === 0 ? (['before', 'after'] as const) : (['after', 'before'] as const);
    for (const side of order) {
      checkCancelled(signal);
      const time = await (side === 'before' ? before : after)();
      sides[side].add(time);
      spent += time.milliseconds;
    }
  };
  const isWarm = (): boolean => turn >= FEWEST_WARM_UPS && sides.before.isStable() && sides.after.isStable();
  // a slow model is compiled by its first runs already
  while (turn < MOST_WARM_UPS && !isWarm() && (turn < 2 || spent < budget / 2)) await both();
  const warmUps = turn;
  const warmedUp = spent;
  const isDone = (counted: number): boolean =>
    counted >= MOST_RUNS ||
    (counted >= FEWEST_RUNS && spent >= budget) ||
    (counted >= runs && spent - warmedUp >= least);
  while (!isDone(turn - warmUps)) await both();
  return compared(sides.before, sides.after, warmUps);
}

function compared(before: Series, after: Series, warmUps: number): SpeedComparison {
  const wall = { before: before.timing(warmUps), after: after.timing(warmUps) };
  const [gpuBefore, gpuAfter] = [before.gpuTiming(warmUps), after.gpuTiming(warmUps)];
  const gpu = gpuBefore === null || gpuAfter === null ? null : { before: gpuBefore, after: gpuAfter };
  const judged = gpu ?? wall;
  return {
    ...wall,
    speedup: judged.after.median === 0 ? 1 : judged.before.median / judged.after.median,
    verdict: verdictOf(judged.before, judged.after),
    ...(gpu === null ? {} : { gpu }),
  };
}

/** The times of one side, in order. */
class Series {
  readonly #times: RunTime[] = [];

  add(time: RunTime): void {
    this.#times.push(time);
  }

  /** Whether the last runs were no faster than those before them. */
  isStable(): boolean {
    const last = this.#middle(this.#times.slice(-WINDOW));
    const earlier = this.#middle(this.#times.slice(-2 * WINDOW, -WINDOW));
    return last > (1 - STABLE) * earlier;
  }

  timing(warmUps: number) {
    return timingOf(
      this.#times.slice(warmUps).map(({ milliseconds }) => milliseconds),
      warmUps,
    );
  }

  gpuTiming(warmUps: number) {
    const times = this.#times.slice(warmUps).map(({ gpu }) => gpu);
    const known = times.filter((time): time is number => time !== null && time > 0);
    return known.length === times.length && known.length > 0 ? timingOf(known, warmUps) : null;
  }

  #middle(times: readonly RunTime[]): number {
    return timingOf(
      times.map(({ milliseconds }) => milliseconds),
      0,
    ).median;
  }
}
