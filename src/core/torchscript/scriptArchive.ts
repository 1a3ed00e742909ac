import { ProblemError, raise } from '../result';
import type { ValueType } from '../ir/model';
import type { openArchive } from '../torch/archive/archive';
import { type Archive } from '../torch/archive/archive';
import type { PicklePowers } from '../torch/pickle/machine';
import { MOST_PICKLE_BYTES, readPickle } from '../torch/pickle/readPickle';
import { pickledTensor, TORCH_POWERS } from '../torch/pickle/torchPickle';
import { isKind, type PickleGlobal, type PickleValue } from '../torch/pickle/values';
import { ScriptObject } from './scriptObject';

/** Reads the pickles of a TorchScript archive with the same guarded reader as all others. */

/** Whether an archive holds a script; `openArchive` gives it. */
export function isScript(archive: ReturnType<typeof openArchive>): boolean {
  return archive.has('constants.pkl') && archive.names.some((name) => name.startsWith('code/'));
}

/** The model's own module. @throws ProblemError for a pickle that holds none, or asks for anything but modules and tensors. */
export function readModule(archive: Archive): ScriptObject {
  const content = read(archive, 'data.pkl');
  return (
    scriptObject(content) ??
    raise('bad-input', 'The archive\'s "data.pkl" holds no module; save the model again.')
  );
}

/** The constants of the script by their number: CONSTANTS.c0 is the first. */
export function readConstants(archive: Archive): readonly PickleValue[] {
  const content = read(archive, 'constants.pkl');
  return isKind(content, 'tuple') || isKind(content, 'list') ? content.items : [];
}

/** Types of the inputs that a trace was made with: of tensors, and of lists, tuples and dicts of them by place or key. */
export type TracedInput = ValueType | ReadonlyMap<string, TracedInput> | null;

/**
 * By place; null where one was no tensor, and an empty list for a script or an older archive. They are no part of what the
 * model computes: a list that can't be read is none.
 */
export function readTracedInputs(archive: Archive): readonly TracedInput[] {
  if (!archive.has('traced_inputs.pkl')) return [];
  try {
    const content = read(archive, 'traced_inputs.pkl');
    const inputs = isKind(content, 'dict') ? content.entries.get('forward') : undefined;
    return isKind(inputs, 'list') ? inputs.items.map((input) => tracedInput(input)) : [];
  } catch (error) {
    if (error instanceof ProblemError) return [];
    throw error;
  }
}

const DEEPEST_INPUT = 4;

function tracedInput(input: PickleValue, depth = 0): TracedInput {
  const tensor = pickledTensor(input);
  if (tensor !== null) return { dtype: tensor.storage.dtype, dims: tensor.dims };
  if (depth > DEEPEST_INPUT) return null;
  const parts =
    isKind(input, 'list') || isKind(input, 'tuple')
      ? input.items.map((item, place) => [String(place), item] as const)
      : isKind(input, 'dict')
        ? [...input.entries].map(([key, item]) => [String(key), item] as const)
        : [];
  return parts.length === 0 ? null : new Map(parts.map(([key, item]) => [key, tracedInput(item, depth + 1)]));
}

/** The types of the tensors by the names of the model's inputs. */
export function tracedTypes(name: string, traced: TracedInput): readonly (readonly [string, ValueType])[] {
  if (traced === null) return [];
  if (!(traced instanceof Map)) return [[name, traced as ValueType]];
  return [...(traced as ReadonlyMap<string, TracedInput>)].flatMap(([part, inner]) =>
    tracedTypes(`${name}.${part}`, inner),
  );
}

/** The module that a value is; null for anything else. */
export function scriptObject(value: PickleValue): ScriptObject | null {
  return isKind(value, 'object') && value.content instanceof ScriptObject ? value.content : null;
}

function read(archive: Archive, name: string): PickleValue {
  return readPickle(archive.read(name, MOST_PICKLE_BYTES), SCRIPT_POWERS);
}

const SCRIPT_POWERS: PicklePowers = {
  global: (name) => (CLASS.test(name) ? classGlobal(name) : (TAGS.get(name) ?? TORCH_POWERS.global(name))),
  persistent: (id) => TORCH_POWERS.persistent(id),
};

/** Classes of the archive's own code. */
const CLASS = /^__torch__\.[\w.]+$/;

function classGlobal(name: string): PickleGlobal {
  return {
    kind: 'global',
    name,
    // a member of an enumeration counts as its value
    call: ([value]) => value ?? null,
    takesOne: true,
    create() {
      const object = new ScriptObject(name);
      const build = (state: PickleValue): void => {
        if (isKind(state, 'dict')) object.attributes = state.entries;
      };
      return { kind: 'object', content: object, build };
    },
  };
}

/** Calls that only say the type of a list or a dict. */
const TAGS: ReadonlyMap<string, PickleGlobal> = new Map(
  ['restore_type_tag', 'build_intlist', 'build_tensorlist', 'build_doublelist', 'build_boollist']
    .map((name) => `torch.jit._pickle.${name}`)
    .map((name) => [name, { kind: 'global', name, call: ([value]) => value ?? null }]),
);
