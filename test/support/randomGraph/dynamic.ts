import { Emitter, Unrunnable, type Value } from './emitter';
import { finished, type RandomNetwork } from './randomNetwork';
import type { ConvRecipe, Settings, Step } from './recipe';
import { signed } from './rng';
import { applySteps } from './steps';
import { commonDivisor, conv, padding, sameSizes, sizesBehind } from './windows';

/**
 * Dynamic convolutions in both forms that exporters write: kernels mixed for each sample and convolved with the batch in
 * the groups, or the results of several convolutions mixed; with BN, scales and static branches beside, and decoys.
 */
export interface DynamicRecipe extends Settings {
  readonly kind: 'dynamic';
  readonly channels: number;
  readonly size: readonly number[];
  readonly batches: readonly number[];
  readonly stages: readonly DynamicStage[];
}

export interface DynamicStage {
  readonly space: 'kernel' | 'feature';
  readonly count: number;
  readonly head: 'Softmax' | 'Sigmoid' | 'HardSigmoid';
  readonly temperature: number;
  /** Zeros in the last layer of the attention: weights that do not depend on the input. */
  readonly isConstant: boolean;
  readonly flatten: 'Reshape' | 'Flatten';
  readonly take: 'Slice' | 'Split';
  readonly channels: number;
  readonly conv: ConvRecipe;
  readonly stride: number;
  readonly bias: boolean;
  readonly inner: readonly Step[];
  readonly outer: readonly Step[];
  readonly side: 'none' | 'conv' | 'identity';
  readonly behindSide: readonly Step[];
  readonly decoy: 'none' | 'relu' | 'places' | 'channels' | 'escape';
}

export function buildDynamic(recipe: DynamicRecipe): RandomNetwork | null {
  const size = recipe.size.slice(0, recipe.rank);
  // kernels mixed for each sample are right for one batch, and their Reshapes for one size
  const isBaked = recipe.stages.some((stage) => stage.space === 'kernel');
  const isOpen = recipe.openBatch && !isBaked;
  const batches = isOpen ? recipe.batches : recipe.batches.slice(0, 1);
  const runs = batches.map((batch) => ({ batch, size }));
  const e = new Emitter({ ...recipe, openSizes: false, openBatch: isOpen }, runs);
  let value: Value = { name: 'x', channels: recipe.channels, sizes: runs.map(() => size) };
  try {
    recipe.stages.forEach((stage, place) => {
      value = e.within(`stage${place}`, () => new DynamicBuilder(e, stage, batches[0]!).build(value));
    });
  } catch (error) {
    if (error instanceof Unrunnable) return null;
    throw error;
  }
  e.output(e.node('Identity', [value.name]));
  const declared = [isOpen ? 'N' : batches[0]!, recipe.channels, ...size];
  return finished(
    e,
    declared,
    batches.map((batch) => [batch, recipe.channels, ...size]),
  );
}

class DynamicBuilder {
  private readonly ones: readonly number[];

  constructor(
    private readonly e: Emitter,
    private readonly stage: DynamicStage,
    private readonly batch: number,
  ) {
    this.ones = new Array<number>(e.rank).fill(1);
  }

  build(source: Value): Value {
    const { e, stage } = this;
    const channels = stage.channels === 0 ? source.channels : stage.channels;
    const mixed =
      stage.space === 'kernel' ? this.kernelSpace(source, channels) : this.featureSpace(source, channels);
    const inner = applySteps(e, mixed, stage.inner);
    if (stage.decoy === 'escape')
      e.output(e.decoy(e.node('Relu', [inner.name], {}, { tag: 'decoy escape' })));
    const joined = applySteps(e, this.besideStatic(inner, source), stage.outer);
    return { ...joined, name: e.decoy(e.node('Relu', [joined.name])) };
  }

  /** Weights of each sample, [N, K]. */
  private attention(source: Value, count: number): string {
    const { e, stage } = this;
    const tag = { tag: 'attention' };
    const pooled = e.node('GlobalAveragePool', [source.name], {}, tag);
    const width = Math.max(1, Math.floor(source.channels / 2));
    const first = e.constant('weight', [width, source.channels, ...this.ones], signed);
    const hidden = e.node('Relu', [e.node('Conv', [pooled, first], {}, tag)], {}, tag);
    const second = e.constant('weight', [count, width, ...this.ones], stage.isConstant ? () => 0 : signed);
    const logits = e.node('Conv', [hidden, second, e.constant('bias', [count], signed)], {}, tag);
    const flat =
      stage.flatten === 'Flatten'
        ? e.node('Flatten', [logits], { axis: 1 }, tag)
        : e.node('Reshape', [logits, e.ints([-1, count])], {}, tag);
    const cooled =
      stage.temperature === 1 ? flat : e.node('Div', [flat, e.float(stage.temperature)], {}, tag);
    return e.node(stage.head, [cooled], stage.head === 'Softmax' ? { axis: 1 } : {}, tag);
  }

  private window(source: Value, channels: number) {
    const { stage } = this;
    const kernel = stage.conv.kernel.slice(0, this.e.rank);
    const dilation = stage.conv.dilation.slice(0, this.e.rank);
    const stride = this.ones.map(() => stage.stride);
    const { begin, end } = padding(
      stage.conv,
      this.ones.map(() => 0),
    );
    const groups = commonDivisor(source.channels, channels, stage.conv.groups);
    return {
      kernel,
      dilation,
      stride,
      begin,
      end,
      groups,
      sizes: sizesBehind(
        source,
        stride,
        this.ones.map(() => 0),
      ),
    };
  }

