import { isConv } from '../../detect/candidates';
import type { Model } from '../../ir/model';
import { countComputing, countParameters } from '../inspectReport';
import type { ModelChange } from './verificationRecord';

export interface SizedModel {
  readonly model: Model;
  /** Of its file, external data included. */
  readonly bytes: number;
}

/** Both models in figures. */
export function modelChange(original: SizedModel, fused: SizedModel): ModelChange {
  const of = (figure: (sized: SizedModel) => number) => ({ before: figure(original), after: figure(fused) });
  return {
    nodes: of(({ model }) => countComputing(model.graph.nodes)),
    convs: of(({ model }) => model.graph.nodes.filter(isConv).length),
    parameters: of(({ model }) => countParameters(model.graph.initializers)),
    bytes: of(({ bytes }) => bytes),
  };
}
