import { InvalidArgumentError, type Command } from 'commander';
import type { GivenAssumptions } from '../core/checkpoint/assumptions';
import type { GivenShapes } from '../core/torchscript/readScript';

/** "b0, b3" → the set of both. @throws InvalidArgumentError for an empty list. */
export function idList(text: string): ReadonlySet<string> {
  const ids = text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) throw new InvalidArgumentError('Name at least one block, such as b0.');
  return new Set(ids);
}

/** @throws InvalidArgumentError for anything but 0, 1, 2, … */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === '')
    throw new InvalidArgumentError('It takes a whole number.');
  return value;
}

/** @throws InvalidArgumentError for anything but 1, 2, 3, … */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It takes a whole number above 0.');
  return value;
}

/** @throws InvalidArgumentError for an empty path. */
export function filePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('Name a file.');
  return text;
}

/** One more path of an option that may be given again. @throws InvalidArgumentError for an empty one. */
export function anotherPath(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, filePath(text)];
}

/** "N=1,H=224" → sizes by symbol. @throws InvalidArgumentError for anything else. */
export function sizeList(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split(',').map((part) => {
      const [symbol = '', size = ''] = part.split('=').map((word) => word.trim());
      if (symbol === '') throw new InvalidArgumentError('Write sizes as N=1,H=224.');
      return [symbol, positiveNumber(size)];
    }),
  );
}

export const SHAPE_HELP =
  'shape of an input, for TorchScript, which says none: x=1,3,224,224; again for more';

/** "x=1,3,224,224" → one more shape by input. @throws InvalidArgumentError for anything else. */
export function anotherShape(text: string, before: GivenShapes = new Map()): GivenShapes {
  const [name = '', sizes, ...rest] = text.split('=').map((word) => word.trim());
  if (name === '' || sizes === undefined || rest.length > 0)
    throw new InvalidArgumentError('Write a shape as x=1,3,224,224.');
  if (before.has(name)) throw new InvalidArgumentError(`The input "${name}" has two shapes.`);
  return new Map([...before, [name, sizes.split(',').map(positiveNumber)]]);
}

/** The shapes that a command was given. */
export function shapesOf({ shape }: { readonly shape?: GivenShapes }): { readonly shapes?: GivenShapes } {
  return shape === undefined ? {} : { shapes: shape };
}

/** What a command was told of a checkpoint. */
export interface CheckpointCommandOptions {
  readonly bnEps?: number;
  readonly identity?: ReadonlyMap<string, boolean>;
}

/** The options that say what a checkpoint does not. */
export function addCheckpointOptions(command: Command): Command {
  return command
    .option('--bn-eps <EPS>', 'of a checkpoint: eps of its BNs, which it does not hold: 1e-3', smallNumber)
    .option(
      '--identity <WHETHER>',
      'of a checkpoint: whether identities without a parameter are there: yes, no, or BLOCK=yes; again for more',
      anotherIdentity,
    );
}

/** @throws InvalidArgumentError for anything but a number from 0 up to below 1. */
function smallNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < 1))
    throw new InvalidArgumentError('It takes a number such as 1e-3.');
  return value;
}

/** "no", "stage1.0=yes" → one more answer by block, '' for all others. @throws InvalidArgumentError for anything else. */
function anotherIdentity(
  text: string,
  before: ReadonlyMap<string, boolean> = new Map(),
): ReadonlyMap<string, boolean> {
  const at = text.lastIndexOf('=');
  const [block, answer] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1).trim()];
  if (answer !== 'yes' && answer !== 'no') throw new InvalidArgumentError('Write yes, no or stage1.0=yes.');
  if (before.has(block)) throw new InvalidArgumentError(`The identity of "${block}" is said twice.`);
  return new Map([...before, [block, answer === 'yes']]);
}

/** What a command was given. */
export function givenOf({ bnEps, identity }: CheckpointCommandOptions): {
  readonly given?: GivenAssumptions;
} {
  if (bnEps === undefined && identity === undefined) return {};
  return {
    given: { ...(bnEps === undefined ? {} : { bnEps }), ...(identity === undefined ? {} : { identity }) },
  };
}
