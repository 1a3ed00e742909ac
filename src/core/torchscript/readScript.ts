import type { Model, ValueInfo, ValueType } from '../ir/model';
import { raise } from '../result';
import type { Archive } from '../torch/archive/archive';
import { GIVE_SHAPES } from './giveShapes';
import {
  inputPlan,
  PartFound,
  plannedValue,
  tensorsOf,
  withPart,
  type InputPlan,
  type KnownParts,
} from './inputParts';
import { Interpreter } from './interpreter';
import { isScript, readConstants, readModule, readTracedInputs, tracedTypes } from './scriptArchive';
import type { ScriptObject } from './scriptObject';
import { InputFound, ScriptProgram } from './scriptProgram';
import { ScriptSources, type Found } from './scriptSources';
import { EXPORT, refuseAt } from './syntax/refuseAt';
import type { FunctionSource } from './syntax/syntaxTree';
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
  const traced = new Map(
    readTracedInputs(archive).flatMap((input, place) =>
      tracedTypes(forward.parameters[place + 1]?.name ?? '', input),
    ),
  );
  const work = new Work();
  const types = new Map<string, ValueType>();
  // a trace was made with all of its inputs
  const names = [...given.keys(), ...traced.keys()];
  let parts: KnownParts = new Map();
  // each round finds the shape or a part of one more input
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const plans = plansOf(found, parts, names);
    const inputs = inputsOf(plans, { parts, names, given, traced, types });
    const program = new ScriptProgram(inputs, archive);
    try {
      const interpreter = new Interpreter({ sources, constants, program, work });
      const args = plans.map((plan) => plannedValue(plan, parts, names));
      const outputs = follow(interpreter, found, module, args);
      if (inputs.length === 0)
        raise('unsupported', `Nothing that the script computes depends on an input; ${EXPORT}.`);
      return program.model(outputs, producer);
    } catch (error) {
      if (error instanceof PartFound) parts = withPart(parts, error);
      else if (error instanceof InputFound) types.set(error.input, error.type);
      else throw error;
    }
  }
  return raise('unsupported', `The shapes of the inputs are not known; ${GIVE_SHAPES}.`);
}

/** More inputs than any model has. */
const MOST_ROUNDS = 1000;

/** Names of the tensors that the model gives. */
function follow(
  interpreter: Interpreter,
  { file, source }: Found<FunctionSource>,
  object: ScriptObject,
  args: readonly Value[],
): readonly string[] {
  const self: Value = { kind: 'module', object, path: '' };
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
    // PyTorch's exporter leaves it out, too
    if (value.kind === 'none') return depth > 0;
    if (depth > DEEPEST_RESULT) return false;
    if (value.kind === 'dict')
      return [...value.entries.values()].every((entry) => look(entry.value, depth + 1));
    return (
      (value.kind === 'tuple' || value.kind === 'list') && value.items.every((item) => look(item, depth + 1))
    );
  };
  return look(result, 0) ? names : null;
}

/** The parameters of `forward`; what has a default keeps it. @throws ProblemError for one that holds anything but tensors. */
function plansOf(
  { file, source }: Found<FunctionSource>,
  parts: KnownParts,
  given: readonly string[],
): readonly InputPlan[] {
  const parameters = source.parameters.slice(1).filter(({ fallback }) => fallback === null);
  return parameters.map(
    ({ name, type }) =>
      inputPlan(name, type, parts, given) ??
      refuseAt(file, source.at, `the input "${name}" is no tensor, which is not read here; ${EXPORT}`),
  );
}

/** What is known of inputs besides the script. */
interface InputFacts {
  readonly parts: KnownParts;
  readonly given: GivenShapes;
  readonly traced: ReadonlyMap<string, ValueType>;
  readonly names: readonly string[];
  readonly types: ReadonlyMap<string, ValueType>;
}

/** The tensors that `forward` takes. */
function inputsOf(
  plans: readonly InputPlan[],
  { parts, names, given, traced, types }: InputFacts,
): readonly ValueInfo[] {
  const all = plans.flatMap((plan) => tensorsOf(plan, parts, names));
  const stranger = [...given.keys()].find((name) => !all.includes(name));
  if (stranger !== undefined)
    raise('usage', `The model has no input "${stranger}" to give a shape to; it has ${all.join(', ')}.`);
  const inputs = all.map((name): ValueInfo => {
    const type = traced.get(name) ?? { dtype: 'float32', dims: null };
    return { name, type: { ...type, dims: given.get(name) ?? type.dims } };
  });
  return inputs.map((input) => {
    const found = types.get(input.name);
    return found === undefined ? input : withType(input, found, inputs);
  });
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