  /** MatMul(a, bank) → Reshape → Conv with the batch in its groups. */
  private kernelSpace(source: Value, channels: number): Value {
    const { e, stage, batch } = this;
    const { kernel, dilation, stride, begin, end, groups, sizes } = this.window(source, channels);
    const tag = { tag: 'dynamic kernel' };
    const weights = this.attention(source, stage.count);
    const perGroup = source.channels / groups;
    const length = channels * perGroup * kernel.reduce((product, k) => product * k, 1);
    const bank = e.constant(
      'weight',
      [stage.count, length],
      (random) => signed(random) / Math.sqrt(perGroup),
    );
    const mixed = e.node('MatMul', [weights, bank], {}, tag);
    const kernels = e.node('Reshape', [mixed, e.ints([batch * channels, perGroup, ...kernel])], {}, tag);
    const folded = e.node(
      'Reshape',
      [source.name, e.ints([1, batch * source.channels, ...source.sizes[0]!])],
      {},
      tag,
    );
    const inputs = [folded, kernels];
    if (stage.bias) {
      const biases = e.node(
        'MatMul',
        [weights, e.constant('bias', [stage.count, channels], signed)],
        {},
        tag,
      );
      inputs.push(e.node('Reshape', [biases, e.ints([batch * channels])], {}, tag));
    }
    const attrs = {
      group: batch * groups,
      pads: { ints: [...begin, ...end] },
      strides: { ints: stride },
      dilations: { ints: dilation },
    };
    const result = e.node('Conv', inputs, attrs, { tag: 'dynamic conv' });
    const name = e.node('Reshape', [result, e.ints([batch, channels, ...sizes[0]!])], {}, tag);
    return { name, channels, sizes };
  }

  /** Σ a_k · Conv_k(x). */
  private featureSpace(source: Value, channels: number): Value {
    const { e, stage } = this;
    const { stride, begin, end, sizes } = this.window(source, channels);
    const tag = { tag: 'dynamic feature' };
    const parts = this.parts(source);
    const recipe = { ...stage.conv, bias: stage.bias, auto: 'NOTSET' as const };
    const terms = parts.map((part, place) => {
      const branch = conv(e, source, recipe, { channels, stride, begin, end });
      const isBent = stage.decoy === 'relu' && place === 0;
      const name = isBent ? e.decoy(e.node('Relu', [branch.name], {}, { tag: 'decoy Relu' })) : branch.name;
      const product = e.node('Mul', place % 2 === 0 ? [part, name] : [name, part], {}, tag);
      return isBent || stage.decoy === 'places' || stage.decoy === 'channels' ? e.decoy(product) : product;
    });
    const name =
      terms.length > 2
        ? e.node('Sum', terms, {}, tag)
        : terms.reduce((a, b) => e.node('Add', [a, b], {}, tag));
    return { name, channels, sizes };
  }

  /** One weight a sample for each branch, [N, 1, 1, 1]; or decoys that differ from place to place or by channel. */
  private parts(source: Value): readonly string[] {
    const { e, stage } = this;
    const { count, decoy } = stage;
    const tag = { tag: 'attention' };
    const channels = stage.channels === 0 ? source.channels : stage.channels;
    if (decoy === 'places' && stage.stride === 1) {
      const weight = e.constant('weight', [1, source.channels, ...this.ones], signed);
      const map = e.node('Sigmoid', [e.node('Conv', [source.name, weight], {}, tag)], {}, tag);
      return Array.from({ length: count }, () => map);
    }
    if (decoy === 'channels' || decoy === 'places') {
      const pooled = e.node('GlobalAveragePool', [source.name], {}, tag);
      const weight = e.constant('weight', [channels, source.channels, ...this.ones], signed);
      const gate = e.node('Sigmoid', [e.node('Conv', [pooled, weight], {}, tag)], {}, tag);
      return Array.from({ length: count }, () => gate);
    }
    const flat = this.attention(source, count);
    const all = e.node('Reshape', [flat, e.ints([-1, count, ...this.ones])], {}, tag);
    if (count === 1) return [all];
    if (stage.take === 'Split') {
      const isNew = e.recipe.opset >= 13;
      const each = new Array<number>(count).fill(1);
      const inputs = isNew ? [all, e.ints(each)] : [all];
      const attrs = isNew ? { axis: 1 } : { axis: 1, split: { ints: each } };
      const first = e.node('Split', inputs, attrs, { outputs: count, tag: 'attention' });
      return Array.from({ length: count }, (_, k) => (k === 0 ? first : `${first}.${k}`));
    }
    return Array.from({ length: count }, (_, k) => {
      return e.node('Slice', [all, e.ints([k]), e.ints([k + 1]), e.ints([1])], {}, tag);
    });
  }

  private besideStatic(value: Value, source: Value): Value {
    const { e, stage } = this;
    if (stage.side === 'none') return value;
    const isSame = value.channels === source.channels && sameSizes(value.sizes, source.sizes);
    const { stride, begin, end } = this.window(source, value.channels);
    const recipe = { ...stage.conv, bias: !stage.bias, auto: 'NOTSET' as const };
    const side =
      stage.side === 'identity' && isSame
        ? source
        : conv(e, source, recipe, { channels: value.channels, stride, begin, end });
    const beside = applySteps(e, side, stage.behindSide);
    return { ...value, name: e.node('Add', [value.name, beside.name], {}, { tag: 'Add beside dynamic' }) };
  }
}
