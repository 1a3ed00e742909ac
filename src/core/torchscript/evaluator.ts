import { ProblemError, raise } from '../result';
import { bindArguments, hasSignature } from './bindArguments';
import type { BuiltinScope } from './builtin';
import { builtin } from './builtins';
import { elementCode } from './elementTypes';
import type { Frame } from './frame';
import { GIVE_SHAPES } from './giveShapes';
import type { Interpreter } from './interpreter';
import { ScriptProgram } from './scriptProgram';
import { EXPORT, refuseAt } from './syntax/refuseAt';
import type { CallExpression, Expression } from './syntax/syntaxTree';
import { isTensor, reasonOf, withWhat } from './callText';
import { writtenTensor } from './writtenTensor';
import { bool, described, float, int, NONE, OTHER, type Value } from './values';

/** Names that are no variables. */
const ROOTS = new Set(['torch', 'ops', '__torch__', 'CONSTANTS']);
/** Calls that only say a type: the value is their last argument. */
const TYPED = new Set(['annotate', 'unchecked_cast']);
const FREE = new Set([
  'int',
  'float',
  'bool',
  'str',
  'unchecked_unwrap_optional',
  'getattr',
  'uninitialized',
  'range',
  ...TYPED,
]);
const CONVOLUTIONS: ReadonlyMap<string, string> = new Map([['_convolution', 'convolution']]);
/** `conv2d` with its padding as a word, by the number of axes. */
const WORDED = '_convolution_mode';

/** The values of a script's expressions. */
export class Evaluator {
  constructor(private readonly interpreter: Interpreter) {}

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
        return builtin('neg', [value], this.scope(frame)) ?? refuse(value);
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
    const items = list.kind === 'list' || list.kind === 'tuple' ? list.items : null;
    const found = items !== null && place.kind === 'int' ? items.at(place.value) : undefined;
    return (
      found ??
      refuseAt(frame.file, at, `item ${described(place)} of ${described(list)} is not read here; ${EXPORT}`)
    );
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
    if (of.kind !== 'module')
      return refuseAt(frame.file, at, `"${name}" of ${described(of)} is not read here; ${EXPORT}`);
    const held = of.object.attributes.get(name);
    const path = of.path === '' ? name : `${of.path}.${name}`;
    if (held !== undefined) return interpreter.fromPickle(held, path, 'data');
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
    if (path.startsWith('__torch__.')) {
      const found = this.interpreter.script.sources.functionOf(path);
      if (found !== null) return this.interpreter.call(found, args, keywords, frame);
      return refuseAt(frame.file, expression.at, `"${path}" is no function that is read here; ${EXPORT}`);
    }
    return this.torchCall(expression, path, args, keywords, frame);
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

  /** "torch.conv2d", "ops.prim.NumToTensor", "ops.torchvision.nms", "int". */
  private torchCall(
    { at }: CallExpression,
    path: string,
    args: readonly Value[],
    keywords: ReadonlyMap<string, Value>,
    frame: Frame,
  ): Value {
    const name = path.replace(/^(?:torch|ops\.aten|ops)\./, '');
    if (name === 'prim.RaiseException')
      return refuseAt(
        frame.file,
        at,
        `the model stops here with an error of its own${reasonOf(args)}; ${GIVE_SHAPES}`,
      );
    if (path === 'torch.device') return OTHER;
    if (name === 'prim.dtype') return this.dtypeOf(args);
    try {
      const known = keywords.size === 0 ? builtin(name, args, this.scope(frame)) : null;
      return known ?? this.programCall(path, name, args, keywords, frame);
    } catch (error) {
      if (!(error instanceof ProblemError) || ScriptProgram.isPlaced(error)) throw error;
      const { code, message } = error.problem;
      return refuseAt(frame.file, at, message.replace(/\.$/, ''), code);
    }
  }

  /** A call that the program makes when it runs. */
  private programCall(
    path: string,
    name: string,
    args: readonly Value[],
    keywords: ReadonlyMap<string, Value>,
    frame: Frame,
  ): Value {
    if (FREE.has(path) && args.some(isTensor))
      return raise(
        'unsupported',
        `a number is read here out of a tensor's elements, which depend on the input; ${EXPORT}.`,
      );
    const isAten = path.startsWith('torch.') || path.startsWith('ops.aten.');
    const isOp = isAten
      ? name === 'tensor' || hasSignature(name) || args.some(isTensor)
      : /^ops\.(?!prim\.)\w+\.\w+$/.test(path);
    if (!isOp) return raise('unsupported', `"${path}" is not read here${withWhat(args)}`);
    const domain = isAten ? 'aten' : (name.split('.')[0] as string);
    return this.operator(domain, name.split('.').at(-1) as string, args, keywords, frame);
  }

  private operator(
    domain: string,
    op: string,
    args: readonly Value[],
    keywords: ReadonlyMap<string, Value>,
    { module }: Frame,
  ): Value {
    const { program, work } = this.interpreter.script;
    work.spend(args.reduce((sum, arg) => sum + ('items' in arg ? arg.items.length : 0), 0));
    const bound = writtenTensor(op, args, keywords) ?? bindArguments(op, args, keywords);
    if (bound === null) return raise('unsupported', `"${op}" is not read here${withWhat(args)}`);
    if (op === WORDED) {
      const weight = bound.args.get('weight');
      const dims = weight?.kind === 'tensor' ? program.typeOf(weight.name)?.dims : null;
      const rank = (dims?.length ?? 4) - 2;
      return program.call(`aten.conv${rank}d`, { ...bound, overload: 'padding' }, module);
    }
    return program.call(`${domain}.${CONVOLUTIONS.get(op) ?? op}`, bound, module);
  }

  /** PyTorch's number of an element type. */
  private dtypeOf([tensor]: readonly Value[]): Value {
    const type = tensor?.kind === 'tensor' ? this.interpreter.script.program.typeOf(tensor.name) : undefined;
    const code = type === undefined ? null : elementCode(type.dtype);
    return code === null ? OTHER : int(code);
  }

  private scope({ module }: Frame): BuiltinScope {
    const { program, work } = this.interpreter.script;
    return { program, work, module };
  }
}
