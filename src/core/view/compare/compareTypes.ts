/** Two models side by side: what of one is what of the other. By structure and stored numbers alone; nothing is run. */
export interface CompareView {
  /** Which of the two has its branches apart: what a verification takes for the original. */
  readonly original: 'left' | 'right';
  /** false: nothing with weights was found again, so the two have nothing to do with each other. */
  readonly related: boolean;
  /** In the order of the left model's data, what only the right one has between. */
  readonly links: readonly CompareLink[];
  readonly counts: Readonly<Record<LinkKind, number>>;
}

/**
 * - `same`: equal operators, attributes and numbers;
 * - `merged`: other nodes lead from the same tensor to the same tensor, fewer on one side;
 * - `weights`: equal but for numbers;
 * - `changed`: the same place, another attribute, shape or arrangement;
 * - `left`, `right`: only there.
 */
export type LinkKind = 'same' | 'merged' | 'weights' | 'changed' | 'left' | 'right';

/** What corresponds to what; one side is empty where the other has nothing. */
export interface CompareLink {
  readonly kind: LinkKind;
  readonly left: readonly ComparePlace[];
  readonly right: readonly ComparePlace[];
  readonly details: readonly CompareDetail[];
}

/** An item of the map of one model. */
export interface ComparePlace {
  /** Its key in the map. */
  readonly key: string;
  /** Key of the innermost module around it, '' at the top. */
  readonly within: string;
  readonly label: string;
  /** Family of a block, op type of a node; nothing for inputs and outputs. */
  readonly kind: string;
  readonly nodes: number;
}

/** One difference between two nodes, or two of the models' ports. null: there is none on that side. */
export type CompareDetail =
  | {
      readonly what: 'attribute' | 'shape';
      /** The left node. */
      readonly node: string;
      /** Of the attribute or the left tensor; '' for a port. */
      readonly name: string;
      readonly left: string | null;
      readonly right: string | null;
    }
  | {
      readonly what: 'weights';
      readonly node: string;
      readonly name: string;
      /** Largest difference of two elements; null where they aren't numbers or too many to be read for a look. */
      readonly maxAbs: number | null;
    };
