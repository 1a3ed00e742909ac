import type { Block } from '../../detect/block';
import type { Node } from '../../ir/model';
import { modulePath } from '../../ir/modulePath';

/** What one drawn thing of the map stands for, and the modules around it, outermost first. */
export interface Member {
  readonly block: Block | null;
  /** The node itself, or the last node of a block. */
  readonly node: Node;
  readonly path: readonly string[];
}

/** A module and what lies in it directly. */
export interface ModuleFolder {
  /** '' is the model itself, '/blocks/0' a module of it. */
  readonly key: string;
  readonly label: string;
  readonly folders: Map<string, ModuleFolder>;
  readonly members: Member[];
}

/** Groups members by module; a folder that holds one thing only is dissolved into its parent. */
export function moduleTree(members: readonly Member[]): ModuleFolder {
  const root = folder('', '');
  for (const member of members) {
    let at = root;
    for (const segment of member.path) {
      let next = at.folders.get(segment);
      if (next === undefined) at.folders.set(segment, (next = folder(`${at.key}/${segment}`, segment)));
      at = next;
    }
    at.members.push(member);
  }
  return dissolve(root);
}

function folder(key: string, label: string): ModuleFolder {
  return { key, label, folders: new Map(), members: [] };
}

function dissolve(at: ModuleFolder): ModuleFolder {
  const members = [...at.members];
  const folders = new Map<string, ModuleFolder>();
  for (const [name, inner] of at.folders) {
    const plain = dissolve(inner);
    if (plain.folders.size === 0 && plain.members.length === 1) members.push(...plain.members);
    else if (plain.folders.size === 1 && plain.members.length === 0) {
      // layer1 → 0 → …: the inner one speaks for both
      const [only] = plain.folders.values();
      if (only !== undefined) folders.set(name, { ...only, label: `${name}.${only.label}` });
    } else folders.set(name, plain);
  }
  return { ...at, folders, members };
}

/** The modules around a node: by its own name, else by the names of its weights. */
export function nodePath(node: Node, isWeight: (value: string) => boolean): readonly string[] {
  const path = modulePath([node.name], node.inputs.filter(isWeight));
  return path === '' ? [] : path.split('.');
}

/** Everything in a folder. */
export function allMembers(at: ModuleFolder): readonly Member[] {
  return [...at.members, ...[...at.folders.values()].flatMap(allMembers)];
}

/** More items than this are too many for a first look. */
const FIRST_LOOK = 120;

/** Modules that are open at first: level by level, as long as the whole stays a picture that a person can take in. */
export function openAtFirst(root: ModuleFolder): ReadonlySet<string> {
  const open = new Set<string>();
  let level = [...root.folders.values()];
  let items = root.members.length + level.length;
  while (level.length > 0) {
    const more = level.reduce((sum, { members, folders }) => sum + members.length + folders.size - 1, 0);
    if (items + more > FIRST_LOOK) break;
    items += more;
    for (const { key } of level) open.add(key);
    level = level.flatMap(({ folders }) => [...folders.values()]);
  }
  return open;
}
