import { existsSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isConv } from '../../core/detect/candidates';
import type { Model } from '../../core/ir/model';
import { chunksLength, writeChunks } from '../../core/onnx/chunks';
import { encodeModel, fuseModel, type Watch } from '../../core/pipeline';
import { attemptAsync, raise, unwrap, type Result } from '../../core/result';
import { countComputing } from '../../core/view/inspectReport';
import type { FuseReport } from '../../core/view/fuseReport';
import { fusedPath } from '../../platform/node/fusedPath';
import { freeDataPath, writeAtomically, writePairAtomically } from '../../platform/node/writeAtomically';
import type { OpenedFile } from './openFile';

export interface FuseOptions {
  /** Where to write; `<name>.fused.<ext>` beside the source when left out. */
  readonly output?: string;
  /** Ids of the blocks to fuse; all when left out. */
  readonly only?: ReadonlySet<string>;
  /** Replace a file that is there already. */
  readonly force?: boolean;
  /** Give dynamic convolutions the form that works for any batch, and the model an open batch. */
  readonly batchFree?: boolean;
}

/** Fuses an opened model and writes the result, complete or not at all; the source is never touched. */
export function fuseFile(
  file: OpenedFile,
  options: FuseOptions,
  watch: Watch = {},
): Promise<Result<FuseReport>> {
  return attemptAsync(async () => {
    const { detection } = file;
    const { batchFree = false } = options;
    const fusion = unwrap(fuseModel(detection, options.only, { batchFree }));
    const nothingToDo = fusion.plan.steps.length === 0;
    const before = detection.analysis.model;
    const output = options.output ?? (nothingToDo ? null : fusedPath(file.path));
    const bytesAfter =
      output === null ? file.bytes.length : await write(file, fusion.model, output, options, watch);
    return {
      output,
      fused: fusion.plan.steps.map((step) => step.id),
      refused: fusion.plan.refused,
      convsBefore: countConvs(before),
      convsAfter: countConvs(fusion.model),
      nodesBefore: countComputing(before.graph.nodes),
      nodesAfter: countComputing(fusion.model.graph.nodes),
      bytesBefore: file.bytes.length,
      bytesAfter,
    };
  });
}

async function write(
  file: OpenedFile,
  model: Model,
  output: string,
  options: FuseOptions,
  watch: Watch,
): Promise<number> {
  checkTarget(file, output);
  const dataPath = freeDataPath(output);
  const { main, external } = unwrap(encodeModel(model, basename(dataPath)));
  const replace = { replace: options.force ?? false };
  const content = (chunks: typeof main, path: string) => ({
    path,
    write: (sink: Parameters<typeof writeChunks>[1]) =>
      writeChunks(chunks, sink, { ...watch, pause: breathe }),
  });
  const written =
    external.length === 0
      ? await writeAtomically(output, content(main, output).write, replace)
      : await writePairAtomically(content(main, output), content(external, dataPath), replace);
  unwrap(written);
  return chunksLength(main) + chunksLength(external);
}

/** Lets a Cancel that is waiting be heard. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The output must be a file of its own: no folder, and not the source or its data under this or another name. */
function checkTarget({ path, dataFiles }: OpenedFile, output: string): void {
  const target = statSync(output, { throwIfNoEntry: false });
  if (target === undefined) {
    const folder = dirname(output);
    if (!existsSync(folder)) raise('not-found', `The folder "${folder}" does not exist; make it first.`);
    return;
  }
  if (target.isDirectory()) raise('usage', `"${output}" is a folder; name a file in it.`);
  const isSame = (file: string): boolean => {
    const own = statSync(file, { throwIfNoEntry: false });
    return own !== undefined && own.ino === target.ino && own.dev === target.dev;
  };
  if (isSame(path))
    raise('usage', `"${output}" is the source itself, which is never overwritten; choose another name.`);
  if ([...dataFiles].some(isSame))
    raise(
      'usage',
      `"${output}" holds weights of the source, which is never overwritten; choose another name.`,
    );
}

function countConvs(model: Model): number {
  return model.graph.nodes.filter(isConv).length;
}
