import type { Refusal } from '../detect/block';
import type { Detection } from '../detect/detect';
import type { ModelFormat } from '../ir/model';
import { outputFormats, type OutputFormat } from '../outputFormat';
import { mergedTitle } from './mergedTitle';

/** The blocks of a model in a few words each: what a code lens, a status bar or a list of problems says of a file. */
export interface Glance {
  readonly format: ModelFormat;
  /** What it can be fused into, the usual one first. */
  readonly outputFormats: readonly OutputFormat[];
  readonly fusable: number;
  readonly refused: number;
  readonly blocks: readonly BlockGlance[];
}

export interface BlockGlance {
  readonly id: string;
  readonly family: string;
  readonly modulePath: string;
  readonly status: 'fusable' | 'refused';
  readonly branches: number;
  /** "Conv 3×3": what it becomes; null for a refused block. */
  readonly merged: string | null;
  readonly refusal: Refusal | null;
}

export function glance({ blocks, analysis }: Detection): Glance {
  const fusable = blocks.filter(({ status }) => status === 'fusable').length;
  return {
    format: analysis.model.format,
    outputFormats: outputFormats(analysis.model),
    fusable,
    refused: blocks.length - fusable,
    blocks: blocks.map((block) => ({
      id: block.id,
      family: block.family,
      modulePath: block.modulePath,
      status: block.status,
      branches: block.branches.length,
      merged: mergedTitle(block),
      refusal: block.refusal,
    })),
  };
}
