import type { AttributeSpec, NodeSpec, OnnxSpec, TensorSpec, TypeSpec } from '../onnxBuilder';

/** A graph as text: one line an input, constant and node, in the order of the file. */
export function printGraph(spec: OnnxSpec): string {
  const lines = [`opset ${spec.opset ?? 17}`];
  for (const [name, type] of Object.entries(spec.inputs ?? {}))
    lines.push(`input ${name}: ${typeText(type)}`);
  for (const [name, tensor] of Object.entries(spec.initializers ?? {}))
    lines.push(`constant ${name} = ${tensorText(tensor)}`);
  for (const { name, inputs, outputs, nodes } of spec.functions ?? []) {
    lines.push(`function ${name}(${inputs.join(', ')}) → ${outputs.join(', ')} {`);
    lines.push(...nodes.map((node) => `  ${nodeText(node)}`), '}');
  }
  lines.push(...spec.nodes.map(nodeText));
  for (const name of Object.keys(spec.outputs ?? {})) lines.push(`output ${name}`);
  return lines.join('\n');
}

function nodeText({ op, inputs, outputs, attrs = {} }: NodeSpec): string {
  const settings = Object.entries(attrs).map(([name, value]) => `${name}=${attributeText(value)}`);
  const text = settings.length === 0 ? '' : ` {${settings.join(', ')}}`;
  return `${outputs.join(', ')} = ${op}(${inputs.join(', ')})${text}`;
}

function typeText([dtype, dims]: TypeSpec): string {
  return `${dtype}[${dims === null ? '…' : dims.map((dim) => dim ?? '?').join(', ')}]`;
}

/** All of a small tensor's elements, the first of a large one's. */
function tensorText({ dtype = 'float32', dims, data }: TensorSpec): string {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const shown = Math.min(count, 12);
  const values = Array.from({ length: shown }, (_, i) => (typeof data === 'function' ? data(i) : data[i]!));
  const numbers = values.map((value) => Number(value.toPrecision(4)));
  return `${dtype}[${dims.join(', ')}] {${numbers.join(', ')}${shown < count ? ', …' : ''}}`;
}

function attributeText(value: AttributeSpec): string {
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  if ('float' in value) return String(value.float);
  if ('ints' in value) return `[${value.ints.join(', ')}]`;
  if ('tensor' in value) return tensorText(value.tensor);
  if ('graph' in value) return `{ ${value.graph.nodes.map(nodeText).join('; ')} }`;
  return 'length' in value ? `[${value.join(', ')}]` : '…';
}
