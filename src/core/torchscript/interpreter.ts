import type { Dim } from '../ir/model';
import { ProblemError } from '../result';
import { isKind, type PickleValue } from '../torch/pickle/values';
import { pickledTensor } from '../torch/pickle/torchPickle';
import { Evaluator } from './evaluator';
import { checkContext } from './contexts';
import type { Frame } from './frame';
import { GIVE_SHAPES } from './giveShapes';
import { PartFound } from './inputParts';
import { scriptObject } from './scriptArchive';
import type { ScriptObject } from './scriptObject';
import type { ScriptProgram } from './scriptProgram';
import type { Found, ScriptSources } from './scriptSources';
import { EXPORT, refuseAt } from './syntax/refuseAt';
import type { FunctionSource, Place, Statement, Target } from './syntax/syntaxTree';
import { described, int, keyOf, NONE, OTHER, type DictValue, type Value } from './values';
import type { Work } from './work';

const DEEPEST_CALL = 100;
/** Blocks, expressions and calls in one another: each takes some hundred bytes of the stack. */
const DEEPEST = 1000;
const MOST_NESTED = 100;
/** In one attribute: lists that share their items are longer than they look. */
const MOST_ITEMS = 10_000;

export interface Script {
  readonly sources: ScriptSources;
  readonly constants: readonly PickleValue[];
  readonly program: ScriptProgram;
  readonly work: Work;
}

/**
 * Follows a script from its `forward` on, with the archive's modules and numbers: what it does with tensors becomes calls of
 * the program. Nothing is run: the subset of the language has no way out, and what is no part of it is refused.
 */
export class Interpreter {
  private readonly evaluator: Evaluator;
  /** Of modules, as far as the script wrote to them. */
  private readonly attributes = new Map<ScriptObject, Map<string, Value>>();
  private pickled = 0;
  private depth = 0;

  constructor(readonly script: Script) {
    this.evaluator = new Evaluator(this);
  }

  /** @param args by place; others take the default that the function says. */
  call(
    { file, source }: Found<FunctionSource>,
    args: readonly Value[],
    keywords: ReadonlyMap<string, Value>,
    caller: Pick<Frame, 'module' | 'depth'>,
  ): Value {
    if (caller.depth > DEEPEST_CALL) refuseAt(file, source.at, 'the functions call each other without end');
    const variables = new Map<string, Value>();
    const frame: Frame = { file, module: caller.module, variables, depth: caller.depth + 1 };
    source.parameters.forEach(({ name, fallback }, place) => {
      const value = args[place] ?? keywords.get(name) ?? (fallback && this.evaluator.value(fallback, frame));
      if (!value)
        return refuseAt(
          file,
          source.at,
          `"${source.name}" is called without "${name}"; save the model again`,
        );
      variables.set(name, value);
    });
    return this.run(source.body, frame) ?? NONE;
  }

  /** Does one thing within others. @throws ProblemError with the place where too many lie in one another for the stack. */
  within<T>({ file }: Pick<Frame, 'file'>, at: Place, action: () => T): T {
    if (this.depth >= DEEPEST) refuseAt(file, at, 'the code is nested too deep');
    this.depth += 1;
    const result = action();
    this.depth -= 1;
    return result;
  }

  /** The value that the statements return; null where they don't. */
  private run(statements: readonly Statement[], frame: Frame): Value | null {
    const [first] = statements;
    return first === undefined ? null : this.within(frame, first.at, () => this.runAll(statements, frame));
  }

  private runAll(statements: readonly Statement[], frame: Frame): Value | null {
    for (const statement of statements) {
      const result = this.step(statement, frame);
      if (result !== null) return result;
    }
    return null;
  }

  private step(statement: Statement, frame: Frame): Value | null {
    this.count(frame, statement.at);
    switch (statement.kind) {
      case 'pass':
        return null;
      case 'expression':
        this.evaluator.value(statement.value, frame);
        return null;
      case 'return':
        return statement.value === null ? NONE : this.evaluator.value(statement.value, frame);
      case 'assign':
        this.assign(statement, frame);
        return null;
      case 'if':
        return this.choose(statement, frame);
      case 'for':
        return this.repeat(statement, frame);
      case 'while':
        return this.repeatWhile(statement, frame);
      case 'with':
        checkContext(this.evaluator.value(statement.value, frame), frame.file, statement.at);
        return this.run(statement.body, frame);
    }
  }

  private assign(
    { targets, unpacks, value: expression, at }: Extract<Statement, { kind: 'assign' }>,
    frame: Frame,
  ): void {
    const value = this.evaluator.value(expression, frame);
    if (!unpacks) {
      this.write(targets[0] as Target, value, frame);
      return;
    }
    if (value.kind === 'other' && value.sizesOf !== undefined)
      this.script.program.found(value.sizesOf, new Array<Dim>(targets.length).fill(null));
    if (value.kind === 'list' && value.open !== undefined && value.items.length < targets.length)
      throw new PartFound(value.open, targets.length);
    const items =
      value.kind === 'tuple' || value.kind === 'list'
        ? value.items
        : // what some call finds out later, if anything needs it
          value.kind === 'other'
          ? targets.map(() => OTHER)
          : [];
    if (items.length !== targets.length)
      refuseAt(
        frame.file,
        at,
        `${described(value)} cannot be taken apart into ${targets.length} values here; ${EXPORT}`,
      );
    targets.forEach((target, place) => this.write(target, items[place] as Value, frame));
  }

