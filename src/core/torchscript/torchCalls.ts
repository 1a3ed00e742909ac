import { ProblemError, raise } from '../result';
import { bindArguments, hasSignature } from './bindArguments';
import type { BuiltinScope } from './builtin';
import { builtin } from './builtins';
import { isTensor, reasonOf, withWhat } from './callText';
import { refuseOpen } from './containers';
import { elementCode } from './elementTypes';
import type { Frame } from './frame';
import { GIVE_SHAPES } from './giveShapes';
import type { Script } from './interpreter';
import { CONTAINER_CALLS } from './listBuiltins';
import { ScriptProgram } from './scriptProgram';
import { EXPORT, refuseAt } from './syntax/refuseAt';
import type { CallExpression } from './syntax/syntaxTree';
import { int, OTHER, type Value } from './values';
import { writtenTensor } from './writtenTensor';

/** Calls that only say a type: the value is their last argument. */
export const TYPED: ReadonlySet<string> = new Set(['annotate', 'unchecked_cast']);
/** Names that are called without a module before them. */
export const FREE = new Set([
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

/** Weights in a form that only one processor or library reads. */
const PACKED = /MKLDNN|mkldnn|prepack|xnnpack|quantized/;

/** The calls that a script makes of PyTorch: done while it is followed, where they are on numbers and lists, or a call of the program. */
export class TorchCalls {
  constructor(private readonly script: Script) {}

  /** @param path "torch.conv2d", "ops.prim.NumToTensor", "ops.torchvision.nms", "int". @throws ProblemError with the place of a call that is not read here. */
  make(
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
    refuseOpen(args);
    // one that is taken for a call of the model would leave the list as it is
    if (isAten && CONTAINER_CALLS.has(name) && (args[0]?.kind === 'list' || args[0]?.kind === 'dict'))
      return raise('unsupported', `"${path}" is not read here${withWhat(args)}`);
    const isOp = isAten
      ? name === 'tensor' || hasSignature(name) || args.some(isTensor)
      : /^ops\.(?!prim\.)\w+\.\w+$/.test(path);
    if (!isOp && PACKED.test(name))
      return raise(
        'unsupported',
        `"${path}" holds weights packed for one processor (optimize_for_inference, optimize_for_mobile, quantize); save the model before that.`,
      );
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
    const { program, work } = this.script;
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
    const type = tensor?.kind === 'tensor' ? this.script.program.typeOf(tensor.name) : undefined;
    const code = type === undefined ? null : elementCode(type.dtype);
    return code === null ? OTHER : int(code);
  }

  scope({ module }: Frame): BuiltinScope {
    const { program, work } = this.script;
    return { program, work, module };
  }
}
