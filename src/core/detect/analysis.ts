import type { TensorReader } from '../algebra/kernel/vectorExpr';
import { readingSlices } from './dynamic/bankSlice';
import { indexGraph, type GraphIndex } from '../ir/graphIndex';
import { dominatorTree, type DominatorTree } from '../ir/dominators';
import type { Dim, Model, Node, ValueType } from '../ir/model';
import type { FactTable } from '../passes/factTable';
import { inferFacts, type ValueFacts } from '../passes/valueFacts';
import { inlineFunctions } from '../passes/inlineFunctions';

/** Everything that detection asks of a model; computed once, reads no kernel. */
export interface Analysis {
  /** The model as the file has it. */
  readonly original: Model;
  /** The model with its functions inlined: what blocks and plans refer to. */
  readonly model: Model;
  readonly index: GraphIndex;
  readonly facts: ValueFacts;
  /**
   * Types with sizes as open as the file leaves them, whatever they are bound to in `facts`: what a rule that holds for one
   * size only must go by.
   */
  readonly openTypes: ReadonlyMap<string, ValueType>;
  /** The facts at those open sizes, which the facts at any other share. */
  readonly openTable: FactTable;
  readonly dominators: DominatorTree;
  readonly read: TensorReader;
}

/** Analyses a model with its sizes left as open as the file leaves them. */
export function analyse(original: Model): Analysis {
  const model = inlineFunctions(original);
  const index = indexGraph(model.graph);
  const facts = inferFacts(model, index);
  return withFacts({ original, model, index, openTypes: facts.types, openTable: facts.table }, facts);
}

/** The same model with symbolic sizes bound to numbers; null where it can't run at those sizes. */
export function analyseAt(open: Analysis, bindings: ReadonlyMap<string, number>): Analysis | null {
  const facts = inferFacts(open.model, open.index, bindings, open.openTable);
  return facts.conflicts.length > 0 ? null : withFacts(open, facts);
}

function withFacts(
  {
    original,
    model,
    index,
    openTypes,
    openTable,
  }: Pick<Analysis, 'original' | 'model' | 'index' | 'openTypes' | 'openTable'>,
  facts: ValueFacts,
): Analysis {
  return {
    original,
    model,
    index,
    facts,
    openTypes,
    openTable,
    dominators: dominatorTree(index, (value) => facts.constants.has(value)),
    read: readingSlices((name) => {
      const tensor = facts.constants.get(name);
      if (tensor === undefined) throw new RangeError(`"${name}" is not a constant`);
      return tensor;
    }),
  };
}

export function isConstant(analysis: Analysis, value: string): boolean {
  return analysis.facts.constants.has(value);
}

export function typeOf(analysis: Analysis, value: string): ValueType | null {
  return analysis.facts.types.get(value) ?? null;
}

/** A node's inputs that depend on the model's input. */
export function variableInputs(analysis: Analysis, node: Node): readonly string[] {
  return node.inputs.filter((input) => input !== '' && !isConstant(analysis, input));
}

/**
 * Channels and spatial sizes of a value; a size is null where it may differ from run to run.
 * @param order for each axis of the value the axis of [N, C, …spatial] that it is; null: the same.
 */
export function imageShape(
  analysis: Analysis,
  value: string,
  order: readonly number[] | null,
): { readonly channels: number; readonly sizes: readonly (number | null)[] } | null {
  const dims = typeOf(analysis, value)?.dims;
  if (!dims || dims.length < 2) return null;
  const logical = dims.map((_, axis) => dims[order?.indexOf(axis) ?? axis] ?? null);
  const channels = logical[1];
  if (typeof channels !== 'number' || channels < 1) return null;
  const open = analysis.openTypes.get(value)?.dims ?? [];
  const sizes = logical
    .slice(2)
    .map((_, place) => knownSize(open[order?.indexOf(place + 2) ?? place + 2] ?? null));
  return { channels, sizes };
}

/** A size that is the same in every run; null where the model leaves it open. */
export function fixedSize(analysis: Analysis, value: string, axis: number): number | null {
  return knownSize(analysis.openTypes.get(value)?.dims?.[axis] ?? null);
}

function knownSize(dim: Dim): number | null {
  return typeof dim === 'number' ? dim : null;
}
