import type { AtenProgram } from '../program/atenGraph';
import { makesOf } from './rawCall';
import { listIn, objectIn, textIn, type JsonObject } from './taggedJson';

/** Names for what a program has not had: of values, each a name in Python, and of tensors in its state dict. */
export class NameSpace {
  private readonly taken = new Set<string>();
  /** Names of values that calls make. */
  private readonly made = new Set<string>();
  private readonly labels = new Set<string>();
  private readonly folders = new Set<string>();

  constructor(program: AtenProgram, graph: JsonObject) {
    const raw = listIn(graph, 'nodes') as readonly JsonObject[];
    for (const call of raw) for (const name of makesOf(call)) this.made.add(name);
    for (const call of raw) this.taken.add(textIn(call, 'name'));
    for (const list of VALUES) for (const name of Object.keys(objectIn(graph, list))) this.taken.add(name);
    for (const input of listIn(graph, 'inputs'))
      for (const name of makesOf({ outputs: [input] })) this.taken.add(name);
    for (const name of this.made) this.taken.add(name);
    for (const { label } of program.held.values()) this.keep(label);
  }

  /** Whether a value that a call made before may be made by another one now. */
  isFree(name: string, defined: ReadonlySet<string>): boolean {
    return this.made.has(name) && !defined.has(name);
  }

  /** The name itself or one like it that nothing has. */
  fresh(hint: string): string {
    const name = untaken(hint, (one) => this.taken.has(one));
    this.taken.add(name);
    return name;
  }

  /** A name in the state dict: no tensor has it, and none lies under it or above it. */
  label(hint: string): string {
    const clean = hint
      .split('.')
      .map((part) => part.replace(/\W/g, '_'))
      .filter((part) => part !== '')
      .join('.');
    const isTaken = (one: string): boolean =>
      this.labels.has(one) ||
      this.folders.has(one) ||
      foldersOf(one).some((folder) => this.labels.has(folder));
    const label = untaken(clean === '' ? 'reparam' : clean, isTaken);
    this.keep(label);
    return label;
  }

  private keep(label: string): void {
    this.labels.add(label);
    for (const folder of foldersOf(label)) this.folders.add(folder);
  }
}

const VALUES = [
  'tensor_values',
  'sym_int_values',
  'sym_float_values',
  'sym_bool_values',
  'custom_obj_values',
];

/** A name that Python takes. */
export function identifier(name: string): string {
  const clean = name.replace(/\W/g, '_');
  return /^[A-Za-z_]/.test(clean) ? clean : `v_${clean}`;
}

function foldersOf(label: string): readonly string[] {
  const parts = label.split('.');
  return parts.slice(1).map((_, place) => parts.slice(0, place + 1).join('.'));
}

function untaken(hint: string, isTaken: (name: string) => boolean): string {
  let name = hint;
  for (let count = 1; isTaken(name); count++) name = `${hint}_${count}`;
  return name;
}
