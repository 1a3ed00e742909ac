import { Emitter } from './emitter';
import { finished, type RandomNetwork } from './randomNetwork';
import type { Settings } from './recipe';
import { signed } from './rng';

/**
 * Networks of matrix products on [N, C] and [N, T, C]: parallel linear layers, LoRA, BN, and decoys that mix tokens
 * instead of channels.
 */
export interface LinearRecipe extends Settings {
  readonly kind: 'linear';
  readonly tokens: boolean;
  readonly features: number;
  /** Batch and number of tokens of each run. */
  readonly shapes: readonly (readonly [number, number])[];
  readonly stages: readonly LinearStage[];
}

export interface LinearStage {
  readonly features: number;
  readonly join: 'Add' | 'Sub' | 'Sum' | 'Mean';
  readonly branches: readonly LinearBranch[];
  readonly outer: readonly LinearStep[];
  readonly active: boolean;
}

export interface LinearBranch {
  readonly kind: 'product' | 'lowRank' | 'identity' | 'flattened' | 'convolved' | 'mixer' | 'left';
  readonly product: Product;
  /** Inner width of a low-rank pair. */
  readonly width: number;
  readonly steps: readonly LinearStep[];
}

/** A Gemm where there are no tokens, else MatMul with or without an Add. */
export interface Product {
  readonly gemm: boolean;
  readonly bias: boolean;
  readonly biasFirst: boolean;
  readonly alpha: number;
  readonly beta: number;
  readonly transposed: boolean;
}

export type LinearStep =
  | 'scale'
  | 'scaleFeatures'
  | 'shift'
  | 'divide'
  | 'bn'
  | 'identity'
  | 'neg'
  | 'relu'
  | 'perToken'
  | 'bnOfTokens'
  | 'convOfTokens'
  | 'swappedHalves'
  | 'rolledTokens';

interface Flow {
  readonly name: string;
  readonly features: number;
}

/** The graph of a linear recipe. */
export function buildLinear(recipe: LinearRecipe): RandomNetwork {
  const shapes = recipe.shapes.map(([batch, tokens]) => [
    recipe.openBatch ? batch : recipe.shapes[0]![0],
    ...(recipe.tokens ? [recipe.openSizes ? tokens : recipe.shapes[0]![1]] : []),
    recipe.features,
  ]);
  const e = new Emitter({ ...recipe, rank: 0 }, []);
  const tokens = recipe.tokens ? recipe.shapes[0]![1] : null;
  const builder = new LinearBuilder(e, recipe.tokens, recipe.openSizes ? null : tokens);
  let flow: Flow = { name: 'x', features: recipe.features };
  recipe.stages.forEach((stage, place) => {
    flow = e.within(`layer${place}`, () => builder.stage(flow, stage));
  });
  e.output(e.node('Identity', [flow.name]));
  const declared = [
    recipe.openBatch ? 'N' : shapes[0]![0]!,
    ...(recipe.tokens ? [recipe.openSizes ? 'T' : shapes[0]![1]!] : []),
    recipe.features,
  ];
  return finished(e, declared, shapes);
}

class LinearBuilder {
  constructor(
    private readonly e: Emitter,
    private readonly hasTokens: boolean,
    /** Number of tokens where the file says it. */
    private readonly tokens: number | null,
  ) {}

  stage(source: Flow, stage: LinearStage): Flow {
    const features = stage.features === 0 ? source.features : stage.features;
    const names = stage.branches.map((branch, place) =>
      this.e.within(`branch${place}`, () => this.branch(source, branch, features)),
    );
    const joined =
      names.length === 1
        ? names[0]!
        : stage.join === 'Sum' || stage.join === 'Mean'
          ? this.e.node(stage.join, names)
          : names.slice(1).reduce((left, right) => this.e.node(stage.join, [left, right]), names[0]!);
    const outer = this.steps({ name: joined, features }, stage.outer);
    return { features, name: stage.active ? this.e.decoy(this.e.node('Relu', [outer])) : outer };
  }

  private branch(source: Flow, { kind, product, width, steps }: LinearBranch, features: number): string {
    return this.steps({ features, name: this.map(source, kind, product, width, features) }, steps);
  }

