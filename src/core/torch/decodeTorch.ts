import type { Model } from '../ir/model';
import { printableSentence } from '../onnx/printableSentence';
import { attempt, fail, raise, type Result } from '../result';
import { openArchive, type Archive } from './archive/archive';
import { memorySource } from './archive/byteSources';
import { lowerProgram } from './lower/lowerProgram';
import { graphEntry } from './program/layout';
import { parseProgram } from './program/parseProgram';
import { otherContent } from './otherContent';
import type { TorchSource } from './torchSource';

export interface DecodeTorchOptions {
  /** Named at the head of every problem. */
  readonly fileName: string;
  /** Reads a part of the file's bytes before it is used, where not all of the file was read. */
  readonly touch?: (view: Uint8Array) => void;
  /** Reads an archive that is no exported program; null where it is none of its kind, either. */
  readonly readOther?: (archive: Archive) => Model | null;
}

/**
 * Decodes an archive of `torch.export.save`. Nothing in the file is run. Weights are read when a tensor's `bytes()` is
 * called; `bytes` must not change afterwards. Of what else PyTorch writes, the problem says what it is and what to do.
 */
export function decodeTorch(
  bytes: Uint8Array,
  { fileName, touch = () => undefined, readOther = () => null }: DecodeTorchOptions,
): Result<Model> {
  const result = attempt(() => {
    const archive = openArchive(memorySource(bytes, touch));
    const entry = graphEntry(archive);
    if (entry !== null) {
      const program = parseProgram(archive, entry);
      return lowerProgram(program, { program, archive, entry } satisfies TorchSource);
    }
    return readOther(archive) ?? raise(...otherContent(archive));
  });
  return result.ok
    ? result
    : fail(result.problem.code, `${fileName}: ${printableSentence(result.problem.message)}`);
}