  private write(target: Target, value: Value, frame: Frame): void {
    if (typeof target === 'string') {
      frame.variables.set(target, value);
      return;
    }
    const of = this.evaluator.value(target.of, frame);
    if (of.kind !== 'module')
      refuseAt(
        frame.file,
        target.at,
        `a write to "${target.name}" of ${described(of)} is not read here; ${EXPORT}`,
      );
    else this.remember(of.object, target.name, value);
  }

  /** From now on the attribute of the module is this value: one that the script wrote, or that it may write into. */
  remember(object: ScriptObject, name: string, value: Value): void {
    const own = this.attributes.get(object) ?? new Map<string, Value>();
    own.set(name, value);
    this.attributes.set(object, own);
  }

  /** What the script made of an attribute; undefined where it is as the file has it. */
  written(object: ScriptObject, name: string): Value | undefined {
    return this.attributes.get(object)?.get(name);
  }

  private choose(statement: Extract<Statement, { kind: 'if' }>, frame: Frame): Value | null {
    const condition = this.evaluator.value(statement.condition, frame);
    if (condition.kind === 'bool')
      return this.run(condition.value ? statement.then : statement.otherwise, frame);
    this.script.work.spend(statement.then.length + statement.otherwise.length);
    // a check of the caller's input: as if it held
    if (onlyRaises(statement.then)) return this.run(statement.otherwise, frame);
    if (onlyRaises(statement.otherwise)) return this.run(statement.then, frame);
    const why = condition.kind === 'tensor' ? 'on elements of a tensor' : 'on sizes that are not known';
    const what = condition.kind === 'tensor' ? EXPORT : GIVE_SHAPES;
    return refuseAt(frame.file, statement.condition.at, `what is computed here depends ${why}; ${what}`);
  }

  private repeat({ name, over, body, at }: Extract<Statement, { kind: 'for' }>, frame: Frame): Value | null {
    const count = this.evaluator.rangeOf(over, frame);
    if (count === null)
      return refuseAt(frame.file, at, `a loop over anything but a known number is not read here; ${EXPORT}`);
    for (let place = 0; place < count; place++) {
      this.count(frame, at);
      frame.variables.set(name, int(place));
      const result = this.run(body, frame);
      if (result !== null) return result;
    }
    return null;
  }

  private repeatWhile(
    { condition, body, at }: Extract<Statement, { kind: 'while' }>,
    frame: Frame,
  ): Value | null {
    for (;;) {
      this.count(frame, at);
      const goesOn = this.evaluator.value(condition, frame);
      if (goesOn.kind !== 'bool')
        return refuseAt(
          frame.file,
          at,
          `how often this loop runs depends on ${described(goesOn)}; ${EXPORT}`,
        );
      if (!goesOn.value) return null;
      const result = this.run(body, frame);
      if (result !== null) return result;
    }
  }

  /** Counts a step. @throws ProblemError with its place, where there were too many. */
  count({ file }: Frame, at: Place): void {
    try {
      this.script.work.spend(1);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      refuseAt(file, at, error.problem.message.replace(/\.$/, ''));
    }
  }

  /** What a pickle holds, as the script sees it. @param path of the attribute, for the names of weights. */
  fromPickle(value: PickleValue, path: string, folder: string, depth = 0): Value {
    if (depth === 0) this.pickled = 0;
    this.pickled += 1;
    this.script.work.spend(1);
    if (depth > MOST_NESTED || this.pickled > MOST_ITEMS) return OTHER;
    const tensor = pickledTensor(value);
    if (tensor !== null) return this.script.program.hold(tensor, path, folder);
    const object = scriptObject(value);
    if (object !== null) return { kind: 'module', object, path };
    if (value === null) return NONE;
    if (typeof value === 'boolean') return { kind: 'bool', value };
    // pickles tell whole numbers from others; here only the schema of a call does, and takes a whole one for either
    if (typeof value === 'number') return Number.isInteger(value) ? int(value) : { kind: 'float', value };
    if (typeof value === 'string') return { kind: 'text', value };
    if (isKind(value, 'list') || isKind(value, 'tuple')) {
      const items = value.items.map((item, place) =>
        this.fromPickle(item, `${path}.${place}`, folder, depth + 1),
      );
      return isKind(value, 'list') ? { kind: 'list', items } : { kind: 'tuple', items };
    }
    if (isKind(value, 'dict')) return this.dictFrom(value.entries, path, folder, depth);
    return { kind: 'other' };
  }

  private dictFrom(
    entries: ReadonlyMap<unknown, PickleValue>,
    path: string,
    folder: string,
    depth: number,
  ): Value {
    const dict: DictValue = { kind: 'dict', entries: new Map() };
    for (const [name, item] of entries) {
      const key: Value | null =
        typeof name === 'string'
          ? { kind: 'text', value: name }
          : typeof name === 'number'
            ? int(name)
            : null;
      const id = keyOf(key ?? undefined);
      if (key === null || id === null) return OTHER;
      dict.entries.set(id, {
        key,
        value: this.fromPickle(item, `${path}.${String(name)}`, folder, depth + 1),
      });
    }
    return dict;
  }
}

/** Whether a branch does nothing but stop the model with an error. */
function onlyRaises(statements: readonly Statement[]): boolean {
  return statements.some(
    ({ kind, ...rest }) =>
      kind === 'expression' &&
      'value' in rest &&
      rest.value !== null &&
      rest.value.kind === 'call' &&
      rest.value.callee.kind === 'attribute' &&
      rest.value.callee.name === 'RaiseException',
  );
}
