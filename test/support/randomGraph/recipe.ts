/**
 * What a random network is made of, before it is a graph: data that fast-check generates and shrinks. Any recipe can be
 * built, since numbers that must fit each other (channels, groups, pads) are resolved by the builder: a piece is told
 * which stride, slack (see src/core/algebra/geometry/axis.ts) and channels it has to arrive at, and finds its own way.
 */
export interface NetworkRecipe extends Settings {
  readonly kind: 'image';
  readonly channels: number;
  /** Image sizes to run at, three numbers each; the first alone where the sizes are not open. */
  readonly sizes: readonly (readonly number[])[];
  readonly batches: readonly number[];
  readonly stages: readonly StageRecipe[];
}

/** What any kind of network says of itself. */
export interface Settings {
  /** Number of spatial axes. */
  readonly rank: number;
  readonly dtype: 'float32' | 'float64' | 'float16';
  readonly opset: number;
  readonly openBatch: boolean;
  readonly openSizes: boolean;
  readonly naming: 'modules' | 'none';
  readonly seed: number;
}

/** One block, and what follows it. */
export interface StageRecipe {
  /** Which of the values made so far it starts from, counted from the last. */
  readonly from: number;
  readonly stride: readonly number[];
  readonly slack: readonly number[];
  /** 0: as many as it starts from. */
  readonly channels: number;
  /** Padding of the source that all branches share. */
  readonly sourcePad: { readonly mode: 'reflect' | 'edge' | 'constant'; readonly amount: number } | null;
  readonly piece: Piece;
  readonly outer: readonly Step[];
  readonly activation: Activation | null;
  /** A transposed convolution behind it. */
  readonly up: UpRecipe | null;
  /** Whether its result is an output of the model as well. */
  readonly tapped: boolean;
}

export interface UpRecipe {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Places cut off before and behind. */
  readonly pads: readonly number[];
  readonly outputPadding: number;
  /** A second one beside it, of the same kernel or of a single tap. */
  readonly twin: 'none' | 'same' | 'single';
  readonly groups: number;
  readonly bias: boolean;
  readonly steps: readonly Step[];
}

export type Activation = 'Relu' | 'LeakyRelu' | 'HardSwish' | 'Sigmoid' | 'Silu' | 'Function';

/** Where a constant's numbers come from. */
export type ConstantForm =
  | 'initializer'
  | 'Constant'
  | 'Identity'
  | 'Reshape'
  | 'Transpose'
  | 'doubled'
  | 'shared'
  /** An initializer that callers may override: no constant at all. */
  | 'overridable';

export type ConstantShape = 'scalar' | 'one' | 'ones' | 'channel' | 'full';

/** One operator with one variable input, in a branch or behind a join. */
export type Step =
  | { readonly kind: 'bn'; readonly epsilon: number; readonly form: ConstantForm; readonly call: boolean }
  | {
      readonly kind: 'scale';
      readonly op: 'Mul' | 'Div';
      readonly shape: ConstantShape;
      readonly swapped: boolean;
      readonly form: ConstantForm;
    }
  | {
      readonly kind: 'shift';
      readonly op: 'Add' | 'Sub';
      readonly shape: ConstantShape;
      readonly swapped: boolean;
      readonly form: ConstantForm;
    }
  | { readonly kind: 'plain'; readonly op: PlainOp }
  /** An operator between two Transposes, its constant along the channels or along another axis. */
  | {
      readonly kind: 'turned';
      readonly order: number;
      readonly op: 'Mul' | 'Add' | 'Neg' | 'MatMul';
      readonly isWrong: boolean;
    }
  | { readonly kind: 'decoy'; readonly decoy: DecoyStep };

export type PlainOp = 'Identity' | 'Dropout' | 'Cast' | 'Neg' | 'Sum' | 'Mean' | 'MaxPool' | 'AveragePool';

/** Steps that no merge may swallow, or whose value somebody else needs. */
export type DecoyStep = (typeof DECOY_STEPS)[number];

export const DECOY_STEPS = [
  'relu',
  'leaky',
  'sigmoid',
  'maxpool',
  'maxpoolSame',
  'square',
  'gate',
  'selfScale',
  'trainBn',
  'trainBnAlone',
  'instanceNorm',
  'castRound',
  'flip',
  'transpose',
  'rowAdd',
  'columnMul',
  'mapAdd',
  'uniformMap',
  'stretch',
  'batchAdd',
  'widen',
  'meanOfConstant',
  'addPooled',
  'overridableScale',
  'escape',
  'deadReader',
  'output',
  'capture',
  'maskOutput',
  'clampedSlice',
  'ceilPool',
] as const;

export interface ConvRecipe {
  readonly kernel: readonly number[];
  readonly dilation: readonly number[];
  /** Share of the padding that lies before the image, one a axis. */
  readonly split: readonly number[];
  readonly groups: number;
  readonly bias: boolean;
  readonly form: ConstantForm;
  readonly auto: 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';
}

/** A part of a network from one tensor to another. */
export type Piece = PieceForm & { readonly before: readonly Step[]; readonly after: readonly Step[] };

export type PieceForm =
  | {
      readonly kind: 'conv';
      readonly conv: ConvRecipe;
      /** Other slacks to try, where the floored sizes agree all the same. */
      readonly jitter: readonly number[];
    }
  | { readonly kind: 'skip'; readonly how: 'slice' | 'pool'; readonly split: readonly number[] }
  | {
      readonly kind: 'pool';
      readonly conv: ConvRecipe;
      readonly countPads: boolean;
      readonly ceil: boolean;
    }
  | {
      readonly kind: 'chain';
      readonly first: Piece;
      readonly then: Piece;
      readonly channels: number;
      readonly strideFirst: boolean;
      /** How the slack is shared: all on one side, a little moved, or full padding before the second part. */
      readonly share: 'first' | 'then' | 'full';
      readonly moved: number;
    }
  | {
      readonly kind: 'join';
      readonly op: 'Add' | 'Sum' | 'Mean' | 'Sub' | 'Concat' | 'Mixed';
      readonly pieces: readonly Piece[];
    }
  /** Channels selected, split or shuffled, then more. */
  | {
      readonly kind: 'channels';
      readonly how: 'slice' | 'gather' | 'shuffle' | 'split';
      readonly order: number;
      readonly then: Piece;
    }
  /** 1×1, a pad with what it answers to zero, k×k: DBB's and ECBSR's bias padding. */
  | { readonly kind: 'border'; readonly conv: ConvRecipe; readonly bn: boolean; readonly fill: BorderFill }
  /** A convolution over an image continued by other values than zero. */
  | {
      readonly kind: 'padded';
      readonly conv: ConvRecipe;
      readonly mode: 'reflect' | 'edge' | 'constant' | 'zero';
    }
  /** Decoys: a branch from another tensor, with a stride of its own, or of one place or channel. */
  | { readonly kind: 'foreign'; readonly conv: ConvRecipe }
  | { readonly kind: 'activated'; readonly then: Piece }
  | { readonly kind: 'strideTrick'; readonly conv: ConvRecipe }
  | { readonly kind: 'broadcast'; readonly how: 'place' | 'channel'; readonly conv: ConvRecipe };

/**
 * How the border is filled: as a Pad with the right or a wrong value, or by writing over a zero border, row by row or
 * element by element; and what may be wrong with the last row that is written.
 */
export type BorderFill = (typeof BORDER_FILLS)[number];

export const BORDER_FILLS = [
  'pad',
  'scatter',
  'elements',
  'wrong',
  'wrongScatter',
  'partial',
  'varied',
  'inside',
  'firstSample',
  'added',
] as const;
