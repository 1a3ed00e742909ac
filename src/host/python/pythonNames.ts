import type { SyntaxNode, Tree } from '@lezer/common';
import { stringValue } from './stringValue';

/** What names stand for in a notebook or script that does not import them itself. */
const USUAL: Readonly<Record<string, string>> = { ort: 'onnxruntime' };

const BINDING = new Set(['ParamList', 'ForStatement', 'WithStatement', 'UpdateStatement']);

/** Longer expressions than anybody writes by hand are not looked into. */
const DEEPEST = 20;

/** What the names of a script stand for: imported modules, and literals that are assigned once. */
export class PythonNames {
  readonly #imports = new Map<string, string>();
  /** null: assigned more than once, or by something that is no literal. */
  readonly #values = new Map<string, SyntaxNode | null>();

  constructor(
    tree: Tree,
    private readonly source: string,
  ) {
    tree.iterate({
      // a node is made when it is asked for: of the few that matter only
      enter: (ref) => {
        if (ref.name === 'ImportStatement') this.#addImport(ref.node);
        else if (ref.name === 'AssignStatement') this.#addAssignment(ref.node);
        else if (BINDING.has(ref.name)) this.#addBound(ref.node);
      },
    });
  }

  text({ from, to }: SyntaxNode): string {
    return this.source.slice(from, to);
  }

  /** "torch.onnx" for a name that it was imported as; the name itself where nothing is known of it. */
  module(name: string): string {
    return this.#imports.get(name) ?? USUAL[name] ?? name;
  }

  /** The path that an expression gives; null where only a run can tell. */
  path(node: SyntaxNode, depth = 0): string | null {
    if (depth > DEEPEST) return null;
    const inner = (child: SyntaxNode | null): string | null =>
      child === null ? null : this.path(child, depth + 1);
    switch (node.name) {
      case 'String':
        return stringValue(this.text(node));
      case 'ContinuedString':
        return this.#joined(node);
      case 'VariableName':
        return inner(this.#values.get(this.text(node)) ?? null);
      case 'ParenthesizedExpression':
        return inner(node.firstChild?.nextSibling ?? null);
      case 'BinaryExpression':
        return this.#divided(node, inner);
      case 'CallExpression':
        return this.#called(node, inner);
      default:
        return null;
    }
  }

  #joined(node: SyntaxNode): string | null {
    const parts = children(node).map((part) =>
      part.name === 'String' ? stringValue(this.text(part)) : null,
    );
    return parts.includes(null) ? null : parts.join('');
  }

  /** `Path("runs") / "x.onnx"`. */
  #divided(node: SyntaxNode, inner: (child: SyntaxNode | null) => string | null): string | null {
    const [left, operator, right] = children(node);
    if (operator === undefined || this.text(operator) !== '/') return null;
    return joined([inner(left ?? null), inner(right ?? null)]);
  }

  /** `Path("x")`, `str(Path("x"))`, `os.path.join("runs", "x")`. */
  #called(node: SyntaxNode, inner: (child: SyntaxNode | null) => string | null): string | null {
    const callee = node.firstChild;
    const list = node.getChild('ArgList');
    const path = callee === null ? null : callPath(callee, this);
    if (path === null || list === null) return null;
    const parts = children(list).filter(({ name }) => name !== '(' && name !== ')' && name !== ',');
    const isJoin = path === 'os.path.join' || path === 'pathlib.Path' || path === 'Path';
    if (isJoin) return joined(parts.map(inner));
    return (path === 'str' || path === 'os.fspath') && parts.length === 1 ? inner(parts[0] ?? null) : null;
  }

  /** `import torch.onnx as t, onnx` and `from torch.onnx import export as e`. */
  #addImport(node: SyntaxNode): void {
    let from = '';
    let path = '';
    let inFrom = false;
    const finish = (as: string): void => {
      if (from !== '') this.#imports.set(as, `${from}.${path}`);
      // "import torch.onnx" binds "torch"
      else if (as !== path) this.#imports.set(as, path);
      path = '';
    };
    let alias: string | null = null;
    let afterAs = false;
    for (const child of children(node)) {
      const word = this.text(child);
      if (child.name === 'from') inFrom = true;
      else if (child.name === '(' || child.name === ')') continue;
      else if (child.name === 'import') {
        if (inFrom) from = path;
        path = '';
      } else if (child.name === 'as') afterAs = true;
      else if (child.name === ',') {
        finish(alias ?? path);
        alias = null;
      } else if (child.name === 'VariableName' && afterAs) {
        alias = word;
        afterAs = false;
      } else path += word;
    }
    if (path !== '') finish(alias ?? path);
  }

  #addAssignment(node: SyntaxNode): void {
    const [target, operator, value, ...more] = children(node);
    if (target?.name !== 'VariableName') return;
    const name = this.text(target);
    const plain = operator !== undefined && this.text(operator) === '=' && more.length === 0;
    this.#values.set(name, plain && value !== undefined && !this.#values.has(name) ? value : null);
  }

  /** Names that get their value from something else than a plain assignment: parameters, loops, `with … as`, `+=`. */
  #addBound(node: SyntaxNode): void {
    let before = '';
    for (const child of children(node)) {
      const isRead = before === 'AssignOp' || before === 'in' || before === 'with';
      if (child.name === 'VariableName' && !isRead) this.#values.set(this.text(child), null);
      before = child.name;
    }
  }
}

/** "torch.onnx.export" for what a call calls; null for anything but dotted names. */
export function callPath(callee: SyntaxNode, names: PythonNames): string | null {
  const text = names.text(callee).replace(/\s+/g, '');
  if (!/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(text)) return null;
  const [first = '', ...rest] = text.split('.');
  return [names.module(first), ...rest].join('.');
}

function joined(parts: readonly (string | null)[]): string | null {
  if (parts.length === 0 || parts.includes(null)) return null;
  return parts.reduce<string>(
    (path, part) =>
      path === '' || part?.startsWith('/') ? (part ?? '') : `${path.replace(/\/$/, '')}/${part ?? ''}`,
    '',
  );
}

function children(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}
