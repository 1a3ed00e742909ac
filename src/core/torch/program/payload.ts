import type { Tensor } from '../../tensor/tensor';
import type { Archive } from '../archive/archive';
import { pickledTensors } from '../pickle/torchPickle';
import { stridedTensor } from '../stridedTensor';
import { entriesOf, field, integer, list, parseJson, record, text, type JsonRecord } from './json';
import { fixedDim } from './parseArguments';
import { scalarType } from './scalarTypes';

/** The tensors that an archive holds for one role (weights or constants), by their name in the state dict. */
export type Payload = ReadonlyMap<string, Tensor>;

/** A list of all weights, some hundred bytes each. */
const MOST_CONFIG_BYTES = 2 ** 27;

/** `<folder>/<model>_<role>_config.json` and the files that it names; nothing is read of these before a tensor is. */
export function configuredPayload(archive: Archive, folder: string, config: string): Payload {
  const json = parseJson(archive.read(config, MOST_CONFIG_BYTES), config);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of entriesOf(field(record(json, config), 'config'), config)) {
    const tensor = payloadTensor(archive, folder, name, record(entry, `the weight "${name}"`));
    if (tensor !== null) tensors.set(name, tensor);
  }
  return tensors;
}

/** Null for a pickled object: it is no plain tensor, and a node that needs it will say so. */
function payloadTensor(archive: Archive, folder: string, name: string, entry: JsonRecord): Tensor | null {
  const meta = field(entry, 'tensor_meta');
  if (field(entry, 'use_pickle') === true || meta === null || meta === undefined) return null;
  const tensor = record(meta, `the type of "${name}"`);
  const numbers = (key: string): readonly number[] =>
    list(field(tensor, key), `the ${key} of "${name}"`).map(fixedDim);
  const layout = {
    dtype: scalarType(integer(field(tensor, 'dtype'), `the element type of "${name}"`)),
    dims: numbers('sizes'),
    strides: numbers('strides'),
    offset: fixedDim(field(tensor, 'storage_offset')),
  };
  const path = `${folder}/${text(field(entry, 'path_name'), `the file of "${name}"`)}`;
  return stridedTensor(layout, archive.open(path), name);
}

/** The tensors of a `torch.save` file within the archive; none where it is not there. */
export function savedPayload(archive: Archive, name: string): Payload {
  return archive.has(name) ? pickledTensors(archive.open(name), name) : new Map<string, Tensor>();
}
