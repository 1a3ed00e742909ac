import type { Operator } from '../algebra/operator';
import type { RefusalCode } from '../algebra/refusal';
import type { Node } from '../ir/model';
import type { MergedForm } from './candidates';
import type { DynamicConvolution } from './dynamic/dynamicBlocks';
import type { Family } from './family';

/** Part of a graph between one tensor and another. */
export interface Region {
  /** The tensor that every branch starts from. */
  readonly source: string;
  /** The tensor that the branches end in. */
  readonly sink: string;
  /** Nodes on the way from source to sink, in topological order. */
  readonly nodes: readonly Node[];
}

/** What a part of the network costs for one image; null where the image's size is not known. */
export interface Cost {
  readonly nodes: number;
  readonly params: number;
  /** Multiply-accumulates for a batch of one. */
  readonly macs: number | null;
}

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence: what, where, what to do. */
  readonly message: string;
  readonly nodes: readonly string[];
  /** What a person may say, and the block may be merged then. */
  readonly asks?: Question;
}

/** What a file does not hold and somebody may know: whether an identity is there, a BN's eps. */
export type Question = 'identity' | 'bn-eps';

/** One of the parallel ways from source to sink. */
export interface Branch {
  /** As a person would say it: "3×3 conv + BN". */
  readonly label: string;
  /** Names of its nodes, from source to join; none for a plain identity. */
  readonly nodes: readonly string[];
}

interface BlockBase {
  /** b0, b1, … in topological order of the file. */
  readonly id: string;
  readonly family: Family;
  readonly region: Region;
  readonly branches: readonly Branch[];
  /** The common module path of the nodes, as the exporter named them; '' if they have none. */
  readonly modulePath: string;
  readonly before: Cost;
  readonly after: Cost;
  /** Set for a dynamic convolution: its kernel depends on the input, and `operator` tells its geometry only. */
  readonly dynamic?: DynamicConvolution;
}

export interface FusableBlock extends BlockBase {
  readonly status: 'fusable';
  readonly refusal: null;
  /** The one convolution that the region equals. */
  readonly operator: Operator;
  /** What takes the region's place. */
  readonly form: MergedForm;
  /** Nodes outside the region that nobody needs once it is merged (constants, shape arithmetic). */
  readonly dead: readonly Node[];
}

export interface RefusedBlock extends BlockBase {
  readonly status: 'refused';
  readonly refusal: Refusal;
}

export type Block = FusableBlock | RefusedBlock;
