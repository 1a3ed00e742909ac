import type { Model } from '../ir/model';
import { decodeTensorFile } from '../onnx/tensorFile';
import { bakedSizes } from '../passes/bakedSizes';
import { inputDims } from '../passes/inputDims';
import { raise } from '../result';
import { toNdArray } from '../tensor/convert';
import { elementCount, type NdArray } from '../tensor/tensor';
import { fitArray, type InputPort } from './fitArray';
import type { GivenSample } from './givenSample';
import { MOST_ELEMENTS, MOST_FILE_BYTES } from './limits';
import { isNpy, readNpy } from './npy';
import { isZip } from '../torch/archive/zipDirectory';
import { readNpz } from './npz';
import { pictureKind, readPicture, type DecodePicture } from './picture';
import { pictureLayout, pictureTensor } from './pictureTensor';
import type { PixelScale } from './pixelScale';

export interface InputFile {
  /** Without its folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ReadOptions {
  readonly decodePicture: DecodePicture;
  /** `unit` when left out. */
  readonly pixels?: PixelScale;
  /** Sizes for pictures where the model leaves them open, by symbol. */
  readonly sizes?: ReadonlyMap<string, number>;
}

/** What pictures are made where neither the model nor anybody else says a size. */
const PLAIN_SIZE = 224;

/**
 * Samples from files, told apart by their content: `.npz` and pictures make one sample each, and so does an `.npy` or a tensor
 * file of a model with one input; for more inputs the files that are named after them make one sample together.
 * @throws ProblemError `bad-input` and `unsupported`: which file, and why it does not fit the model.
 */
export async function readSamples(
  model: Model,
  files: readonly InputFile[],
  options: ReadOptions,
): Promise<readonly GivenSample[]> {
  const ports = inputPorts(model);
  const samples: GivenSample[] = [];
  const parts = new Map<string, Named>();
  for (const file of files) {
    if (file.bytes.length > MOST_FILE_BYTES)
      raise(
        'unsupported',
        `"${file.name}" has more than ${MOST_FILE_BYTES / 2 ** 20} MB; give a smaller file.`,
      );
    const kind = pictureKind(file.bytes);
    if (kind !== null) {
      const picture = await readPicture(file.bytes, kind, file.name, options.decodePicture);
      const port = onlyPort(ports, file.name);
      const dims = pictureDims(model, port, picture, options.sizes);
      const array = pictureTensor(picture, { ...port, dims }, options.pixels ?? 'unit', file.name);
      samples.push(sampleOf(file.name, ports, new Map([[port.name, { array, file: file.name }]])));
    } else if (isZip(file.bytes)) {
      samples.push(sampleOf(file.name, ports, byName(readNpz(file.bytes, file.name), ports, file.name)));
    } else {
      const part = readPart(file, ports);
      if (ports.length === 1) samples.push(sampleOf(file.name, ports, new Map([part])));
      else parts.set(...part);
    }
  }
  if (parts.size > 0)
    samples.push(sampleOf([...parts.values()].map(({ file }) => file).join(' + '), ports, parts));
  return samples;
}

interface Named {
  readonly array: NdArray;
  readonly file: string;
}

function inputPorts(model: Model): readonly InputPort[] {
  const dims = inputDims(model.graph);
  return model.graph.inputs
    .filter(({ name }) => !model.graph.initializers.has(name))
    .map(({ name, type }) => {
      const sizes = dims.get(name);
      if (sizes === undefined)
        raise('unsupported', `Input "${name}" has no known rank, so nothing can be given to it.`);
      return { name, dtype: type?.dtype ?? 'float32', dims: sizes };
    });
}

function onlyPort(ports: readonly InputPort[], file: string): InputPort {
  const [port] = ports;
  if (port !== undefined && ports.length === 1) return port;
  const names = ports.map(({ name }) => name).join(', ');
  return raise(
    'bad-input',
    `"${file}" is one picture, but the model has the inputs ${names}; give an .npz file.`,
  );
}

/** The sizes a picture is to have: the model's, else those chosen, those that an exporter baked in, or the usual one. */
function pictureDims(
  model: Model,
  { dims }: InputPort,
  picture: { readonly width: number; readonly height: number },
  chosen: ReadonlyMap<string, number> = new Map(),
): readonly number[] {
  const baked = bakedSizes(model);
  const layout = pictureLayout(dims);
  return dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    const known = chosen.get(dim) ?? baked.get(dim);
    if (known !== undefined || axis === 0) return known ?? 1;
    // a model of channels unknown takes colours
    if (layout === null && axis === 1) return 3;
    return Math.min(PLAIN_SIZE, Math.max(picture.width, picture.height, 32));
  });
}

function readPart(file: InputFile, ports: readonly InputPort[]): [string, Named] {
  const stem = file.name.replace(/\.\w+$/, '');
  const isArray = isNpy(file.bytes);
  if (!isArray && !/\.pb$/i.test(file.name))
    raise(
      'unsupported',
      `"${file.name}" is no .npy, .npz, .png or .jpg file; save the input as one of these.`,
    );
  const read = isArray ? { name: stem, array: readNpy(file.bytes, file.name) } : readTensorFile(file);
  // input_1.pb is the second input, whatever name it has within
  const number = Number(/^input_(\d+)$/.exec(stem)?.[1] ?? NaN);
  const port =
    ports.find(({ name }) => name === read.name) ??
    ports[number] ??
    (ports.length === 1 ? ports[0] : undefined);
  if (port !== undefined) return [port.name, { array: read.array, file: file.name }];
  const names = ports.map(({ name }) => `"${name}"`).join(', ');
  return raise(
    'bad-input',
    `"${file.name}" fits no input; name it after one of ${names}, or give an .npz file.`,
  );
}

function readTensorFile(file: InputFile): { readonly name: string; readonly array: NdArray } {
  const { name, tensor } = decodeTensorFile(file.bytes, file.name);
  if (tensor.dtype === 'other' || elementCount(tensor.dims) > MOST_ELEMENTS)
    raise('unsupported', `"${file.name}" holds elements that can't be computed with, or too many.`);
  return { name, array: toNdArray(tensor) };
}

function byName(
  arrays: ReadonlyMap<string, NdArray>,
  ports: readonly InputPort[],
  file: string,
): ReadonlyMap<string, Named> {
  const named = new Map<string, Named>();
  // numpy calls arrays without a name arr_0, arr_1, …
  const isPositional = [...arrays.keys()].every((name) => /^arr_\d+$/.test(name));
  for (const [name, array] of arrays) {
    const port =
      ports.find((one) => one.name === name) ?? (isPositional ? ports[Number(name.slice(4))] : undefined);
    const only = ports.length === 1 && arrays.size === 1 ? ports[0] : undefined;
    const target = port ?? only;
    if (target !== undefined) named.set(target.name, { array, file: `${file}/${name}` });
  }
  return named;
}

function sampleOf(
  label: string,
  ports: readonly InputPort[],
  arrays: ReadonlyMap<string, Named>,
): GivenSample {
  const bindings = new Map<string, number>();
  const feeds = new Map<string, NdArray>();
  for (const port of ports) {
    const given = arrays.get(port.name);
    if (given === undefined) raise('bad-input', `"${label}" holds nothing for input "${port.name}"; add it.`);
    feeds.set(port.name, fitArray(given.array, port, bindings, given.file));
  }
  return { label, feeds, bindings };
}
