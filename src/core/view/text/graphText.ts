import { modulePath } from '../../ir/modulePath';
import type { Attribute, Graph, Model, Node, ValueInfo } from '../../ir/model';
import { onnxSource } from '../../onnx/source';
import { callOf } from '../callOf';
import { attributeText } from './attributeText';
import { identifier } from './identifier';
import { moduleRuns } from './moduleRuns';
import { isSparse, tensorDataText, tensorTypeText, type TensorTextOptions } from './tensorText';
import type { TextWriter } from './textWriter';
import { valueInfoText } from './typeText';

/** Lines that belong together; an editor folds them under the first. */
export interface Fold {
  readonly kind: 'module' | 'weights' | 'graph' | 'function';
  /** The module's path, or the name of the graph or function. */
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** What printing a graph adds to: the text, and where its parts are. */
export interface GraphSink {
  readonly writer: TextWriter;
  readonly options: TensorTextOptions;
  readonly folds: Fold[];
  /** The line of each node, and where its name, or for want of one its operator, begins. */
  readonly nodeLines: Map<Node, number>;
}

const STEP = '   ';

export function graphSink(model: Model, writer: TextWriter, inline: number): GraphSink {
  const options = { source: onnxSource(model), inline };
  return { writer, options, folds: [], nodeLines: new Map() };
}

/** `name (inputs) => (outputs) <weights> { nodes }`. @param indent what its closing brace stands behind. */
export function writeGraph(sink: GraphSink, graph: Graph, indent = ''): void {
  const { writer } = sink;
  const first = writer.line;
  writer.add(`${identifier(graph.name === '' ? 'graph' : graph.name)} `);
  writePorts(sink, graph.inputs, 'defined');
  writer.add(' => ');
  writePorts(sink, graph.outputs, 'used');
  writer.end();
  writeWeights(sink, graph, indent);
  writeBody(sink, graph.nodes, graph, indent);
  sink.folds.push({ kind: 'graph', name: graph.name, first, last: writer.line });
}

/** `{ nodes }`, with a comment over each module. */
export function writeBody(sink: GraphSink, nodes: readonly Node[], graph: Graph | null, indent = ''): void {
  const { writer, folds } = sink;
  const inner = indent + STEP;
  writer.add(`${indent}{`).end();
  const runs = moduleRuns(nodes.map((node) => pathOf(node, graph)));
  const open: { readonly module: string; readonly first: number; readonly to: number }[] = [];
  let next = 0;
  nodes.forEach((node, place) => {
    for (; runs[next]?.from === place; next++) {
      const { module, from, to } = runs[next] as (typeof runs)[number];
      open.push({ module, to, first: writer.line });
      writer.add(`${inner}# ${printable(module)}, ${to - from} nodes`).end();
    }
    writeNode(sink, node, inner);
    for (let run = open.at(-1); run !== undefined && run.to === place + 1; run = open.at(-1)) {
      open.pop();
      folds.push({ kind: 'module', name: run.module, first: run.first, last: writer.line - 1 });
    }
  });
  writer.add(`${indent}}`);
}

function printable(module: string): string {
  return module.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

/** The module that a node's own name tells, or else its weights' names; null where neither does. */
function pathOf(node: Node, graph: Graph | null): string | null {
  if (node.name.startsWith('/')) return modulePath([node.name]);
  const weights = node.inputs.filter((input) => graph?.initializers.has(input));
  const path = modulePath([node.name], weights);
  return path === '' ? null : path;
}

function writePorts(
  { writer, options }: GraphSink,
  ports: readonly ValueInfo[],
  role: 'defined' | 'used',
): void {
  writer.add('(');
  ports.forEach((port, place) => {
    if (place > 0) writer.add(', ');
    writer.add(`${valueInfoText(port, options.source)} `).value(port.name, role);
  });
  writer.add(')');
}

function writeWeights(sink: GraphSink, { initializers }: Graph, indent: string): void {
  if (initializers.size === 0) return;
  const { writer, options, folds } = sink;
  const first = writer.line;
  writer.add(`${indent}<`).end();
  const dense = [...initializers].filter(([, tensor]) => !isSparse(tensor, options));
  dense.forEach(([name, tensor], place) => {
    writer.add(`${indent}${STEP}${tensorTypeText(tensor, options)} `).value(name, 'defined');
    writer.add(` = ${tensorDataText(tensor, options)}${place < dense.length - 1 ? ',' : ''}`).end();
  });
  for (const [name, tensor] of initializers) {
    if (!isSparse(tensor, options)) continue;
    writer
      .add(`${indent}${STEP}# sparse [${tensor.dims.join(',')}] `)
      .value(name, 'defined')
      .end();
  }
  folds.push({ kind: 'weights', name: '', first, last: writer.line });
  writer.add(`${indent}>`).end();
}

function writeNode(sink: GraphSink, node: Node, indent: string): void {
  const { writer, nodeLines, options } = sink;
  nodeLines.set(node, writer.line);
  writer.add(`${indent}[${identifier(node.name)}] `).values(node.outputs, 'defined');
  writer.add(` = ${operator(node)}`);
  const plain: string[] = [];
  const graphs: [string, Attribute & { kind: 'graph' | 'graphs' }][] = [];
  for (const [name, attribute] of node.attributes) {
    if (attribute.kind === 'graph' || attribute.kind === 'graphs') graphs.push([name, attribute]);
    else {
      const text = attributeText(name, attribute, options);
      if (text !== null) plain.push(text);
    }
  }
  // the grammar wants attributes before the inputs, but a body is easier to read behind them
  if (graphs.length === 0 && plain.length > 0) writer.add(` <${plain.join(', ')}>`);
  writer.add(' (').values(node.inputs, 'used').add(')');
  if (graphs.length > 0) {
    writer.add(` <${plain.join(', ')}`);
    graphs.forEach(([name, attribute], place) => {
      if (place > 0 || plain.length > 0) writer.add(', ');
      writeGraphAttribute(sink, name, attribute, indent);
    });
    writer.add('>');
  }
  writer.end();
}

function writeGraphAttribute(
  sink: GraphSink,
  name: string,
  attribute: Attribute & { kind: 'graph' | 'graphs' },
  indent: string,
): void {
  sink.writer.add(`${identifier(name)}: ${attribute.kind} = `);
  if (attribute.kind === 'graph') {
    writeGraph(sink, attribute.value, indent + STEP);
    return;
  }
  sink.writer.add('[');
  attribute.value.forEach((graph, place) => {
    if (place > 0) sink.writer.add(', ');
    writeGraph(sink, graph, indent + STEP);
  });
  sink.writer.add(']');
}

function operator(node: Node): string {
  const { domain, opType, origin } = node;
  // an overload of PyTorch is none of ONNX
  const overload =
    origin.kind === 'file' && callOf(node) === null ? (origin.ref as { overload?: string }).overload : '';
  return `${domain === '' ? '' : `${domain}.`}${opType}${overload ? `:${overload}` : ''}`;
}
