import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import { callPath, PythonNames } from './pythonNames';

/** A call that writes or reads a model file, as it stands in a script. */
export interface ModelCall {
  readonly kind: 'write' | 'read';
  /** "torch.onnx.export"; ".save" for the method of an object of any kind. */
  readonly api: string;
  /** The path as the script has it. */
  readonly file: string;
  /** Where the call begins and ends, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

interface Api {
  readonly kind: ModelCall['kind'];
  /** Place of the path among the arguments, and its keyword. */
  readonly place: number;
  readonly keyword: string;
}

const APIS: ReadonlyMap<string, Api> = new Map([
  ['torch.onnx.export', { kind: 'write', place: 2, keyword: 'f' }],
  ['torch.export.save', { kind: 'write', place: 1, keyword: 'f' }],
  ['torch.jit.save', { kind: 'write', place: 1, keyword: 'f' }],
  ['torch.save', { kind: 'write', place: 1, keyword: 'f' }],
  ['onnx.save', { kind: 'write', place: 1, keyword: 'f' }],
  ['onnx.save_model', { kind: 'write', place: 1, keyword: 'f' }],
  ['onnx.load', { kind: 'read', place: 0, keyword: 'f' }],
  ['onnx.load_model', { kind: 'read', place: 0, keyword: 'f' }],
  ['torch.export.load', { kind: 'read', place: 0, keyword: 'f' }],
  ['torch.jit.load', { kind: 'read', place: 0, keyword: 'f' }],
  ['torch.load', { kind: 'read', place: 0, keyword: 'f' }],
  ['safetensors.torch.save_file', { kind: 'write', place: 1, keyword: 'filename' }],
  ['safetensors.torch.save_model', { kind: 'write', place: 1, keyword: 'filename' }],
  ['safetensors.torch.load_file', { kind: 'read', place: 0, keyword: 'filename' }],
  ['safetensors.torch.load_model', { kind: 'read', place: 1, keyword: 'filename' }],
  ['onnxruntime.InferenceSession', { kind: 'read', place: 0, keyword: 'path_or_bytes' }],
]);

/** `anything.save("x.pt")`: a ScriptModule, an ONNXProgram. */
const METHOD: Api = { kind: 'write', place: 0, keyword: 'f' };

/**
 * The calls of a Python script that write or read model files whose names the script tells: literals, names that are
 * assigned one literal, `Path`, `os.path.join`, `/`. What is computed when it runs, f-strings included, is left alone.
 */
export function modelCalls(source: string): readonly ModelCall[] {
  const text = withoutMagics(source);
  const tree = parser.parse(text);
  const names = new PythonNames(tree, text);
  const calls: ModelCall[] = [];
  tree.iterate({
    // a node is made when it is asked for: of the few that matter only
    enter: (ref) => {
      if (ref.name !== 'CallExpression') return;
      const call = modelCall(ref.node, names);
      if (call !== null) calls.push(call);
    },
  });
  return calls;
}

/** Lines of a notebook that are no Python ("%timeit", "!pip"), blanked so that every place stays where it is. */
function withoutMagics(source: string): string {
  return source.replace(/^[%!].*$/gm, (line) => ' '.repeat(line.length));
}

function modelCall(node: SyntaxNode, names: PythonNames): ModelCall | null {
  const callee = node.firstChild;
  const list = node.getChild('ArgList');
  if (callee === null || list === null) return null;
  const path = callPath(callee, names);
  const known = path === null ? undefined : APIS.get(path);
  const isMethod = known === undefined && names.text(callee).endsWith('.save');
  const api = known ?? (isMethod ? METHOD : undefined);
  if (api === undefined) return null;
  const argument = argumentOf(list, api, names);
  const file = argument === null ? null : names.path(argument);
  if (file === null || (isMethod && !/\.(onnx|pt2?|pth)$/i.test(file))) return null;
  return { kind: api.kind, api: isMethod ? '.save' : (path ?? ''), file, from: node.from, to: node.to };
}

/** The argument of a keyword, else that of a place, counted among those without keyword. */
function argumentOf(list: SyntaxNode, { place, keyword }: Api, names: PythonNames): SyntaxNode | null {
  const positional: (SyntaxNode | null)[] = [];
  let part: SyntaxNode[] = [];
  const finish = (): SyntaxNode | null => {
    const [first, operator, value] = part;
    part = [];
    if (first === undefined) return null;
    if (operator?.name === 'AssignOp') return names.text(first) === keyword ? (value ?? null) : null;
    // after *args nobody knows which place is which
    positional.push(first.name === '*' || first.name === '**' ? null : first);
    return null;
  };
  for (let child = list.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === '(' || child.name === 'Comment') continue;
    if (child.name !== ',' && child.name !== ')') {
      part.push(child);
      continue;
    }
    const found = finish();
    if (found !== null) return found;
  }
  const before = positional.slice(0, place + 1);
  return before.includes(null) ? null : (before[place] ?? null);
}
