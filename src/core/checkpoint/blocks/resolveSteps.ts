import type { BranchRule, Step } from '../conventions/convention';
import { under, type NameIndex } from './nameIndex';
import { allSteps, type Resolved, type ResolvedBranch } from './resolved';

/** What was found of a block under its names. */
export interface Resolution {
  readonly steps: readonly Resolved[];
  /** The entries that the block is. */
  readonly used: ReadonlySet<string>;
  /** Those of them that the deploy form has, too. */
  readonly kept: ReadonlySet<string>;
  /** Names that should be there and are not. */
  readonly missing: readonly string[];
  /** Branches without a parameter of which the file says nothing. */
  readonly hidden: readonly ('always' | 'unstrided')[];
}

/** Whether a branch without a parameter is there. */
export type IsThere = (hidden: 'always' | 'unstrided') => boolean;

/** Looks up the names of a convention's steps below `prefix`. */
export function resolveSteps(
  steps: readonly Step[],
  prefix: string,
  index: NameIndex,
  isThere: IsThere,
): Resolution {
  const resolver = new Resolver(prefix, index, isThere);
  const found = resolver.all(steps, new Map());
  resolver.norms(found);
  return {
    steps: found,
    used: resolver.used,
    kept: resolver.kept,
    missing: resolver.missing,
    hidden: resolver.hidden,
  };
}

type Numbers = ReadonlyMap<string, string>;

class Resolver {
  readonly used = new Set<string>();
  readonly kept = new Set<string>();
  readonly missing: string[] = [];
  readonly hidden: ('always' | 'unstrided')[] = [];

  constructor(
    private readonly prefix: string,
    private readonly index: NameIndex,
    private readonly isThere: IsThere,
  ) {}

  all(steps: readonly Step[], numbers: Numbers): readonly Resolved[] {
    return steps.flatMap((step) => {
      if ('optional' in step && step.optional === true && !this.isFound(step, numbers)) return [];
      const resolved = this.one(step, numbers);
      return resolved === null ? [] : [resolved];
    });
  }

  /** BNs without weight and bias are known only where no BN of the block has any: else an entry is lost. */
  norms(steps: readonly Resolved[]): void {
    const norms = [...allSteps(steps)].filter((step) => step.kind === 'bn');
    const isAffine = norms.some(({ weight, bias }) => weight !== null || bias !== null);
    for (const { at, weight, bias } of isAffine ? norms : []) {
      if (weight === null) this.missing.push(this.full(under(at, 'weight')));
      if (bias === null) this.missing.push(this.full(under(at, 'bias')));
    }
  }

  private one(step: Step, numbers: Numbers): Resolved | null {
    switch (step.kind) {
      case 'conv':
        return {
          ...{ kind: 'conv', at: filled(step.at, numbers), rule: step },
          ...this.weightAndBias(filled(step.at, numbers)),
          dilation: step.dilation === undefined ? 1 : Number(numbers.get(step.dilation) ?? 1),
        };
      case 'linear':
        return { kind: 'linear', at: step.at, ...this.weightAndBias(step.at) };
      case 'bn':
        return this.norm(filled(step.at, numbers));
      case 'scale':
      case 'shift':
        if (step.kind === 'scale' && step.stays === true) this.kept.add(this.full(step.at));
        return { kind: step.kind, at: step.at, entry: this.need(step.at) };
      case 'sum':
        return {
          kind: 'sum',
          branches: step.branches.flatMap((rule) => this.branches(rule, numbers)),
        };
      default:
        return step;
    }
  }

  private branches(rule: BranchRule, numbers: Numbers): readonly ResolvedBranch[] {
    const minus = rule.minus === true;
    if (rule.hidden !== undefined) {
      this.hidden.push(rule.hidden);
      return this.isThere(rule.hidden) ? [{ steps: [], minus }] : [];
    }
    const first = firstName(rule.steps);
    const isNumbered = rule.steps[0]?.kind !== 'sum' && first?.includes('{') === true;
    const all = isNumbered ? this.numbersOf(first) : [numbers];
    return all.flatMap((own) => {
      const name = first === null ? null : this.full(filled(first, own));
      if (rule.optional === true && (name === null || !this.index.has(name) || this.used.has(name)))
        return [];
      return [{ steps: this.all(rule.steps, own), minus }];
    });
  }

  /** What the numbers in a name may be: each set of them that the file has. */
  private numbersOf(name: string): readonly Numbers[] {
    const parts = name.split('.');
    const place = parts.findIndex((part) => part.includes('{'));
    const keys = [...(parts[place] ?? '').matchAll(/\{(\w+)\}/g)].map(([, key = '']) => key);
    const pattern = new RegExp(`^${(parts[place] ?? '').replace(/\{\w+\}/g, '(\\d+)')}$`);
    const module = this.full(parts.slice(0, place).join('.'));
    const all = this.index.children(module).flatMap((child) => {
      const found = pattern.exec(child);
      return found === null ? [] : [new Map(keys.map((key, at) => [key, found[at + 1] ?? '']))];
    });
    // a list counts from 0: a number that is left out is a branch that is lost
    const [key, ...more] = keys;
    const numbers = new Set(all.map((own) => own.get(key ?? '')));
    const gap = all.findIndex((_, count) => !numbers.has(String(count)));
    if (key !== undefined && more.length === 0 && gap >= 0)
      this.missing.push(this.full(filled(name, new Map([[key, String(gap)]]))));
    return all;
  }

  private isFound(step: Step, numbers: Numbers): boolean {
    const name = firstName([step]);
    return name !== null && this.index.has(this.full(filled(name, numbers)));
  }

  private weightAndBias(at: string): { readonly weight: string; readonly bias: string | null } {
    return { weight: this.need(under(at, 'weight')), bias: this.take(under(at, 'bias')) };
  }

  private norm(at: string): Resolved {
    const weight = this.take(under(at, 'weight'));
    const bias = this.take(under(at, 'bias'));
    this.take(under(at, 'num_batches_tracked'));
    // converters leave Paddle's names
    const mean = this.take(under(at, '_mean')) ?? this.need(under(at, 'running_mean'));
    const variance = this.take(under(at, '_variance')) ?? this.need(under(at, 'running_var'));
    return { kind: 'bn', at, weight, bias, mean, variance };
  }

  private need(name: string): string {
    const found = this.take(name);
    if (found === null) this.missing.push(this.full(name));
    return found ?? this.full(name);
  }

  private take(name: string): string | null {
    const full = this.full(name);
    if (!this.index.has(full)) return null;
    this.used.add(full);
    return full;
  }

  private full(name: string): string {
    return under(this.prefix, name);
  }
}

/** The names of all modules and entries that steps may have. */
export function namesOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'sum') return step.branches.flatMap((one) => namesOf(one.steps));
    return 'at' in step ? [step.at] : [];
  });
}

/** The entry that tells whether steps are there. */
function firstName(steps: readonly Step[]): string | null {
  for (const step of steps) {
    if (step.kind === 'conv' || step.kind === 'linear') return under(step.at, 'weight');
    if (step.kind === 'bn') return under(step.at, 'running_var');
    if (step.kind === 'scale' || step.kind === 'shift') return step.at;
    if (step.kind === 'sum')
      return step.branches.map((one) => firstName(one.steps)).find((name) => name) ?? null;
  }
  return null;
}

function filled(name: string, numbers: Numbers): string {
  return name.replace(/\{(\w+)\}/g, (_, key: string) => numbers.get(key) ?? '');
}
