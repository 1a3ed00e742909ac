import type { modelCalls } from './modelCalls';

/** Loads the reader of Python from a bundle of its own beside this one. */
export async function loadModelCalls(): Promise<typeof modelCalls> {
  return (await import('./modelCalls')).modelCalls;
}
