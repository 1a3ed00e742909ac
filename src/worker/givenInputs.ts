import type { GivenSample } from '../core/inputs/givenSample';
import type { DecodePicture } from '../core/inputs/picture';
import type { PixelScale } from '../core/inputs/pixelScale';
import { readSamples, type InputFile } from '../core/inputs/readSamples';
import type { Model } from '../core/ir/model';
import { attemptAsync } from '../core/result';

export interface GivenInputs {
  /** Files that somebody chose: they must fit. */
  readonly chosen: readonly InputFile[];
  /** What lies beside the model, set by set: passed over where it does not fit. */
  readonly beside: readonly { readonly label: string; readonly files: readonly InputFile[] }[];
  readonly pixels?: PixelScale;
  /** Sizes for pictures where the model leaves them open. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** The samples that files give. @throws ProblemError for a chosen file that does not fit the model. */
export async function givenSamples(
  model: Model,
  { chosen, beside, pixels, sizes }: GivenInputs,
  decodePicture: DecodePicture,
): Promise<readonly GivenSample[]> {
  const options = { decodePicture, sizes, ...(pixels === undefined ? {} : { pixels }) };
  const samples = chosen.length === 0 ? [] : [...(await readSamples(model, chosen, options))];
  for (const { label, files } of beside) {
    const read = await attemptAsync(() => readSamples(model, files, options));
    if (read.ok && read.value.length === 1) samples.push(...read.value.map((one) => ({ ...one, label })));
  }
  return samples;
}
