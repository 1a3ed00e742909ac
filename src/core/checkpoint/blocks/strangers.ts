import type { Convention } from '../conventions/convention';
import { under, type NameIndex } from './nameIndex';
import { namesOf } from './resolveSteps';

/**
 * Entries that look as if they were part of the block, and that its convention does not know: in the modules of its branches,
 * beside them under a name of their kind ("rbr_context", "conv3"), or parameters of the block's own module ("alpha").
 */
export function strangers(
  convention: Convention,
  prefix: string,
  used: ReadonlySet<string>,
  index: NameIndex,
): readonly string[] {
  const depth = prefix === '' ? 0 : prefix.split('.').length;
  const modules = new Set([
    ...[...used].map((name) => name.split('.')[depth] ?? ''),
    ...namesOf(convention.steps).map((name) => name.split('.')[0] ?? ''),
  ]);
  const stems = new Set(
    [...modules].filter((name) => name.includes('_')).map((name) => name.slice(0, name.indexOf('_') + 1)),
  );
  const numbered = new Set([...modules].filter((name) => /\D\d+$/.test(name)).map(withoutNumber));
  const isKin = (child: string): boolean =>
    modules.has(child) ||
    // a parameter of the module itself is computed with in the block's own code
    index.has(under(prefix, child)) ||
    // so is a BN beside its branches
    hasStatistics(index, under(prefix, child)) ||
    // what the deploy form is in the place of has no room for anything else
    convention.deploy === '' ||
    // two convolutions in a row have the same names: a third module beside them ("shortcut") is of such a one
    (convention.doubt !== undefined && child !== convention.deploy) ||
    (/\D\d+$/.test(child) && numbered.has(withoutNumber(child))) ||
    [...stems].some((stem) => child.startsWith(stem));
  return index
    .children(prefix)
    .filter((child) => isKin(child) && convention.aside?.includes(child) !== true)
    .flatMap((child) => index.below(under(prefix, child)))
    .filter((name) => !used.has(name) && !isAside(convention, prefix, name));
}

/** "conv3" stands beside "conv1" and "conv2". */
function withoutNumber(name: string): string {
  return name.replace(/\d+$/, '');
}

function isAside({ aside = [] }: Convention, prefix: string, name: string): boolean {
  return aside.some((own) => name === under(prefix, own) || name.startsWith(`${under(prefix, own)}.`));
}

function hasStatistics(index: NameIndex, module: string): boolean {
  return ['running_var', '_variance'].some((part) => index.has(under(module, part)));
}
