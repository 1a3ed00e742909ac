import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '../../../../src/core/detect/block';
import { inspectReport } from '../../../../src/core/view/inspectReport';
import { detectBytes, FIXTURES } from '../../../support/models';

interface Expected {
  readonly space: 'kernel' | 'feature';
  readonly kernels: number;
  readonly dims: readonly number[];
  readonly attention: string;
  readonly batch: number | null;
  /** Labels after the attention's; the bank's first. */
  readonly branches: readonly string[];
}

const conv4 = (label: string): readonly string[] =>
  [0, 1, 2, 3].map((place) => `${label} × attention[${place}]`);

const EXPECTED: Readonly<Record<string, Expected>> = {
  seed_dynamic_conv: {
    space: 'kernel',
    kernels: 4,
    dims: [20, 12, 3, 3],
    attention: 'attention: softmax over 4, T = 34',
    batch: 2,
    branches: ['bank of 4 × 3×3 conv', 'BN'],
  },
  kernel_grouped: {
    space: 'kernel',
    kernels: 3,
    dims: [12, 4, 3, 3],
    attention: 'attention: softmax over 3, T = 30',
    batch: 3,
    branches: ['bank of 3 × 3×3 grouped conv', 'BN'],
  },
  beside_sigmoid: {
    space: 'kernel',
    kernels: 4,
    dims: [8, 8, 3, 3],
    attention: 'attention: sigmoid over 4, T = 1',
    batch: 2,
    branches: ['bank of 4 × 3×3 conv', '1×1 conv', 'identity', 'BN'],
  },
  mulsum: {
    space: 'kernel',
    kernels: 4,
    dims: [8, 8, 3, 3],
    attention: 'attention: softmax over 4, T = 1',
    batch: 2,
    branches: ['bank of 4 × 3×3 conv', 'BN'],
  },
  feature_slice: {
    space: 'feature',
    kernels: 4,
    dims: [16, 8, 3, 3],
    attention: 'attention: softmax over 4, T = 30',
    batch: null,
    branches: [...conv4('3×3 conv'), 'BN'],
  },
  feature_chunk: {
    space: 'feature',
    kernels: 4,
    dims: [8, 1, 3, 3],
    attention: 'attention: softmax over 4, T = 30',
    batch: null,
    branches: [...conv4('3×3 depthwise conv'), 'BN'],
  },
  feature_stack0: {
    space: 'feature',
    kernels: 4,
    dims: [16, 8, 3, 3],
    attention: 'attention: softmax over 4, T = 30',
    batch: null,
    branches: [
      ...['3×3 conv', '1×1 conv', '3×3 conv', '1×1 conv'].map(
        (word, place) => `${word} × attention[${place}]`,
      ),
      'BN',
    ],
  },
};

for (const [name, expected] of Object.entries(EXPECTED)) {
  for (const exporter of ['legacy', 'dynamo']) {
    describe(`${name} by the ${exporter} exporter`, () => {
      const [block, ...others] = blocksOf(`${name}.${exporter}`);

      it('is one block of family DynamicConv, from the image to the end of what follows', () => {
        assert.deepEqual(others, []);
        assert.equal(block?.family, 'DynamicConv');
        assert.equal(block.status, 'fusable');
        assert.equal(block.region.source, 'x');
      });

      it('is described: attention, bank, batch', () => {
        const { space, bank, batch } = block?.dynamic?.description ?? {};
        assert.deepEqual(
          [space, bank?.kernels, bank?.dims, batch],
          [expected.space, expected.kernels, expected.dims, expected.batch],
        );
      });

      it('has its branches named for a person', () => {
        const labels = block?.branches.map((branch) => branch.label.replace(/ \+ BN/, ''));
        assert.deepEqual(labels, [expected.attention, ...expected.branches]);
      });

      it('lists every node of a branch among its nodes, once', () => {
        const nodes = block?.region.nodes.map((node) => node.name) ?? [];
        assert.equal(new Set(nodes).size, nodes.length);
        for (const name of block?.branches.flatMap((branch) => branch.nodes) ?? []) {
          assert.ok(nodes.includes(name), name);
        }
      });

      it('says when annealing was not finished and when a batch is held', () => {
        const notes = block?.dynamic?.description.notes ?? [];
        const annealed = expected.attention.endsWith('T = 1');
        assert.equal(
          notes.some((note) => /annealing/.test(note)),
          !annealed,
        );
        assert.equal(
          notes.some(
            (note) => note.includes(`batch of ${expected.batch ?? 0}`) && note.includes('--batch-free'),
          ),
          expected.batch !== null,
        );
      });
    });
  }
}

