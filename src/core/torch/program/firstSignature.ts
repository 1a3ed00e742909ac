import { raise } from '../../result';
import { entriesOf, field, list, text, type JsonRecord } from './json';

/**
 * A signature as the later versions write it: lists of what each input and output is. PyTorch 2.1 wrote maps from the
 * graph's names to those of the state dict instead.
 * @throws ProblemError `bad-input` where it is neither.
 */
export function listedSignature(signature: JsonRecord): JsonRecord {
  if (field(signature, 'input_specs') !== undefined) return signature;
  const held = (key: string, kind: string): readonly unknown[] =>
    entriesOf(field(signature, key), 'the signature').map(([name, label]) => ({
      [kind]: { arg: { name }, [`${kind}_name`]: text(label, 'the name of a weight') },
    }));
  const users = (key: string, kind: string): readonly unknown[] =>
    list(field(signature, key), 'the signature').map((name) => ({
      [kind]: { arg: { as_tensor: { name: text(name, 'the name of a tensor') } } },
    }));
  return {
    input_specs: [
      ...held('inputs_to_parameters', 'parameter'),
      ...held('inputs_to_buffers', 'buffer'),
      ...users('user_inputs', 'user_input'),
    ],
    output_specs: users('user_outputs', 'user_output'),
  };
}

/** PyTorch 2.1 wrote numbers that a model's code holds as whole archives within its JSON. */
export function refuseInlineConstants(graph: JsonRecord): void {
  const constants = field(graph, 'constants');
  if (typeof constants !== 'object' || constants === null) return;
  const [first] = Object.keys(constants);
  if (first !== undefined)
    raise(
      'unsupported',
      `The program holds the tensor "${first}" in a way that only PyTorch 2.1 wrote; export it with a newer one.`,
    );
}
