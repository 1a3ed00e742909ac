import type { ConvRecipe, NetworkRecipe, Piece, PieceForm, StageRecipe, Step, UpRecipe } from './recipe';

/** Recipes by hand: one block, most of it as plain as can be. */

export function convRecipe(change: Partial<ConvRecipe> = {}): ConvRecipe {
  return {
    kernel: [3, 3, 3],
    dilation: [1, 1, 1],
    split: [0.5, 0.5, 0.5],
    groups: 0,
    bias: true,
    form: 'initializer',
    auto: 'NOTSET',
    ...change,
  };
}

export function piece(form: PieceForm, after: readonly Step[] = [], before: readonly Step[] = []): Piece {
  return { ...form, before, after };
}

export function convPiece(
  change: Partial<ConvRecipe> = {},
  after: readonly Step[] = [],
  before: readonly Step[] = [],
): Piece {
  return piece({ kind: 'conv', conv: convRecipe(change), jitter: [0, 0, 0] }, after, before);
}

export const point = [1, 1, 1];

export function skip(how: 'slice' | 'pool' = 'slice'): Piece {
  return piece({ kind: 'skip', how, split: [0.5, 0.5, 0.5] });
}

export function join(op: (PieceForm & { kind: 'join' })['op'], ...pieces: readonly Piece[]): Piece {
  return piece({ kind: 'join', op, pieces });
}

/** A transposed convolution of stride 2 and kernel 3, which makes 2n − 1 places of n. */
export function upRecipe(change: Partial<UpRecipe> = {}): UpRecipe {
  return {
    kernel: [3, 3, 3],
    stride: [2, 2, 2],
    dilation: [1, 1, 1],
    pads: [1, 1],
    outputPadding: 0,
    twin: 'none',
    groups: 1,
    bias: true,
    steps: [],
    ...change,
  };
}

/** A network of one block of the given branches and a Relu. */
export function oneBlock(
  block: Piece,
  change: Partial<NetworkRecipe> = {},
  stage: Partial<StageRecipe> = {},
): NetworkRecipe {
  return {
    kind: 'image',
    rank: 2,
    dtype: 'float32',
    opset: 17,
    openBatch: true,
    openSizes: true,
    naming: 'modules',
    seed: 1,
    channels: 4,
    sizes: [
      [9, 8, 6],
      [6, 7, 5],
    ],
    batches: [2, 1],
    stages: [
      {
        from: 0,
        stride: [1, 1, 1],
        slack: [0, 0, 0],
        channels: 0,
        sourcePad: null,
        piece: block,
        outer: [],
        activation: 'Relu',
        up: null,
        tapped: false,
        ...stage,
      },
    ],
    ...change,
  };
}
