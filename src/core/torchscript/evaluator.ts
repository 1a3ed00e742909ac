import { builtin } from './builtins';
import { itemOf } from './containers';
import type { Frame } from './frame';
import type { Interpreter } from './interpreter';
import { ScriptObject } from './scriptObject';
import { EXPORT, refuseAt } from './syntax/refuseAt';
import type { CallExpression, Expression } from './syntax/syntaxTree';
import { FREE, TorchCalls, TYPED } from './torchCalls';
import { bool, described, float, int, keyOf, NONE, OTHER, type DictValue, type Value } from './values';

/** Names that are no variables. */
const ROOTS = new Set(['torch', 'ops', '__torch__', 'CONSTANTS']);
const CONTEXT = /^__torch__\.torch\.(?:amp|autograd|cuda|cpu|profiler)\./;
/** The values of a script's expressions. */
export class Evaluator {
  private readonly calls: TorchCalls;

  constructor(private readonly interpreter: Interpreter) {
    this.calls = new TorchCalls(interpreter.script);
  }

  /** @throws ProblemError with the place of what is not read here. */
  value(expression: Expression, frame: Frame): Value {
    const { interpreter } = this;
    interpreter.count(frame, expression.at);
    return interpreter.within(frame, expression.at, () => this.valueOf(expression, frame));
  }

  private valueOf(expression: Expression, frame: Frame): Value {
    switch (expression.kind) {
      case 'name':
        return this.named(expression, frame);
      case 'int':
        return int(expression.value);
      case 'float':
        return float(expression.value);
      case 'text':
        return { kind: 'text', value: expression.value };
      case 'literal':
        return expression.value === null ? NONE : bool(expression.value);
      case 'list':
        return { kind: 'list', items: expression.items.map((item) => this.value(item, frame)) };
      case 'tuple':
        return { kind: 'tuple', items: expression.items.map((item) => this.value(item, frame)) };
      case 'dict':
        return this.dict(expression.entries, frame);
      case 'attribute':
        return this.attribute(expression, this.value(expression.of, frame), expression.name, frame);
      case 'item':
        return this.item(expression, frame);
      case 'call':
        return this.call(expression, frame);
      default:
        return this.logic(expression, frame);
    }
  }

  /** The number of rounds of `range(n)`; null for any other loop. */
  rangeOf(expression: Expression, frame: Frame): number | null {
    const isRange =
      expression.kind === 'call' && expression.callee.kind === 'name' && expression.callee.name === 'range';
    const [only] = isRange ? expression.args : [];
    const count = only === undefined ? null : this.value(only, frame);
    return count?.kind === 'int' ? count.value : null;
  }

  private named({ name, at }: Extract<Expression, { kind: 'name' }>, { variables, file }: Frame): Value {
    const value = variables.get(name);
    if (value !== undefined) return value;
    if (ROOTS.has(name) || FREE.has(name)) return { kind: 'path', path: name };
    return refuseAt(
      file,
      at,
      `"${name}" is read before anything gives it a value; save the model again`,
      'bad-input',
    );
  }

  private logic(expression: Expression, frame: Frame): Value {
    const refuse = (value: Value): never =>
      refuseAt(frame.file, expression.at, `${described(value)} is no condition that is read here; ${EXPORT}`);
    const truth = (of: Expression): boolean => {
      const value = this.value(of, frame);
      return value.kind === 'bool' ? value.value : refuse(value);
    };
    switch (expression.kind) {
      case 'minus': {
        const value = this.value(expression.operand, frame);
        return builtin('neg', [value], this.calls.scope(frame)) ?? refuse(value);
      }
      case 'not':
        return bool(!truth(expression.operand));
      case 'both':
        return bool(truth(expression.left) && truth(expression.right));
      case 'either':
        return bool(truth(expression.left) || truth(expression.right));
      case 'choice':
        return this.value(truth(expression.condition) ? expression.then : expression.otherwise, frame);
      default:
        return refuse(OTHER);
    }
  }

  private item({ of, index, at }: Extract<Expression, { kind: 'item' }>, frame: Frame): Value {
    const [list, place] = [this.value(of, frame), this.value(index, frame)];
    return itemOf(list, place, frame.file, at);
  }

  private dict(entries: readonly (readonly [Expression, Expression])[], frame: Frame): Value {
    const dict: DictValue = { kind: 'dict', entries: new Map() };
    for (const [name, expression] of entries) {
      const [key, value] = [this.value(name, frame), this.value(expression, frame)];
      const id =
        keyOf(key) ??
        refuseAt(frame.file, name.at, `${described(key)} as a key of a dict is not read here; ${EXPORT}`);
      dict.entries.set(id, { key, value });
    }
    return dict;
  }