describe('conditional convolutions that share one routing', () => {
  for (const exporter of ['legacy', 'dynamo']) {
    it(`are three blocks (${exporter})`, () => {
      const blocks = blocksOf(`cond.${exporter}`);
      assert.deepEqual(
        blocks.map(({ family, status, dynamic }) => [family, status, dynamic?.description.bank.dims]),
        [
          ['DynamicConv', 'fusable', [16, 8, 1, 1]],
          ['DynamicConv', 'fusable', [16, 1, 3, 3]],
          ['DynamicConv', 'fusable', [8, 16, 1, 1]],
        ],
      );
      const heads = new Set(blocks.map(({ dynamic }) => dynamic?.description.attention.value));
      assert.equal(heads.size, 1);
    });
  }
});

describe('a kernel that is mixed by something else than an attention', () => {
  it('is told by the operator that makes the weights', () => {
    const [block] = blocksOf('hyper.dynamo');
    assert.equal(block?.branches[0]?.label, 'attention: Tanh over 5');
    assert.equal(block.dynamic?.description.attention.activation, 'other');
    assert.equal(block.dynamic.description.attention.sumsToOne, false);
  });
});

describe('a dynamic convolution with nothing to fold', () => {
  it('is refused as one, and says what can be had', () => {
    const [block] = blocksOf('kernel_plain.dynamo');
    assert.equal(block?.family, 'DynamicConv');
    assert.equal(block.refusal?.code, 'dynamic-coefficient');
    assert.match(block.refusal?.message ?? '', /attention over 4 kernels.*--batch-free/);
    assert.deepEqual(block.refusal?.nodes, ['node_conv2d_2']);
  });
});

describe('what is no dynamic convolution', () => {
  for (const [name, codes] of Object.entries({
    not_gate: ['dynamic-coefficient'],
    not_se: ['dynamic-coefficient'],
    not_scalar: ['dynamic-coefficient'],
    not_sk: [],
    not_pixel: [],
    not_relu: [],
  })) {
    it(`${name}: ${codes.length === 0 ? 'nothing is told' : 'a near miss like any other'}`, () => {
      const blocks = blocksOf(`${name}.dynamo`);
      assert.deepEqual(
        blocks.map(({ status, family, refusal }) => [status, family, refusal?.code]),
        codes.map((code) => ['refused', 'Linear branches', code]),
      );
    });
  }
});

describe('inspect', () => {
  it('prints attention, bank and batch of a dynamic convolution, and nothing such of another block', () => {
    const report = inspectReport(detectionOf('dynamic/seed_dynamic_conv.legacy.onnx'));
    const { dynamic, transforms } = JSON.parse(JSON.stringify(report.blocks[0])) as Record<string, unknown>;
    assert.deepEqual(transforms, []);
    assert.deepEqual((dynamic as { attention: unknown }).attention, {
      value: '/Softmax_output_0',
      activation: 'softmax',
      count: 4,
      temperature: 34,
      sumsToOne: true,
    });
    const plain = inspectReport(detectionOf('models/repvgg.legacy.onnx'));
    assert.ok(plain.blocks.length > 0 && plain.blocks.every((block) => block.dynamic === undefined));
  });
});

function blocksOf(name: string): readonly Block[] {
  return detectionOf(`dynamic/${name}.onnx`).blocks;
}

function detectionOf(path: string) {
  return detectBytes(readFileSync(join(FIXTURES, path)), path);
}
