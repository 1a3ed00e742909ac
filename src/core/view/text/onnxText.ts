import type { Detection } from '../../detect/detect';
import type { Block, Refusal } from '../../detect/block';
import type { Model, ModelFunction, Node } from '../../ir/model';
import { onnxSource } from '../../onnx/source';
import { mergedTitle } from '../mergedTitle';
import { attributeText } from './attributeText';
import { graphSink, writeBody, writeGraph, type Fold, type GraphSink } from './graphText';
import { identifier, quoted } from './identifier';
import { TextWriter } from './textWriter';
import { typeText } from './typeText';

/**
 * A model in ONNX's own textual syntax, and where in it everything is. Lines and columns count from 0.
 *
 * Departures from what ONNX's printer writes, all of which its parser reads: weights of more than `inline` elements are
 * `["elided": "36864 values"]`; every weight has a line of its own; a node without a name has the one that
 * RepLens calls it by; a comment heads each module; shapes of inner values, doc strings and metadata are left out.
 */
export interface OnnxText {
  readonly text: string;
  /** Values by number; the body of a function numbers its own. */
  readonly names: readonly string[];
  /** Their types, "float[N,64,56,56]", as far as they are known; '' where not. */
  readonly types: readonly string[];
  /** Four numbers an occurrence of a value, in the text's order: line, column, end column, 2 · value + (1 where it is defined). */
  readonly places: Int32Array;
  readonly nodes: readonly TextNode[];
  readonly folds: readonly Fold[];
  readonly blocks: readonly TextBlock[];
}

export interface TextNode {
  readonly name: string;
  readonly opType: string;
  readonly line: number;
}

export interface TextBlock {
  readonly id: string;
  readonly family: string;
  readonly status: Block['status'];
  readonly branches: number;
  /** "Conv 3×3": what it becomes; null for a refused block. */
  readonly merged: string | null;
  readonly refusal: Refusal | null;
  /** The first line of its nodes, and all of them. */
  readonly line: number;
  readonly lines: readonly number[];
  /** The lines that the refusal points at; those of the block where it names none. */
  readonly faultLines: readonly number[];
}

export interface OnnxTextOptions {
  /** Tensors of no more elements than this are written out. */
  readonly inline?: number;
}

/** Shapes and axes are worth reading; kernels are not. */
const INLINE = 8;

export function onnxText(detection: Detection, { inline = INLINE }: OnnxTextOptions = {}): OnnxText {
  const model = detection.analysis.original;
  const writer = new TextWriter();
  const sink = graphSink(model, writer, inline);
  writeHeader(writer, model);
  writeGraph(sink, model.graph);
  writer.end();
  const own = writer.valueCount;
  for (const fn of model.functions) writeFunction(sink, fn);
  const { text, names, places } = writer.finish();
  return {
    text,
    names,
    types: typesOf(detection, names, own),
    places,
    nodes: [...sink.nodeLines].map(([{ name, opType }, line]) => ({ name, opType, line })),
    folds: sink.folds,
    blocks: blocksIn(detection, sink.nodeLines),
  };
}

function writeHeader(writer: TextWriter, model: Model): void {
  const proto = onnxSource(model)?.proto;
  const opsets = [...model.opsets].map(([domain, version]) => `${quoted(domain)} : ${version}`);
  const entries = [
    ...(proto === undefined ? [] : [`ir_version: ${proto.irVersion}`]),
    `opset_import: [${opsets.join(', ')}]`,
    ...(proto?.producerName ? [`producer_name: ${quoted(proto.producerName)}`] : []),
    ...(proto?.producerVersion ? [`producer_version: ${quoted(proto.producerVersion)}`] : []),
  ];
  writer.add('<').end();
  entries.forEach((entry, place) => writer.add(`   ${entry}${place < entries.length - 1 ? ',' : ''}`).end());
  writer.add('>').end();
}

function writeFunction(sink: GraphSink, fn: ModelFunction): void {
  const { writer, options, folds } = sink;
  const proto = options.source?.records.functions.get(fn);
  const opsets = (proto?.opsetImport ?? []).map(({ domain, version }) => `${quoted(domain)} : ${version}`);
  writer.newScope();
  writer.add('<').end();
  writer.add(`   domain: ${quoted(fn.domain)},`).end();
  if (fn.overload !== '') writer.add(`   overload: ${quoted(fn.overload)},`).end();
  writer.add(`   opset_import: [${opsets.join(', ')}]`).end();
  writer.add('>').end();
  const first = writer.line;
  const defaults = [...fn.attributeDefaults].map(([name, value]) => attributeText(name, value, options));
  const attributes = [...(proto?.attribute ?? []), ...defaults.filter((text) => text !== null)];
  writer.add(`${identifier(fn.name)} ${attributes.length > 0 ? `<${attributes.join(', ')}> ` : ''}(`);
  writer.values(fn.inputs, 'defined').add(') => (').values(fn.outputs, 'used').add(')').end();
  writeBody(sink, fn.nodes, null);
  folds.push({ kind: 'function', name: fn.name, first, last: writer.line });
  writer.end();
}

/** The main graph's `own` first values have types; those of the functions' bodies are others at each call. */
function typesOf({ analysis }: Detection, names: readonly string[], own: number): readonly string[] {
  const { types, constants } = analysis.facts;
  return names.map((name, place) => {
    if (place >= own) return '';
    const type = types.get(name) ?? constants.get(name);
    return type === undefined ? '' : typeText(type);
  });
}

function blocksIn({ blocks }: Detection, lines: ReadonlyMap<Node, number>): readonly TextBlock[] {
  return blocks.map((block): TextBlock => {
    const atFault = new Set(block.refusal?.nodes ?? []);
    const own = linesOf(block.region.nodes, lines);
    const faulty = linesOf(
      block.region.nodes.filter((node) => atFault.has(node.name)),
      lines,
    );
    return {
      id: block.id,
      family: block.family,
      status: block.status,
      branches: block.branches.length,
      merged: mergedTitle(block),
      refusal: block.refusal,
      line: own[0] ?? 0,
      lines: own,
      faultLines: faulty.length > 0 ? faulty : own.slice(0, 1),
    };
  });
}

/** In ascending order, each once. A node of a function stands where the graph calls it. */
function linesOf(nodes: readonly Node[], lines: ReadonlyMap<Node, number>): readonly number[] {
  const found = new Set<number>();
  for (const node of nodes) {
    let written = node;
    while (written.origin.kind === 'inlined') written = written.origin.call;
    const line = lines.get(written);
    if (line !== undefined) found.add(line);
  }
  return [...found].sort((a, b) => a - b);
}
