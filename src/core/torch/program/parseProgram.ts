import type { ValueType } from '../../ir/model';
import type { Archive } from '../archive/archive';
import type { Argument, AtenProgram, HeldTensor } from './atenGraph';
import { field, list, parseJson, record, text, unexpected, variant, type JsonRecord } from './json';
import { listedSignature, refuseInlineConstants } from './firstSignature';
import { programParts, type ProgramParts } from './layout';
import { parseArgument } from './parseArguments';
import { parseGraph } from './parseGraph';

/** A graph of 100,000 nodes; larger ones would not fit into memory as objects. */
const MOST_GRAPH_BYTES = 2 ** 28;

/** The major version of the schema that is read: fields may be added without changing it. */
const SCHEMA = 8;
/** That of PyTorch 2.1. */
const OLDEST_SCHEMA = 1;

/**
 * The program of an archive of `torch.export.save`, its weights not read yet.
 * @throws ProblemError `bad-input` for a damaged program, `unsupported` for what is not read here.
 */
export function parseProgram(archive: Archive, entry: string): AtenProgram {
  const program = record(parseJson(archive.read(entry, MOST_GRAPH_BYTES), entry), 'the program');
  const schema = schemaOf(program);
  const module = record(field(program, 'graph_module'), 'the graph module');
  refuseInlineConstants(record(field(module, 'graph'), 'the graph'));
  const graph = parseGraph(field(module, 'graph'));
  const signature = listedSignature(record(field(module, 'signature'), 'the signature'));
  const parts = programParts(archive, entry);
  const userInputs: string[] = [];
  const held = new Map<string, HeldTensor>();
  for (const spec of list(field(signature, 'input_specs'), 'the list of inputs')) {
    const [kind, content] = variant(spec, 'an input');
    const found = heldInput(kind, record(content, 'an input'), parts);
    if (found !== null) {
      checkType(found.held, graph.types.get(found.name));
      held.set(found.name, found.held);
    }
    const name = kind === 'user_input' ? argumentName(record(content, 'an input')) : null;
    if (name !== null) userInputs.push(name);
  }
  const userOutputs = list(field(signature, 'output_specs'), 'the list of outputs').flatMap((spec) => {
    const [kind, content] = variant(spec, 'an output');
    const name = kind === 'user_output' ? argumentName(record(content, 'an output')) : null;
    return name === null ? [] : [name];
  });
  const version = field(program, 'torch_version');
  const producer = `PyTorch ${typeof version === 'string' ? version : ''}`.trim();
  return { graph, userInputs, userOutputs, held, producer, schema };
}

function schemaOf(program: JsonRecord): number {
  const version = field(program, 'schema_version');
  // a number of its own until PyTorch 2.3
  const major =
    typeof version === 'object' && version !== null ? field(version as JsonRecord, 'major') : version;
  if (typeof major !== 'number' || major < OLDEST_SCHEMA || major > SCHEMA) {
    return unexpected('its schema version', `${String(major)}, and ${SCHEMA} is known`);
  }
  return major;
}

/** The list of weights and the graph say the same of a tensor. */
function checkType({ label, tensor }: HeldTensor, type: ValueType | undefined): void {
  if (type === undefined) return;
  const isSame = tensor.dtype === type.dtype && tensor.dims.length === type.dims?.length;
  if (!isSame || tensor.dims.some((dim, axis) => dim !== type.dims?.[axis]))
    unexpected(`the tensor "${label}"`, 'of another type or shape in the graph');
}

/** Which list holds the tensors of an input, and what that calls them. */
const HELD: ReadonlyMap<string, string> = new Map([
  ['parameter', 'parameter_name'],
  ['buffer', 'buffer_name'],
  ['tensor_constant', 'tensor_constant_name'],
]);

function heldInput(
  kind: string,
  spec: JsonRecord,
  { weights, constants }: ProgramParts,
): { readonly name: string; readonly held: HeldTensor } | null {
  const key = HELD.get(kind);
  if (key === undefined) return null;
  const label = text(field(spec, key), 'the name of a weight');
  // buffers that are not persistent lie among the constants
  const tensor = weights.get(label) ?? constants.get(label);
  if (tensor === undefined)
    return unexpected(`the tensor "${label}"`, 'not in the archive, or of a class of its own');
  return {
    name: text(field(record(field(spec, 'arg'), 'an input'), 'name'), 'the name of an input'),
    held: { label, tensor },
  };
}

/** The name of a tensor or a size that a caller gives or gets; null for numbers and texts, which are part of the program. */
function argumentName(spec: JsonRecord): string | null {
  const argument: Argument = parseArgument(field(spec, 'arg'), (graph) => parseGraph(graph));
  return argument.kind === 'tensor' || argument.kind === 'size' ? argument.name : null;
}
