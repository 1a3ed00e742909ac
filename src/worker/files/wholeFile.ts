import { chunksLength, writeChunks } from '../../core/onnx/chunks';
import type { EncodedModel } from '../../core/onnx/encode';
import type { Watch } from '../../core/pipeline';
import { raise } from '../../core/result';
import { breathe } from '../breathe';

/** What is held as a whole: where there are no range reads, and in memory. */
export const MOST_BYTES = 512 * 2 ** 20;

/** @param bytes of a model with the files beside it. @throws ProblemError `unsupported` for more than can be held. */
export function checkWhole(bytes: number, title: string): void {
  if (bytes <= MOST_BYTES) return;
  const [has, most] = [Math.ceil(bytes / 2 ** 20), MOST_BYTES / 2 ** 20];
  raise(
    'unsupported',
    `"${title}" has ${has} MB with its weights, and where files can only be read whole the limit is ${most} MB; open a copy that lies on a disk, in a desktop or remote window.`,
  );
}

/** The bytes of a model as one piece. @throws ProblemError `cancelled`; `unsupported` for more than can be held. */
export async function wholeModel(
  { main, external }: EncodedModel,
  title: string,
  watch: Watch,
): Promise<Uint8Array<ArrayBuffer>> {
  checkWhole(chunksLength(main) + chunksLength(external), title);
  const bytes = new Uint8Array(chunksLength(main));
  let at = 0;
  const write = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.byteLength;
  };
  await writeChunks(main, { write }, { ...watch, pause: breathe });
  return bytes;
}
