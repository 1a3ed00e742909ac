import type { Node } from '../../ir/model';
import { isObject, listIn, objectIn, textIn, whole, type Json, type JsonObject } from './taggedJson';

export interface CallContent {
  readonly target: string;
  readonly args: readonly (readonly [string, Json])[];
  readonly output: Json;
  readonly name: string;
}

export interface FileCalls {
  readonly raw: readonly JsonObject[];
  /** The call that a node of the original graph comes from. */
  readonly callOf: ReadonlyMap<string, number>;
}

/** A call as the file's own are written: its fields are those that the version of PyTorch knew. */
export function newCall(
  { target, args, output, name }: CallContent,
  node: Node,
  file: FileCalls,
): JsonObject {
  const [like = {}] = file.raw;
  const saysKind = listIn(like, 'inputs').some((input) => isObject(input) && Object.hasOwn(input, 'kind'));
  const inputs = args.map(([key, arg]) => ({ name: key, arg, ...(saysKind ? { kind: whole(1) } : {}) }));
  return {
    ...{ target, inputs, outputs: [output], metadata: metadataOf(node, file) },
    ...(Object.hasOwn(like, 'is_hop_single_tensor_return') ? { is_hop_single_tensor_return: null } : {}),
    ...(Object.hasOwn(like, 'name') ? { name } : {}),
  };
}

/** The modules that all merged calls lie in, and which block the call stands for. */
function metadataOf(node: Node, { raw, callOf }: FileCalls): JsonObject {
  const { origin } = node;
  const merged =
    origin.kind === 'new' ? (origin.provenance['replens.merged'] ?? '').split('\n') : [node.name];
  const calls = [...new Set(merged.flatMap((name) => callOf.get(name) ?? []))].map(
    (place) => raw[place] ?? {},
  );
  const stacks = calls.map((call) => textIn(objectIn(call, 'metadata'), 'nn_module_stack'));
  const stack = shared(stacks.filter((one) => one !== '').map((one) => one.split(';'))).join(';');
  const block = origin.kind === 'new' ? blockOf(origin.provenance) : null;
  return {
    stack_trace: '',
    ...(stack === '' ? {} : { nn_module_stack: stack }),
    ...(block === null ? {} : { custom: block }),
  };
}

function blockOf(provenance: Readonly<Record<string, string>>): string | null {
  const entries = Object.entries(provenance).filter(([key]) => key !== 'replens.merged');
  return entries.length === 0 ? null : JSON.stringify(Object.fromEntries(entries));
}

function shared(stacks: readonly (readonly string[])[]): readonly string[] {
  const [first = []] = stacks;
  const end = first.findIndex((entry, depth) => stacks.some((stack) => stack[depth] !== entry));
  return end < 0 ? first : first.slice(0, end);
}
