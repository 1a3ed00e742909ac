import type { Model } from '../ir/model';
import type { EncodedModel } from '../onnx/encode';
import { raise } from '../result';
import { zipChunks } from './archive/zipWriter';
import { torchSource, type TorchSource } from './torchSource';
import { lowerProgram } from './lower/lowerProgram';
import { archiveContents, isWritableArchive } from './write/archiveContents';
import { writeGraph } from './write/graphWriter';
import { isObject, objectIn, parseTagged } from './write/taggedJson';
import { writtenProgram } from './write/writtenProgram';

const MOST_GRAPH_BYTES = 2 ** 28;

/** The schema that PyTorch 2.6 and later read. */
const SCHEMA = 8;

/** Whether a model can be written as `.pt2`: it comes from one that PyTorch still reads. */
export function writesTorch(model: Model): boolean {
  const source = torchSource(model);
  return source !== null && isWritable(source);
}

/**
 * Writes a model that came from a `.pt2` as one: the program that was read, with other calls where its graph has changed. Tensors
 * that stay are copied byte for byte, new ones are computed when the writer reaches them.
 * @throws ProblemError `usage` for a model of another format, `unsupported` with the reason where the graph can't be written so.
 */
export function encodeTorch(model: Model): EncodedModel {
  const source = torchSource(model);
  if (source === null)
    return raise(
      'usage',
      'Only a model that was read from a .pt2 can be written as one; name the output .onnx.',
    );
  const { archive, entry, program } = source;
  if (!isWritable(source))
    return raise(
      'unsupported',
      'The .pt2 is of a PyTorch before 2.6, whose programs later ones do not load; export the model again, or name the output .onnx.',
    );
  checkInputs(model, lowerProgram(program));
  const text = new TextDecoder().decode(archive.read(entry, MOST_GRAPH_BYTES));
  const before = parseTagged(text);
  if (!isObject(before)) return raise('bad-input', `"${entry}" in the archive is no program.`);
  const rawGraph = objectIn(objectIn(before, 'graph_module'), 'graph');
  const written = writeGraph(program, rawGraph, model.graph);
  const { program: after, dropped } = writtenProgram(before, program, written);
  const { tensors, metas } = written;
  const meta = (name: string) => metas.get(name) ?? {};
  const trains = tensors.some(({ name }) => meta(name).requires_grad === true);
  const contents = archiveContents(archive, { entry, program: after, dropped, tensors, trains, meta });
  return { main: zipChunks(contents), external: [] };
}

function isWritable({ archive, entry, program }: TorchSource): boolean {
  return program.schema === SCHEMA && isWritableArchive(archive, entry);
}

/** An input of another shape would need other symbols, and other guards. */
function checkInputs({ graph }: Model, original: Model): void {
  const shapes = (inputs: Model['graph']['inputs']): string =>
    JSON.stringify(inputs.map(({ name, type }) => [name, type?.dims]));
  if (shapes(graph.inputs) !== shapes(original.graph.inputs))
    raise(
      'unsupported',
      "A .pt2 keeps the shapes of its inputs, so its batch can't be left open; name the output .onnx.",
    );
}
