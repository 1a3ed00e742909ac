import type { ValueInfo } from '../../ir/model';
import type { Side } from '../../verify/side';
import type { CompareDetail, CompareLink, ComparePlace } from './compareTypes';

/** The inputs or the outputs of two models. @param names the right one's by the left one's. */
export function portLinks(
  kind: 'input' | 'output',
  names: ReadonlyMap<string, string>,
  left: Side,
  right: Side,
): readonly CompareLink[] {
  const [ours, theirs] = [ports(kind, left), ports(kind, right)];
  const place = (name: string): ComparePlace => ({
    key: `${kind}:${name}`,
    within: '',
    label: name,
    kind: '',
    nodes: 0,
  });
  const partners = new Set(names.values());
  return [
    ...ours.map((port): CompareLink => {
      const other = theirs.find(({ name }) => name === names.get(port.name));
      const { name } = port;
      if (other === undefined) return { kind: 'left', left: [place(name)], right: [], details: [] };
      const [a, b] = [typeText(port), typeText(other)];
      const details: readonly CompareDetail[] =
        a === b ? [] : [{ what: 'shape', node: name, name: '', left: a, right: b }];
      const link = { left: [place(name)], right: [place(other.name)], details };
      return { kind: details.length === 0 ? 'same' : 'changed', ...link };
    }),
    ...theirs
      .filter(({ name }) => !partners.has(name))
      .map(({ name }): CompareLink => ({ kind: 'right', left: [], right: [place(name)], details: [] })),
  ];
}

/** Those that a person gives or gets: no weights with a default. */
function ports(kind: 'input' | 'output', { model: { graph } }: Side): readonly ValueInfo[] {
  if (kind === 'output') return graph.outputs;
  return graph.inputs.filter(({ name }) => !graph.overridable.has(name));
}

/** "float32 N×3×224×224". */
function typeText({ type }: ValueInfo): string | null {
  if (type === null) return null;
  const dims = type.dims === null ? '?' : type.dims.map((dim) => dim ?? '?').join('×');
  return dims === '' ? type.dtype : `${type.dtype} ${dims}`;
}
