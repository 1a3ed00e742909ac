import { raise } from '../result';

/** Counts what following a script costs, so that a script made to cost much ends soon: lists double in a line of code. */
export class Work {
  private done = 0;

  /** @param steps statements, expressions, items of lists that are copied or looked through. @throws ProblemError beyond the limit. */
  spend(steps: number): void {
    this.done += steps;
    if (this.done > MOST_STEPS)
      raise('unsupported', 'The script takes more steps than that of any model; export it again.');
  }
}

/** The largest networks take some hundred thousand. */
const MOST_STEPS = 5_000_000;
