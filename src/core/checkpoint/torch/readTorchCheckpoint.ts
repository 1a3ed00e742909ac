import { attempt, raise } from '../../result';
import { byteLength, elementCount, type Tensor } from '../../tensor/tensor';
import type { Archive } from '../../torch/archive/archive';
import { namedIn } from '../../torch/otherContent';
import { MOST_PICKLE_BYTES } from '../../torch/pickle/readPickle';
import { scanPickle, type PickleScan } from '../../torch/pickle/scanPickle';
import { pickledTensor, storedTensor } from '../../torch/pickle/torchPickle';
import { isKind, type PickleDict, type PickleValue } from '../../torch/pickle/values';
import { wrapperOf, type Checkpoint, type OtherEntry, type StateDict } from '../checkpoint';
import { Beside, isOptimizer } from './beside';
import { CHECKPOINT_POWERS } from './checkpointPowers';

/** What the writer of a torch archive needs of the one that was read. */
export interface TorchFile {
  readonly archive: Archive;
  readonly scan: PickleScan;
  /** The dict that each state dict was read from. */
  readonly dicts: ReadonlyMap<StateDict, PickleDict>;
  /** The dict that holds each other entry, and its key. */
  readonly places: ReadonlyMap<OtherEntry, { readonly dict: PickleDict; readonly key: string }>;
}

/** Elements up to which a tensor may have more of them than its storage. */
const MOST_REPEATED = 2 ** 20;

/** One for each model or average of it. */
const MOST_STATES = 1000;

/** "state_dict", "model", "ema.module": deeper lie optimizers only. */
const MOST_NESTED = 3;

/**
 * A file of `torch.save` that holds state dicts; null for an archive that is something else. Weights are read when somebody
 * asks for their bytes.
 * @throws ProblemError for a pickle that is damaged, or asks for what is no data: a whole module.
 */
export function readTorchCheckpoint(archive: Archive): Checkpoint | null {
  if (!archive.has('data.pkl') || archive.has('constants.pkl')) return null;
  const scanned = attempt(() => scanPickle(archive.read('data.pkl', MOST_PICKLE_BYTES), CHECKPOINT_POWERS));
  if (!scanned.ok) {
    const { code, message } = scanned.problem;
    const name = namedIn(message);
    if (code !== 'unsupported' || name === '') raise(code, message);
    return raise(
      'unsupported',
      `The file holds a whole pickled module or other objects${name}, which are never run here; save the state dict, or export the model with torch.export.save.`,
    );
  }
  const walk = new Walk(archive);
  walk.value(scanned.value.value, [], null);
  const { states, others, dicts, places } = walk;
  if (states.length === 0 && isOptimizer(scanned.value.value))
    return raise(
      'unsupported',
      "The file holds an optimizer's state and no weights; name the checkpoint that the model's state dict is in.",
    );
  if (states.length === 0)
    return raise('unsupported', 'The file holds no state dict: no dict of tensors by name; save one.');
  const file: TorchFile = { archive, scan: scanned.value, dicts, places };
  return { kind: 'torch', states, others, file };
}

class Walk {
  readonly states: StateDict[] = [];
  readonly others: OtherEntry[] = [];
  readonly dicts = new Map<StateDict, PickleDict>();
  readonly places = new Map<OtherEntry, { readonly dict: PickleDict; readonly key: string }>();
  private readonly seen = new Set<PickleDict>();
  private readonly stores = new Set<string>();
  private readonly beside = new Beside();

  constructor(private readonly archive: Archive) {
    if (archive.has('byteorder') && /big/.test(new TextDecoder().decode(archive.read('byteorder', 64))))
      raise(
        'unsupported',
        'The checkpoint was saved on a big-endian machine; load it and save it again on this one.',
      );
    for (const name of archive.names) this.stores.add(name);
  }

  /** @returns whether there is a state dict in it. */
  value(
    value: PickleValue,
    path: readonly string[],
    place: { dict: PickleDict; key: string } | null,
  ): boolean {
    if (isKind(value, 'dict') && !isOptimizer(value)) {
      if (this.seen.has(value)) return false;
      this.seen.add(value);
      if (this.stateDict(value, path)) return true;
      if (path.length < MOST_NESTED && this.items(value, path)) return true;
    }
    if (place !== null) {
      const entry: OtherEntry = { path: path.join('.'), kind: this.beside.kindOf(value) };
      this.others.push(entry);
      this.places.set(entry, place);
    }
    return false;
  }

  private sizeOf(key: string): number {
    return this.archive.open(`data/${key}`).size;
  }

  private items(dict: PickleDict, path: readonly string[]): boolean {
    const [before, many] = [this.others.length, dict.entries.size];
    let found = false;
    for (const [key, value] of dict.entries) {
      if (typeof key === 'string') found = this.value(value, [...path, key], { dict, key }) || found;
    }
    // one entry, not all that it holds
    if (!found && path.length > 0 && many > 0) this.others.splice(before);
    return found;
  }

  private stateDict(dict: PickleDict, path: readonly string[]): boolean {
    const entries = new Map<string, Tensor>();
    // a random generator's state beside a model's
    if ([...dict.entries.values()].some((value) => this.beside.holdsTensors(value))) return false;
    for (const [name, value] of dict.entries) {
      const tensor = pickledTensor(value);
      if (tensor === null || typeof name !== 'string') continue;
      if (!this.stores.has(`data/${tensor.storage.key}`))
        raise('bad-input', `The archive lacks the bytes of "${name}"; download or save it again.`);
      const stored = storedTensor(tensor, this.archive, 'data', name);
      // strides of 0 make much of little
      if (elementCount(stored.dims) > MOST_REPEATED && byteLength(stored) > this.sizeOf(tensor.storage.key))
        raise(
          'unsupported',
          `"${name}" repeats few elements as ${stored.dims.join('×')}; save a copy of it.`,
        );
      entries.set(name, stored);
    }
    // a tensor or two beside numbers is a script's own affair
    if (entries.size === 0 || entries.size < dict.entries.size / 2) return false;
    const state: StateDict = { path: path.join('.'), entries, wrapper: wrapperOf(entries.keys()) };
    if (this.states.length >= MOST_STATES)
      raise(
        'unsupported',
        `The file holds more than ${MOST_STATES} state dicts; save each in a file of its own.`,
      );
    this.states.push(state);
    this.dicts.set(state, dict);
    return true;
  }
}
