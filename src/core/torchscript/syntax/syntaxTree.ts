/** The subset of Python that PyTorch prints for TorchScript, as a tree. */

/** A place in a source file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Expression = { readonly at: Place } & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'literal'; readonly value: boolean | null }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly index: Expression }
  | CallExpression
  | { readonly kind: 'minus'; readonly operand: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'both' | 'either'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'choice';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
);

export interface CallExpression {
  readonly kind: 'call';
  readonly at: Place;
  readonly callee: Expression;
  readonly args: readonly Expression[];
  readonly keywords: ReadonlyMap<string, Expression>;
}

/** What an assignment writes to: a variable, or an attribute of a module. */
export type Target = string | (Expression & { readonly kind: 'attribute' });

export type Statement = { readonly at: Place } & (
  | { readonly kind: 'pass' }
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'return'; readonly value: Expression | null }
  /** `unpacks`: the value is a tuple or list, one item for each name. */
  | {
      readonly kind: 'assign';
      readonly targets: readonly Target[];
      readonly unpacks: boolean;
      readonly value: Expression;
    }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly over: Expression;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'with'; readonly value: Expression; readonly body: readonly Statement[] }
);

export interface Parameter {
  readonly name: string;
  readonly type: Expression | null;
  readonly fallback: Expression | null;
}

export interface FunctionSource {
  readonly at: Place;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}

export interface ClassSource {
  readonly at: Place;
  readonly name: string;
  /** Constants of the class: `stride : Final[int] = 2`. */
  readonly finals: ReadonlyMap<string, Expression>;
  /** Names of its items, where it is a named tuple. */
  readonly items: readonly string[] | null;
  readonly methods: ReadonlyMap<string, FunctionSource>;
}

export interface ModuleSource {
  readonly classes: ReadonlyMap<string, ClassSource>;
  readonly functions: ReadonlyMap<string, FunctionSource>;
}
