import type { AtenProgram } from '../program/atenGraph';
import type { WrittenGraph } from './graphWriter';
import { makesOf, namesIn, readsOf, renamed } from './rawCall';
import { isObject, listIn, objectIn, textIn, type Json, type JsonObject } from './taggedJson';

export interface WrittenProgram {
  readonly program: JsonObject;
  /** Labels of the tensors that the file holds no longer. */
  readonly dropped: ReadonlySet<string>;
}

/** The program's JSON around its new calls: inputs, signature, what is said of values. What nobody reads any more leaves. */
export function writtenProgram(
  before: JsonObject,
  program: AtenProgram,
  written: WrittenGraph,
): WrittenProgram {
  const module = objectIn(before, 'graph_module');
  const graph = objectIn(module, 'graph');
  const unread = unreadTensors(graph, program, written);
  const signature = objectIn(module, 'signature');
  const specs = listIn(signature, 'input_specs');
  const inputs = listIn(graph, 'inputs');
  const places = specs.flatMap((spec, place) => (unread.has(specName(spec)) ? [] : [place]));
  const at = afterParameters(places.map((place) => specs[place] ?? null));
  const added = written.tensors.map(({ name, label }) => ({
    spec: { parameter: { arg: { name }, parameter_name: label } },
    input: { as_tensor: { name } },
  }));
  const insert = (list: readonly Json[], more: readonly Json[]): readonly Json[] => {
    const kept = places.map((place) => list[place] ?? null);
    return [...kept.slice(0, at), ...more, ...kept.slice(at)];
  };
  const newInputs = insert(
    inputs,
    added.map(({ input }) => input),
  );
  const outputs = listIn(graph, 'outputs').map((output) => renamed(output, written.outputs));
  const newGraph = withValues({ ...graph, inputs: newInputs, outputs, nodes: written.calls }, written);
  const newSignature = {
    ...signature,
    input_specs: insert(
      specs,
      added.map(({ spec }) => spec),
    ),
    output_specs: listIn(signature, 'output_specs').map((spec) => renamed(spec, written.outputs)),
  };
  const known = definedIn(newGraph);
  const calls = listIn(module, 'module_call_graph').map((entry) => withoutLost(entry, known));
  const graphModule = { ...module, graph: newGraph, signature: newSignature, module_call_graph: calls };
  const dropped = new Set([...unread].flatMap((name) => program.held.get(name)?.label ?? []));
  // tied tensors have one name in the archive for each input
  for (const [name, { label }] of program.held) if (!unread.has(name)) dropped.delete(label);
  return { program: { ...before, graph_module: graphModule }, dropped };
}

/** Tensors that were read before and are not now, and those of modules of which all others have left (counters of batches). */
function unreadTensors(graph: JsonObject, program: AtenProgram, written: WrittenGraph): ReadonlySet<string> {
  const outputs = listIn(graph, 'outputs').flatMap(namesIn);
  const readBy = (calls: readonly Json[]): ReadonlySet<string> =>
    new Set([...outputs, ...calls.flatMap((call) => (isObject(call) ? readsOf(call) : []))]);
  const before = readBy(listIn(graph, 'nodes'));
  const now = readBy(written.calls);
  const gone = new Set([...program.held.keys()].filter((name) => before.has(name) && !now.has(name)));
  const moduleOf = (name: string): string => {
    const { label = '' } = program.held.get(name) ?? {};
    return label.slice(0, Math.max(0, label.lastIndexOf('.')));
  };
  const left = new Set([...gone].map(moduleOf));
  const lives = new Set([...program.held.keys()].filter((name) => now.has(name)).map(moduleOf));
  const idle = [...program.held.keys()].filter((name) => !before.has(name) && !now.has(name));
  return new Set([...gone, ...idle.filter((name) => left.has(moduleOf(name)) && !lives.has(moduleOf(name)))]);
}

function specName(spec: Json): string {
  if (!isObject(spec)) return '';
  const [content] = ['parameter', 'buffer', 'tensor_constant']
    .map((kind) => objectIn(spec, kind))
    .filter(hasArg);
  return content === undefined ? '' : textIn(objectIn(content, 'arg'), 'name');
}

const hasArg = (content: JsonObject): boolean => content.arg !== undefined;

/** Behind the last parameter; before all but tokens where there is none. */
function afterParameters(specs: readonly Json[]): number {
  const isParameter = (spec: Json): boolean => isObject(spec) && isObject(spec.parameter);
  const last = specs.map(isParameter).lastIndexOf(true);
  if (last >= 0) return last + 1;
  const first = specs.findIndex((spec) => !(isObject(spec) && isObject(spec.token)));
  return first < 0 ? specs.length : first;
}

/** With what is said of the values that there are now. */
function withValues(graph: JsonObject, { metas, sizes }: WrittenGraph): JsonObject {
  const known = definedIn(graph);
  const kept = (list: string): readonly (readonly [string, Json])[] =>
    Object.entries(objectIn(graph, list)).filter(([name]) => known.has(name));
  return {
    ...graph,
    tensor_values: Object.fromEntries([...kept('tensor_values'), ...metas]),
    sym_int_values: Object.fromEntries([...kept('sym_int_values'), ...sizes]),
    sym_bool_values: Object.fromEntries(kept('sym_bool_values')),
    ...(Object.hasOwn(graph, 'sym_float_values')
      ? { sym_float_values: Object.fromEntries(kept('sym_float_values')) }
      : {}),
  };
}

function definedIn(graph: JsonObject): ReadonlySet<string> {
  const calls = listIn(graph, 'nodes').flatMap((call) => (isObject(call) ? makesOf(call) : []));
  return new Set([...listIn(graph, 'inputs').flatMap(namesIn), ...calls]);
}

/** The signature of a module that was kept as one goes where a value that it names is merged. */
function withoutLost(entry: Json, known: ReadonlySet<string>): Json {
  if (!isObject(entry) || !isObject(entry.signature)) return entry;
  const { signature } = entry;
  const names = [...listIn(signature, 'inputs'), ...listIn(signature, 'outputs')].flatMap(namesIn);
  return names.every((name) => known.has(name)) ? entry : { ...entry, signature: null };
}
