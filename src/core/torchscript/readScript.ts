import type { Model, ValueInfo, ValueType } from '../ir/model';
import { raise } from '../result';
import type { Archive } from '../torch/archive/archive';
import { GIVE_SHAPES } from './giveShapes';
import { Interpreter } from './interpreter';
import { isScript, readConstants, readModule, readTracedInputs } from './scriptArchive';
import type { ScriptObject } from './scriptObject';
import { InputFound, ScriptProgram } from './scriptProgram';
import { ScriptSources, type Found } from './scriptSources';
import { EXPORT, refuseAt } from './syntax/refuseAt';
import type { Expression, FunctionSource, Parameter } from './syntax/syntaxTree';
import type { Value } from './values';
import { Work } from './work';

/** Shapes of inputs by name, as somebody gave them. */
export type GivenShapes = ReadonlyMap<string, readonly number[]>;

/**
 * The model of a TorchScript archive, traced or scripted; null for an archive that is none. A script says no shapes: those
 * that are given count, then those of the inputs that a trace was made with, else what the first layer wants, with open sizes.
 * @throws ProblemError `file:line:column` of code that is not read here; `usage` for a given shape that fits no input.
 */
export function readScript(archive: Archive, given: GivenShapes = new Map()): Model | null {
  if (!isScript(archive)) return null;
  const module = readModule(archive);
  const sources = new ScriptSources(archive);
  const own = sources.classOf(module.className);
  const forward = own?.source.methods.get('forward');
  if (!own || forward === undefined)
    return raise('unsupported', `The module "${module.className}" has no method "forward"; ${EXPORT}.`);
  const found: Found<FunctionSource> = { file: own.file, source: forward };
  const constants = readConstants(archive);
  const producer = 'PyTorch TorchScript';
  let inputs = inputsOf(found, given, readTracedInputs(archive));
  const work = new Work();
  // each round finds the shape of one more input
  for (let round = 0; round <= inputs.length; round++) {
    const program = new ScriptProgram(inputs, archive);
    try {
      const interpreter = new Interpreter({ sources, constants, program, work });
      return program.model(follow(interpreter, found, module, inputs), producer);
    } catch (error) {
      if (!(error instanceof InputFound)) throw error;
      inputs = inputs.map((input) =>
        input.name === error.input ? withType(input, error.type, inputs) : input,
      );
    }
  }
  return raise('unsupported', `The shapes of the inputs are not known; ${GIVE_SHAPES}.`);
}

/** Names of the tensors that the model gives. */
function follow(
  interpreter: Interpreter,
  { file, source }: Found<FunctionSource>,
  object: ScriptObject,
  inputs: readonly ValueInfo[],
): readonly string[] {
  const self: Value = { kind: 'module', object, path: '' };
  const args = inputs.map(({ name }): Value => ({ kind: 'tensor', name }));
  const result = interpreter.call({ file, source }, [self, ...args], new Map(), { module: '', depth: 0 });
  return (
    tensorsIn(result) ?? refuseAt(file, source.at, `"forward" gives something that is no tensor; ${EXPORT}`)
  );
}

const DEEPEST_RESULT = 8;
const MOST_RESULTS = 10_000;

/** Null for anything but tensors, and where lists within lists hold more than a model gives. */
function tensorsIn(result: Value): readonly string[] | null {
  const names: string[] = [];
  let looked = 0;
  const look = (value: Value, depth: number): boolean => {
    looked += 1;
    if (looked > MOST_RESULTS) return false;
    if (value.kind === 'tensor') return names.push(value.name) > 0;
    if ((value.kind !== 'tuple' && value.kind !== 'list') || depth > DEEPEST_RESULT) return false;
    return value.items.every((item) => look(item, depth + 1));
  };
  return look(result, 0) ? names : null;
}

/** The tensors that `forward` takes; what has a default keeps it. */
function inputsOf(
  { file, source }: Found<FunctionSource>,
  given: GivenShapes,
  traced: readonly (ValueType | null)[],
): readonly ValueInfo[] {
  const parameters = source.parameters.slice(1).filter(({ fallback }) => fallback === null);
  const stranger = [...given.keys()].find((name) => !parameters.some((parameter) => parameter.name === name));
  if (stranger !== undefined) {
    const names = parameters.map(({ name }) => name).join(', ');
    raise('usage', `The model has no input "${stranger}" to give a shape to; it has ${names}.`);
  }
  return parameters.map((parameter, place): ValueInfo => {
    if (!isTensor(parameter))
      refuseAt(
        file,
        source.at,
        `the input "${parameter.name}" is no tensor, which is not read here; ${EXPORT}`,
      );
    const type = traced[place] ?? { dtype: 'float32', dims: null };
    return { name: parameter.name, type: { ...type, dims: given.get(parameter.name) ?? type.dims } };
  });
}

function isTensor({ type }: Parameter): boolean {
  return (
    type === null ||
    isNamed(type, 'Tensor') ||
    (type.kind === 'item' && isNamed(type.of, 'Optional') && isNamed(type.index, 'Tensor'))
  );
}

function isNamed(type: Expression, name: string): boolean {
  return type.kind === 'name' && type.name === name;
}

const IMAGE: readonly string[] = ['batch', 'channels', 'height', 'width'];

/** Open sizes of an only image get the names that people know; of others they stay without one. */
function withType(
  input: ValueInfo,
  { dtype, dims: found }: ValueType,
  inputs: readonly ValueInfo[],
): ValueInfo {
  const isImage = found?.length === IMAGE.length && inputs.length === 1;
  const dims = found?.map((dim, axis) => dim ?? (isImage ? (IMAGE[axis] ?? null) : null)) ?? null;
  return { name: input.name, type: { dtype, dims } };
}
