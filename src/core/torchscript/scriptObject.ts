import type { PickleValue } from '../torch/pickle/values';

/** A module of the archive's `data.pkl`: the name of its class and its attributes, none of them run. */
export class ScriptObject {
  attributes: ReadonlyMap<unknown, PickleValue> = new Map();

  /** @param className "__torch__.torch.nn.modules.conv.Conv2d". */
  constructor(readonly className: string) {}
}
