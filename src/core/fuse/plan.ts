import type { ConvAxis } from '../algebra/geometry/axis';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import { convGeometry, kernelDims, overflows } from '../algebra/kernel/mergedConv';
import { biasVector } from '../algebra/kernel/bias';
import type { RefusalCode } from '../algebra/refusal';
import { typeOf } from '../detect/analysis';
import type { Block, FusableBlock } from '../detect/block';
import type { MergedForm } from '../detect/candidates';
import type { Detection } from '../detect/detect';
import type { Family } from '../detect/family';
import { isFloat, type DType } from '../tensor/dtype';
import { overflowMessage } from './overflowMessage';
import { planDynamic } from './dynamic/planDynamic';
import type { DynamicStep } from './dynamic/dynamicStep';

/**
 * A delta on region boundaries: which nodes go, which convolution takes their place, and how its numbers are computed from
 * the original tensors. Data only: it can be printed, previewed and sent to another thread, and nothing is computed yet.
 */
export interface FusionPlan {
  readonly steps: readonly (FusionStep | DynamicStep)[];
  readonly refused: readonly RefusedStep[];
}

export interface FusionStep {
  readonly id: string;
  readonly family: Family;
  readonly source: string;
  readonly sink: string;
  /** Names of the nodes that the convolution replaces, in topological order. */
  readonly remove: readonly string[];
  readonly modulePath: string;
  readonly dtype: DType;
  /** What takes the nodes' place. */
  readonly form: MergedForm;
  /** Whether the merged bias is more than zeros; a MatMul needs an Add for it. */
  readonly biased: boolean;
  /** How kernel and bias follow from the original tensors. */
  readonly kernel: KernelExpr;
  readonly conv: {
    readonly weightDims: readonly number[];
    readonly group: number;
    /** For a ConvTranspose. */
    readonly outputPadding: readonly number[] | null;
    readonly axes: readonly ConvAxis[];
  };
}

export interface RefusedStep {
  readonly id: string;
  readonly code: RefusalCode;
  readonly message: string;
}

export interface PlanOptions {
  /** Gives dynamic convolutions the form that works for any batch. */
  readonly batchFree?: boolean;
}

/** Plans the fusion of all fusable blocks, or of those in `only`. All weights are read here, for the range of what is merged. */
export function planFusion(
  { analysis, blocks }: Detection,
  only?: ReadonlySet<string>,
  { batchFree = false }: PlanOptions = {},
): FusionPlan {
  const steps: (FusionStep | DynamicStep)[] = [];
  const refused: RefusedStep[] = [];
  for (const block of blocks) {
    if (only !== undefined && !only.has(block.id)) continue;
    const dynamic = block.dynamic ? planDynamic(analysis, block, block.dynamic, batchFree) : null;
    const step = dynamic ?? (block.status === 'fusable' ? planBlock(analysis, block) : refusal(block));
    if ('code' in step) refused.push(step);
    else steps.push(step);
  }
  return { steps, refused };
}

function refusal(block: Block & { readonly status: 'refused' }): RefusedStep {
  return { id: block.id, code: block.refusal.code, message: block.refusal.message };
}

function planBlock(analysis: Detection['analysis'], block: FusableBlock): FusionStep | RefusedStep {
  const { id, operator, region } = block;
  const dtype = typeOf(analysis, region.source)?.dtype ?? 'other';
  if (!isFloat(dtype)) {
    return {
      id,
      code: 'unsupported-dtype',
      message: `The block's input "${region.source}" has no floating-point type that can be merged.`,
    };
  }
  if (overflows(operator, dtype, analysis.read)) {
    return { id, code: 'overflow', message: overflowMessage('The merged kernel', dtype) };
  }
  const { geometry, axes } = convGeometry(operator.geometry);
  return {
    id,
    family: block.family,
    source: region.source,
    sink: region.sink,
    remove: region.nodes.map((node) => node.name),
    modulePath: block.modulePath,
    dtype,
    form: block.form,
    biased: biasVector(operator, analysis.read).some((value) => value !== 0),
    kernel: operator,
    conv: {
      weightDims: kernelDims(geometry),
      group: geometry.groups,
      outputPadding: geometry.transposed?.outputPadding ?? null,
      axes,
    },
  };
}