  private attribute({ at }: Pick<Expression, 'at'>, of: Value, name: string, frame: Frame): Value {
    const { interpreter } = this;
    if (of.kind === 'path' && of.path === 'CONSTANTS') {
      const value = /^c\d+$/.test(name) ? interpreter.script.constants[Number(name.slice(1))] : undefined;
      if (value === undefined)
        return refuseAt(
          frame.file,
          at,
          `the archive has no constant "${name}"; save the model again`,
          'bad-input',
        );
      return interpreter.fromPickle(value, `constants.${name}`, 'constants');
    }
    if (of.kind === 'path')
      return this.member(of.path, name, frame) ?? { kind: 'path', path: `${of.path}.${name}` };
    if (of.kind === 'context') return { kind: 'method', of, name };
    if (of.kind === 'tuple' && of.names?.includes(name) === true)
      return of.items[of.names.indexOf(name)] as Value;
    if (of.kind !== 'module')
      return refuseAt(frame.file, at, `"${name}" of ${described(of)} is not read here; ${EXPORT}`);
    const written = interpreter.written(of.object, name);
    if (written !== undefined) return written;
    const held = of.object.attributes.get(name);
    const path = of.path === '' ? name : `${of.path}.${name}`;
    if (held !== undefined) {
      const value = interpreter.fromPickle(held, path, 'data');
      // the script may write into it
      if (value.kind === 'list' || value.kind === 'dict' || value.kind === 'tuple')
        interpreter.remember(of.object, name, value);
      return value;
    }
    const own = interpreter.script.sources.classOf(of.object.className);
    const final = own?.source.finals.get(name);
    if (own && final) return this.value(final, { ...frame, file: own.file, variables: new Map() });
    if (own?.source.methods.has(name)) return { kind: 'method', of, name };
    return refuseAt(
      frame.file,
      at,
      `the module "${of.path}" has no "${name}"; save the model again`,
      'bad-input',
    );
  }

  /** The value of an enumeration's member; null for any other dotted name. */
  private member(path: string, name: string, frame: Frame): Value | null {
    const own = path.startsWith('__torch__.') ? this.interpreter.script.sources.classOf(path) : null;
    const final = own?.source.finals.get(name);
    return own && final ? this.value(final, { ...frame, file: own.file, variables: new Map() }) : null;
  }

  private call(expression: CallExpression, frame: Frame): Value {
    const callee = this.value(expression.callee, frame);
    if (callee.kind === 'method') return this.callMethod(expression, callee, frame);
    if (callee.kind !== 'path')
      return refuseAt(
        frame.file,
        expression.at,
        `a call of ${described(callee)} is not read here; ${EXPORT}`,
      );
    const { path } = callee;
    const last = expression.args.at(-1);
    if (TYPED.has(path) && last !== undefined) return this.value(last, frame);
    if (path === 'uninitialized') return NONE;
    const args = expression.args.map((arg) => this.value(arg, frame));
    const keywords = new Map(
      [...expression.keywords].map(([name, arg]) => [name, this.value(arg, frame)] as const),
    );
    if (path === 'getattr') return this.getAttribute(expression, args, frame);
    if (path.endsWith('.__new__')) return this.created(path.slice(0, -'.__new__'.length), frame);
    if (path.startsWith('__torch__.')) {
      const tuple = this.interpreter.script.sources.classOf(path)?.source.items;
      if (tuple?.length === args.length) return { kind: 'tuple', items: args, names: tuple };
      const found = this.interpreter.script.sources.functionOf(path);
      if (found !== null) return this.interpreter.call(found, args, keywords, frame);
      return refuseAt(frame.file, expression.at, `"${path}" is no function that is read here; ${EXPORT}`);
    }
    return this.calls.make(expression, path, args, keywords, frame);
  }

  /** An object of a class of the archive's code before its `__init__`, or what stands behind `with`. */
  private created(className: string, { module }: Frame): Value {
    const own = CONTEXT.test(className) ? null : this.interpreter.script.sources.classOf(className);
    return own === null
      ? { kind: 'context', className, args: [] }
      : { kind: 'module', object: new ScriptObject(className), path: module };
  }

  private getAttribute(expression: CallExpression, [of, name]: readonly Value[], frame: Frame): Value {
    if (of === undefined || name?.kind !== 'text')
      return refuseAt(frame.file, expression.at, `this attribute is not read here; ${EXPORT}`);
    return this.attribute(expression, of, name.value, frame);
  }

  private callMethod(
    expression: CallExpression,
    { of, name }: Extract<Value, { kind: 'method' }>,
    frame: Frame,
  ): Value {
    if (of.kind === 'context') {
      of.args.push(...expression.args.map((arg) => this.value(arg, frame)));
      return NONE;
    }
    const module = of.kind === 'module' ? of : null;
    const own = module === null ? null : this.interpreter.script.sources.classOf(module.object.className);
    const source = own?.source.methods.get(name);
    if (module === null || !own || !source)
      return refuseAt(frame.file, expression.at, `"${name}" is no method that is read here; ${EXPORT}`);
    const args = expression.args.map((arg) => this.value(arg, frame));
    const keywords = new Map(
      [...expression.keywords].map(([key, arg]) => [key, this.value(arg, frame)] as const),
    );
    const caller = { module: module.path, depth: frame.depth };
    return this.interpreter.call({ file: own.file, source }, [of, ...args], keywords, caller);
  }
}
