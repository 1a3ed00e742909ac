import { useEffect, useState } from 'react';

export interface Stepper {
  readonly at: number;
  readonly last: number;
  readonly playing: boolean;
  /** The step was entered from the one before it. */
  readonly moving: boolean;
  go(step: number): void;
  toggle(): void;
}

const PAUSE_MS = 1300;

/** Steps through the fold, by hand or by itself. It starts at the end: what there is to see is there at once. */
export function useStepper(count: number): Stepper {
  const last = count - 1;
  const [{ at, moving }, setStep] = useState({ at: last, moving: false });
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return undefined;
    if (at >= last) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => setStep({ at: at + 1, moving: true }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [playing, at, last]);
  const go = (step: number): void => {
    setPlaying(false);
    const next = Math.max(0, Math.min(last, step));
    setStep({ at: next, moving: next === at + 1 });
  };
  const toggle = (): void => {
    if (!playing && at >= last) setStep({ at: 0, moving: false });
    setPlaying(!playing);
  };
  return { at: Math.min(at, last), last, playing, moving, go, toggle };
}
