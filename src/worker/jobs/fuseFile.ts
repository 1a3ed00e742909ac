import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { isConv } from '../../core/detect/candidates';
import type { Model } from '../../core/ir/model';
import { chunksLength, writeChunks } from '../../core/onnx/chunks';
import { encodeModel, fuseModel, type Watch } from '../../core/pipeline';
import { attemptAsync, raise, unwrap, type Result } from '../../core/result';
import type { FuseReport } from '../../core/view/fuseReport';
import { freeDataPath, writeAtomically, writePairAtomically } from '../../platform/node/writeAtomically';
import type { OpenedFile } from './openFile';

export interface FuseOptions {
  /** Where to write; `<name>.fused.<ext>` beside the source when left out. */
  readonly output?: string;
  /** Ids of the blocks to fuse; all when left out. */
  readonly only?: ReadonlySet<string>;
  /** Replace a file that is there already. */
  readonly force?: boolean;
}

/** Fuses an opened model and writes the result, complete or not at all; the source is never touched. */
export function fuseFile(
  file: OpenedFile,
  options: FuseOptions,
  watch: Watch = {},
): Promise<Result<FuseReport>> {
  return attemptAsync(async () => {
    const { detection } = file;
    const fusion = unwrap(fuseModel(detection, options.only));
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
      nodesBefore: countNodes(before),
      nodesAfter: countNodes(fusion.model),
      bytesBefore: file.bytes.length,
      bytesAfter,
    };
  });
}

/** `<name>.fused.<ext>` beside the source. */
export function fusedPath(source: string): string {
  const extension = extname(source);
  return join(
    dirname(source),
    `${basename(source, extension)}.fused${extension === '' ? '.onnx' : extension}`,
  );
}

async function write(
  file: OpenedFile,
  model: Model,
  output: string,
  options: FuseOptions,
  watch: Watch,
): Promise<number> {
  if (isSameFile(file.path, output)) {
    raise('usage', `"${output}" is the source itself, which is never overwritten; choose another name.`);
  }
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

function isSameFile(source: string, output: string): boolean {
  const target = statSync(output, { throwIfNoEntry: false });
  if (target === undefined) return false;
  const own = statSync(source);
  return (own.ino === target.ino && own.dev === target.dev) || realpathSync(source) === realpathSync(output);
}

function countConvs(model: Model): number {
  return model.graph.nodes.filter(isConv).length;
}

/** Nodes that compute: constants written as nodes do not count. */
function countNodes(model: Model): number {
  return model.graph.nodes.filter((node) => node.opType !== 'Constant').length;
}
