import type { Family } from '../../detect/family';

/**
 * What somebody's code calls the parts of a block, and what the block computes from them: data, read by `findBlocks` and drawn
 * by `synthesize`. Names are relative to the block's own; `{i}` in one stands for a number, the same within a branch.
 */
export interface Convention {
  /** "RepVGG", "timm MobileOne": whose names these are. */
  readonly name: string;
  readonly family: Family;
  /** The name that tells that a block may be there. */
  readonly anchor: string;
  /** The part of the module that it is, where the module has several blocks. */
  readonly part?: string;
  /** What is done to the block's input, in order. */
  readonly steps: readonly Step[];
  /** The module that the deploy form loads weight and bias of; '' for the block itself. */
  readonly deploy: string;
  /** BN's eps, first the one that other names of the file speak for, last the one of the code itself. */
  readonly eps: readonly [...(readonly HintedEps[]), Eps];
  /** A convention that must be found in the same state dict: its names alone say too little. */
  readonly beside?: readonly string[];
  /** What tells these names from another network's same ones: names of the file, or the block's own. */
  readonly where?: { readonly file?: RegExp; readonly block?: RegExp };
  /** Other networks have some of these names for something else: of what is not whole, two branches must be there. */
  readonly common?: true;
  /** What the train form holds where the deploy form stores its weights, and computes nothing with. */
  readonly placeholder?: true;
  /** The convolution that is depthwise: its name alone says too little. */
  readonly depthwise?: string;
  /** What else these names are used for, said with the result; where something does not fit, it is that. */
  readonly doubt?: string;
  /** What another version of the code computes under the same names, said with the result. */
  readonly variant?: string;
  /** Names of modules in the block that are no part of it: squeeze and excitation, activations. */
  readonly aside?: readonly string[];
}

export interface Eps {
  readonly value: number;
  /** "YOLOv6". */
  readonly whose: string;
}

export interface HintedEps extends Eps {
  /** Matches names of the file. */
  readonly names: RegExp;
}

export type Step =
  /** `at`: the module with weight and perhaps bias; centred, unless `pads` says otherwise. */
  | {
      readonly kind: 'conv';
      readonly at: string;
      /** `block`: as much as the block's own kernel needs, so that a bias goes into the border; `none`: it was padded before. */
      readonly pads?: 'block' | 'none';
      /** The number in the name that is the dilation. */
      readonly dilation?: string;
      /** The weight is added to an identity. */
      readonly plusIdentity?: true;
      /** The convolution whose size is the block's. */
      readonly main?: true;
      /** Its kernel has one tap: any other is something else under the same names. */
      readonly point?: true;
      /** Its kernel has several taps: a 1×1 is something else under the same names. */
      readonly wide?: true;
    }
  | { readonly kind: 'linear'; readonly at: string }
  | { readonly kind: 'bn'; readonly at: string; readonly optional?: true }
  /** An average over the block's kernel, zeros of the border counted. */
  | { readonly kind: 'average'; readonly pads: 'block' | 'none' }
  /** A number, or one for each channel. `stays`: the deploy form has it still, and computes nothing with it. */
  | { readonly kind: 'scale'; readonly at: string; readonly optional?: true; readonly stays?: true }
  /** One for each channel, added. */
  | { readonly kind: 'shift'; readonly at: string }
  | { readonly kind: 'halve' }
  | { readonly kind: 'sum'; readonly branches: readonly BranchRule[] };

export interface BranchRule {
  readonly steps: readonly Step[];
  /** It may be absent: its first name tells. */
  readonly optional?: true;
  readonly minus?: true;
  /**
   * A branch without a parameter, of which the file says nothing: `always` there, or there where the code asks for equal
   * channels and stride 1, which the file does not say.
   */
  readonly hidden?: 'always' | 'unstrided';
}
