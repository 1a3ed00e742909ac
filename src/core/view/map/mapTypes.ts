/** The map of a model: blocks and modules as one item each where they are closed, and everything between them. */
export interface ModelMap {
  readonly items: readonly MapItem[];
  /** Pairs of places in `items`, from producer to reader. */
  readonly edges: readonly (readonly [from: number, to: number])[];
  /** Size of the whole drawing, in the units of the items' places. */
  readonly width: number;
  readonly height: number;
  /** Keys of the modules that are open. */
  readonly open: readonly string[];
  /** Nodes that depend on no input and are not drawn. */
  readonly constants: number;
}

/** What is known of an item; `verified` and `faulty` come from a verification (`verdicts.ts`), the others from the model. */
export type MapState = 'fusable' | 'refused' | 'fused' | 'verified' | 'faulty';

export interface MapItem {
  /** The id of a block, `/path` of a module, or the name of a node, input or output with its kind before it. */
  readonly key: string;
  readonly kind: 'node' | 'block' | 'module' | 'input' | 'output';
  readonly label: string;
  /** Op type of a node, family of a block, nothing for others. */
  readonly detail: string;
  /** Of a block, of the blocks in a module, or of a node that a fusion made; null for all else. */
  readonly state: MapState | null;
  readonly family: string | null;
  /** Nodes that it stands for. */
  readonly nodes: number;
  /** Key of the open module that it lies in; null at the top. */
  readonly parent: string | null;
  /** The upper left corner; all items have the same size. */
  readonly x: number;
  readonly y: number;
}

/** Size of every item, and the room between. */
export const ITEM = { width: 168, height: 36, gapX: 24, gapY: 44 } as const;
