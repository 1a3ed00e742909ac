import { checkpointSource } from '../../core/checkpoint/checkpointModel';
import { isConv } from '../../core/detect/candidates';
import type { Model } from '../../core/ir/model';
import { formatOfOutput } from '../../core/outputFormat';
import { assumptionsOf, encodeFusion, fuseModel, type EncodedFusion, type Watch } from '../../core/pipeline';
import { attemptAsync, unwrap, type Result } from '../../core/result';
import { countComputing } from '../../core/view/inspectReport';
import type { FuseReport } from '../../core/view/fuseReport';
import type { ModelFiles } from '../files/modelFiles';
import type { OpenedFile } from './openSource';

export interface FuseOptions {
  /** Where to write; `whereElse` says it when left out, for a model that has something to fuse. */
  readonly output?: string;
  /** Ids of the blocks to fuse; all when left out. */
  readonly only?: ReadonlySet<string>;
  /** Replace a file that is there already. */
  readonly force?: boolean;
  /** Give dynamic convolutions the form that works for any batch, and the model an open batch. */
  readonly batchFree?: boolean;
}

/** Where a fused model goes. */
export interface FuseTarget {
  readonly files: Pick<ModelFiles, 'write'>;
  /** Where to write when nobody said it; null: nowhere. */
  whereElse(source: OpenedFile): string | null;
}

/** Fuses an opened model and writes the result, complete or not at all; the source is never touched. */
export function fuseOpened(
  file: OpenedFile,
  options: FuseOptions,
  { files, whereElse }: FuseTarget,
  watch: Watch = {},
): Promise<Result<FuseReport>> {
  return attemptAsync(async () => {
    const { detection } = file;
    const { batchFree = false } = options;
    const fusion = unwrap(fuseModel(detection, options.only, { batchFree }));
    const nothingToDo = fusion.plan.steps.length === 0;
    const before = detection.analysis.model;
    const output = options.output ?? (nothingToDo ? null : whereElse(file));
    let notes: readonly string[] = [];
    const encode = (dataName: string): EncodedFusion => {
      const format = formatOfOutput(output ?? '', file.path, before);
      const encoded = unwrap(encodeFusion(detection, fusion, dataName, format));
      notes = encoded.notes;
      return encoded;
    };
    const bytesAfter =
      output === null
        ? file.bytes.length
        : await files.write(file, output, encode, { ...watch, replace: options.force ?? false });
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
      ...(checkpointSource(before) === null ? {} : { assumptions: assumptionsOf(detection), notes }),
    };
  });
}

function countConvs(model: Model): number {
  return model.graph.nodes.filter(isConv).length;
}