  private map(
    source: Flow,
    kind: LinearBranch['kind'],
    product: Product,
    width: number,
    features: number,
  ): string {
    switch (kind) {
      case 'lowRank': {
        const inner = { name: this.product(source, product, width), features: width };
        return this.product(inner, { ...product, bias: false }, features);
      }
      case 'identity':
        return source.features === features ? source.name : this.product(source, product, features);
      case 'flattened':
        return this.hasTokens
          ? this.flattened(source, product, features)
          : this.product(source, product, features);
      case 'convolved':
        return this.hasTokens
          ? this.convolved(source, product, features)
          : this.product(source, product, features);
      case 'mixer':
        return this.mixer(source, product, features);
      case 'left':
        return this.left(source, product, features);
      default:
        return this.product(source, product, features);
    }
  }

  private product({ name, features: from }: Flow, product: Product, to: number): string {
    const { e } = this;
    const make = (random: () => number): number => signed(random) / Math.sqrt(from);
    if (product.gemm && !this.hasTokens) {
      const dims = product.transposed ? [to, from] : [from, to];
      const inputs = [name, e.constant('weight', dims, make)];
      if (product.bias) inputs.push(e.constant('bias', product.biasFirst ? [1, to] : [to], signed));
      const attrs = {
        ...(product.alpha === 1 ? {} : { alpha: { float: product.alpha } }),
        ...(product.beta === 1 ? {} : { beta: { float: product.beta } }),
        ...(product.transposed ? { transB: 1 } : {}),
      };
      return e.node('Gemm', inputs, attrs);
    }
    const result = e.node('MatMul', [name, e.constant('weight', [from, to], make)]);
    if (!product.bias) return result;
    const bias = e.constant('bias', product.biasFirst ? [1, to] : [to], signed);
    return e.node('Add', product.biasFirst ? [bias, result] : [result, bias], {}, { tag: 'Add constant' });
  }

  /** [N, T, C] as [N·T, C], multiplied, and back: as exporters write a linear layer with a bias. */
  private flattened(source: Flow, product: Product, features: number): string {
    const { e } = this;
    const flat = e.node('Reshape', [source.name, e.ints([-1, source.features])]);
    const weight = e.constant('weight', [source.features, features], signed);
    const inputs = [flat, weight, ...(product.bias ? [e.constant('bias', [features], signed)] : [])];
    const made = e.node('Gemm', inputs, {}, { tag: 'Gemm flattened' });
    if (this.tokens !== null) return e.node('Reshape', [made, e.ints([-1, this.tokens, features])]);
    const shape = e.node('Shape', [source.name]);
    const rows = e.node('Slice', [shape, e.ints([0]), e.ints([2])]);
    return e.node('Reshape', [made, e.node('Concat', [rows, e.ints([features])], { axis: 0 })]);
  }

  /** The same as a convolution of kernel 1 on [N, C, T]. */
  private convolved(source: Flow, product: Product, features: number): string {
    const { e } = this;
    const attrs = { perm: { ints: [0, 2, 1] } };
    const turned = e.node('Transpose', [source.name], attrs);
    const weight = e.constant('weight', [features, source.features, 1], signed);
    const inputs = [turned, weight, ...(product.bias ? [e.constant('bias', [features], signed)] : [])];
    return e.node('Transpose', [e.node('Conv', inputs, {}, { tag: 'Conv on tokens' })], attrs);
  }

  /** A product over the tokens instead of the channels. */
  private mixer(source: Flow, product: Product, features: number): string {
    const { e, tokens } = this;
    if (tokens === null || tokens < 2) return this.softmax(source, product, features);
    const attrs = { perm: { ints: [0, 2, 1] } };
    const turned = e.node('Transpose', [source.name], attrs);
    const mixed = e.node(
      'MatMul',
      [turned, e.constant('weight', [tokens, tokens], signed)],
      {},
      { tag: 'decoy mixer' },
    );
    const back = e.node('Transpose', [e.decoy(mixed)], attrs);
    return this.product({ ...source, name: back }, product, features);
  }

