import type { Argument, AtenGraph, AtenNode } from './atenGraph';
import { entriesOf, field, list, record, text, unexpected, type JsonRecord } from './json';
import { parseArgument, parseStrides, parseTensorType } from './parseArguments';

/** Graphs that are arguments of calls lie inside one another; none of a real model lies this deep. */
const MOST_DEPTH = 20;

/** A graph of the program's JSON. @throws ProblemError `bad-input` that says which part is not as the schema has it. */
export function parseGraph(value: unknown, depth = 0): AtenGraph {
  if (depth > MOST_DEPTH) unexpected('a graph within a graph', 'too deep');
  const graph = record(value, 'the graph');
  const argument = (one: unknown): Argument => parseArgument(one, (inner) => parseGraph(inner, depth + 1));
  const types = typeEntries(field(graph, 'tensor_values'));
  const inputs = list(field(graph, 'inputs'), 'the list of inputs').map(argument);
  return {
    inputs: inputs.map((input) => ('name' in input ? input.name : '')),
    outputs: list(field(graph, 'outputs'), 'the list of outputs').map(argument),
    nodes: list(field(graph, 'nodes'), 'the list of nodes').map((node, place) =>
      parseNode(record(node, 'a node'), place, argument),
    ),
    types: new Map(types.map(([name, type]) => [name, parseTensorType(type)])),
    strides: new Map(types.map(([name, type]) => [name, parseStrides(type)])),
  };
}

/** The types of tensors by name. The first versions wrapped each in a record of its own. */
function typeEntries(value: unknown): readonly (readonly [string, unknown])[] {
  return entriesOf(value, 'the list of tensors').map(([name, type]) => {
    const wrapped = field(record(type, 'the type of a tensor'), 'meta');
    return [name, wrapped ?? type] as const;
  });
}

/** A single call, as one of a graph. */
export function parseCall(value: unknown): AtenNode {
  return parseNode(record(value, 'a node'), 0, (one) => parseArgument(one, (inner) => parseGraph(inner, 1)));
}

function parseNode(node: JsonRecord, place: number, argument: (value: unknown) => Argument): AtenNode {
  const args = new Map<string, Argument>();
  for (const input of list(field(node, 'inputs'), 'the inputs of a node')) {
    const named = record(input, 'an input');
    const value = argument(field(named, 'arg'));
    // calls that take any number of arguments give them no names
    const name = text(field(named, 'name'), 'the name of an input');
    args.set(name === '' || args.has(name) ? String(args.size) : name, value);
  }
  const outputs = list(field(node, 'outputs'), 'the outputs of a node').map(argument);
  const { target, overload } = splitTarget(text(field(node, 'target'), 'the target of a node'));
  return { name: nodeName(outputs, place), target, overload, args, outputs, module: modulePathOf(node) };
}

/** "torch.ops.aten.conv2d.default" → aten.conv2d, default. "_operator.mul" → _operator.mul, ''. */
function splitTarget(target: string): Pick<AtenNode, 'target' | 'overload'> {
  const parts = target.replace(/^torch\.ops\./, '').split('.');
  if (!target.startsWith('torch.ops.') || parts.length < 3) return { target: parts.join('.'), overload: '' };
  return { target: parts.slice(0, -1).join('.'), overload: parts.at(-1) ?? '' };
}

function nodeName(outputs: readonly Argument[], place: number): string {
  const [first] = outputs;
  if (first !== undefined && 'name' in first) return first.name;
  return first?.kind === 'tensors' ? (first.names[0] ?? `node_${place}`) : `node_${place}`;
}

/** The last module of "L__self__,,Net;L__self___conv,conv,torch.nn.Conv2d;…": "conv". */
function modulePathOf(node: JsonRecord): string {
  const metadata = field(node, 'metadata');
  if (typeof metadata !== 'object' || metadata === null) return '';
  const stack = field(metadata as JsonRecord, 'nn_module_stack');
  if (typeof stack !== 'string') return '';
  const path = stack.split(';').at(-1)?.split(',')[1] ?? '';
  return MODULE_PATH.test(path) ? path : '';
}

const MODULE_PATH = /^\w+(\.\w+)*$/;
