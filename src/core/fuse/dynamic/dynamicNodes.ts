import type { TensorReader } from '../../algebra/kernel/vectorExpr';
import type { Attribute, Node } from '../../ir/model';
import type { NameAuthority } from '../../ir/nameAuthority';
import type { Tensor } from '../../tensor/tensor';
import { bankTensor } from './bankTensor';
import { LOCAL, type DynamicStep, type NodeTemplate } from './dynamicStep';

/** The nodes of a planned dynamic convolution; its tensors go into `initializers`. */
export function dynamicNodes(
  step: DynamicStep,
  names: NameAuthority,
  initializers: Map<string, Tensor>,
  read: TensorReader,
): readonly Node[] {
  const path = `${step.modulePath === '' ? step.sink : step.modulePath}.dynamic`;
  const given = new Map<string, string>();
  const nameOf = (local: string): string => {
    if (!local.startsWith(LOCAL)) return local;
    const known = given.get(local) ?? names.value(`${path}.${local.slice(LOCAL.length)}`);
    given.set(local, known);
    return known;
  };
  for (const tensor of step.tensors)
    initializers.set(nameOf(tensor.name), bankTensor(tensor, step.dtype, read));
  const provenance = {
    'replens.block': step.id,
    'replens.family': step.family,
    'replens.merged': step.remove.join('\n'),
  };
  return step.nodes.map((template) => ({
    name: names.node(`${path}.${template.opType}`),
    opType: template.opType,
    domain: '',
    inputs: template.inputs.map(nameOf),
    outputs: template.outputs.map(nameOf),
    attributes: attributesOf(template),
    origin: { kind: 'new', provenance },
  }));
}

function attributesOf({ int = {}, ints = {} }: NodeTemplate): ReadonlyMap<string, Attribute> {
  return new Map<string, Attribute>([
    ...Object.entries(int).map(([name, value]) => [name, { kind: 'int', value }] as const),
    ...Object.entries(ints).map(([name, value]) => [name, { kind: 'ints', value }] as const),
  ]);
}