  /** A constant on the left of the product mixes tokens as well. */
  private left(source: Flow, product: Product, features: number): string {
    const { e, tokens } = this;
    if (tokens === null || tokens < 2) return this.softmax(source, product, features);
    const weight = e.constant('weight', [tokens, tokens], signed);
    const mixed = e.node('MatMul', [weight, source.name], {}, { tag: 'decoy left product' });
    return this.product({ ...source, name: e.decoy(mixed) }, product, features);
  }

  /** The input's own numbers as weights. */
  private softmax(source: Flow, product: Product, features: number): string {
    const made = this.product(source, product, features);
    const weights = this.e.node('Sigmoid', [made], {}, { tag: 'decoy Sigmoid' });
    return this.e.decoy(this.e.node('Mul', [made, this.e.decoy(weights)], {}, { tag: 'decoy gate' }));
  }

  private steps(flow: Flow, steps: readonly LinearStep[]): string {
    return steps.reduce((name, step) => this.step({ ...flow, name }, step), flow.name);
  }

  private step({ name, features }: Flow, step: LinearStep): string {
    const { e } = this;
    const constant = (dims: readonly number[]): string => e.constant('scale', dims, signed);
    switch (step) {
      case 'scale':
        return e.node('Mul', [constant([]), name], {}, { tag: 'Mul constant' });
      case 'scaleFeatures':
        return e.node('Mul', [name, constant([features])], {}, { tag: 'Mul constant' });
      case 'shift':
        return e.node(
          'Add',
          [name, constant(this.hasTokens ? [1, 1, features] : [features])],
          {},
          { tag: 'Add constant' },
        );
      case 'divide':
        return e.node('Div', [name, constant([1])], {}, { tag: 'Div constant' });
      case 'bn':
        return this.hasTokens ? e.node('Neg', [name]) : this.batchNorm(name, features);
      case 'relu':
        return e.decoy(e.node('Relu', [name], {}, { tag: 'decoy Relu' }));
      case 'perToken': {
        if (this.tokens === null || this.tokens < 2) return e.node('Neg', [name]);
        return e.decoy(e.node('Mul', [name, constant([this.tokens, 1])], {}, { tag: 'decoy per token' }));
      }
      case 'bnOfTokens':
        return this.ofTokens(name, (tokens) => this.batchNorm(name, tokens));
      case 'convOfTokens':
        return this.ofTokens(name, (tokens) =>
          e.node('Conv', [name, e.constant('weight', [tokens, tokens, 1], signed)]),
        );
      case 'rolledTokens':
        return this.ofTokens(name, (tokens) => this.swapped(name, tokens, 1));
      case 'swappedHalves':
        return features < 2 ? e.node('Neg', [name]) : this.swapped(name, features, this.hasTokens ? 2 : 1);
      default:
        return e.node(step === 'neg' ? 'Neg' : 'Identity', [name]);
    }
  }

  /** Something that takes the tokens for channels: by itself as good a convolution as any, but not with a product. */
  private ofTokens(name: string, make: (tokens: number) => string): string {
    if (this.tokens === null || this.tokens < 2) return this.e.node('Neg', [name]);
    return make(this.tokens);
  }

  /** The first element moved behind the others. */
  private swapped(name: string, size: number, axis: number): string {
    const { e } = this;
    const isNew = e.recipe.opset >= 13;
    const parts = [1, size - 1];
    const inputs = isNew ? [name, e.ints(parts)] : [name];
    const attrs = isNew ? { axis } : { axis, split: { ints: parts } };
    const first = e.node('Split', inputs, attrs, { outputs: 2, tag: `Split axis ${axis}` });
    return e.node('Concat', [`${first}.1`, first], { axis }, { tag: `Concat axis ${axis}` });
  }

  private batchNorm(name: string, features: number): string {
    const { e } = this;
    const parameters = [0, 1, 2].map(() => e.constant('scale', [features], signed));
    const variance = e.constant('variance', [features], (random) => 0.1 + random());
    return e.node('BatchNormalization', [name, ...parameters, variance]);
  }
}
