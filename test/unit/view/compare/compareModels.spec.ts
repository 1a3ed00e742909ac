import assert from 'node:assert/strict';
import type { Detection } from '../../../../src/core/detect/detect';
import { compareModels } from '../../../../src/core/view/compare/compareModels';
import type { CompareLink, CompareView, LinkKind } from '../../../../src/core/view/compare/compareTypes';
import { modelMap } from '../../../../src/core/view/map/modelMap';
import { flatModel } from '../../../host/support/models';
import { detectBytes, detectFixture, fuseToBytes } from '../../../support/models';
import type { NodeSpec, OnnxSpec } from '../../../support/onnxBuilder';
import { manyBlocks } from '../../../webview/support/models';
import { detectSpec } from '../../detect/merges';
import { deployNetwork, trainNetwork } from '../../verify/repvgg';
import { cpuTime } from '../../../support/cpuTime';

const keys = (places: CompareLink['left']): readonly string[] => places.map(({ key }) => key);

const of = (view: CompareView, ...kinds: readonly LinkKind[]): readonly (readonly (readonly string[])[])[] =>
  view.links.filter(({ kind }) => kinds.includes(kind)).map((link) => [keys(link.left), keys(link.right)]);

const DIFFERENT: readonly LinkKind[] = ['merged', 'weights', 'changed', 'left', 'right'];

const fused = (detection: Detection): Detection => detectBytes(fuseToBytes(detection));

/** Every item that a map draws when all is open is in one link, on its side. */
function assertComplete(view: CompareView, left: Detection, right: Detection): void {
  for (const [side, detection] of [
    ['left', left],
    ['right', right],
  ] as const) {
    const drawn = modelMap(detection, null);
    const modules = drawn.items.filter(({ kind }) => kind === 'module').map(({ key }) => key);
    const all = modelMap(detection, new Set([...drawn.open, ...modules]));
    const found = view.links.flatMap((link) => keys(link[side]));
    assert.equal(new Set(found).size, found.length, 'no item twice');
    const wanted = all.items.filter(({ kind }) => kind !== 'module').map(({ key }) => key);
    assert.deepEqual([...found].sort(), [...wanted].sort());
  }
}

/** The same network with other names for everything but its input. */
function renamed(spec: OnnxSpec): OnnxSpec {
  const other = (name: string): string =>
    name === '' || name in (spec.inputs ?? {}) ? name : `${name}_renamed`;
  const all = <T>(named: Readonly<Record<string, T>> = {}): Record<string, T> =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [other(name), value]));
  return {
    ...spec,
    outputs: all(spec.outputs),
    initializers: all(spec.initializers),
    nodes: spec.nodes.map(({ name: _, ...node }) => ({
      ...node,
      inputs: node.inputs.map(other),
      outputs: node.outputs.map(other),
    })),
  };
}

/** x → Conv → … → y, all of four channels. */
function chain(ops: readonly Partial<NodeSpec>[], weight = 1): OnnxSpec {
  let x = 'x';
  const nodes = ops.map((op, at): NodeSpec => {
    const y = at === ops.length - 1 ? 'y' : `v${op.name ?? at}`;
    const inputs = op.op === 'Conv' ? [x, `w${op.name ?? at}`] : [x];
    const node = { op: 'Relu', ...op, inputs, outputs: [y] };
    x = y;
    return node;
  });
  const names = nodes.flatMap(({ op, inputs }) => (op === 'Conv' ? [inputs[1]!] : []));
  const tensor = (name: string) => ({
    dims: [4, 4, 1, 1],
    data: (index: number) => weight * Math.sin(index + name.charCodeAt(1)),
  });
  return {
    inputs: { x: ['float32', ['N', 4, 8, 8]] },
    outputs: { y: ['float32', ['N', 4, 8, 8]] },
    initializers: Object.fromEntries(names.map((name) => [name, tensor(name)])),
    nodes,
  };
}

const conv = (name: string, attrs: NodeSpec['attrs'] = {}): Partial<NodeSpec> => ({
  op: 'Conv',
  name,
  attrs,
});
const relu = (name: string): Partial<NodeSpec> => ({ op: 'Relu', name });
const PLAIN = [conv('a'), relu('b'), conv('c'), relu('d'), conv('e')];

describe('comparing two models', () => {
  for (const path of [
    'models/repvgg.legacy.onnx',
    'models/seed_dbb.dynamo.onnx',
    'families/unireplk.preserve.onnx',
    'dynamic/net.legacy.onnx',
    'refuse/plain_resnet.onnx',
  ]) {
    it(`finds no difference between a model and itself: ${path}`, () => {
      const [left, right] = [detectFixture(path), detectFixture(path)];
      const view = compareModels(left, right);
      assert.deepEqual(of(view, ...DIFFERENT), []);
      assert.ok(view.counts.same > 1 && view.related);
      assertComplete(view, left, right);
    });
  }

  it('links each block to what was merged from it, by RepLens', () => {
    const left = detectFixture('families/unireplk.preserve.onnx');
    const right = fused(left);
    const view = compareModels(left, right);
    assert.equal(view.original, 'left');
    assert.deepEqual(of(view, ...DIFFERENT), [
      [['b0'], ['node:0.reparam']],
      [['b1'], ['node:1.reparam']],
    ]);
    assert.deepEqual(view.counts, { same: 4, merged: 2, weights: 0, changed: 0, left: 0, right: 0 });
    assertComplete(view, left, right);
  });

  it('or by somebody else, a DBB, and whichever is given first', () => {
    const train = detectFixture('models/seed_dbb.legacy.onnx');
    const deploy = fused(train);
    for (const [left, right, original] of [
      [train, deploy, 'left'],
      [deploy, train, 'right'],
    ] as const) {
      const view = compareModels(left, right);
      assert.equal(view.original, original);
      const [pair] = of(view, ...DIFFERENT);
      const turned = original === 'left' ? pair : [...pair!].reverse();
      assert.deepEqual(turned, [['b0'], ['node:/Add_2_output_0.reparam']]);
      assertComplete(view, left, right);
    }
    const pair = (form: string) => detectFixture(`pairs/ok_repvgg.${form}.onnx`);
    assert.deepEqual(of(compareModels(pair('train'), pair('deploy')), ...DIFFERENT), [
      [['b0'], ['node:/blocks.0/m/Conv']],
      [['b1'], ['node:/blocks.1/m/Conv']],
      [['b2'], ['node:/blocks.2/m/Conv']],
    ]);
  });

  it('does not judge what was merged: a faulty conversion looks like a right one', () => {
    const pair = (form: string) => detectFixture(`pairs/identity_dropped.${form}.onnx`);
    const { counts } = compareModels(pair('train'), pair('deploy'));
    assert.deepEqual(counts, { same: 7, merged: 3, weights: 0, changed: 0, left: 0, right: 0 });
  });

  it('says of a block with other numbers which tensors differ, and by how much', () => {
    const [left, right] = [detectSpec(trainNetwork()), detectSpec(trainNetwork({ seed: 5 }))];
    const view = compareModels(left, right);
    const [block] = view.links.filter(({ kind }) => kind === 'weights');
    assert.deepEqual([keys(block!.left), keys(block!.right)], [['b0'], ['b0']]);
    assert.ok(block!.details.length > 3);
    for (const detail of block!.details)
      assert.ok(
        detail.what === 'weights' && detail.maxAbs! > 0 && detail.maxAbs! < 4,
        JSON.stringify(detail),
      );
    assert.equal(view.counts.left + view.counts.right + view.counts.changed, 0);
  });

  it('finds everything again though every name is another one', () => {
    const view = compareModels(detectSpec(trainNetwork()), detectSpec(renamed(trainNetwork())));
    assert.deepEqual(of(view, ...DIFFERENT), []);
    const merged = compareModels(
      detectSpec(trainNetwork()),
      detectSpec(deployNetwork({ suffix: '_deploy', output: 'result' })),
    );
    assert.deepEqual(merged.counts, { same: 4, merged: 1, weights: 0, changed: 0, left: 0, right: 0 });
  });

  it('names another attribute, and another shape', () => {
    const dilated = PLAIN.map((op) =>
      op.name === 'c' ? conv('c', { pads: [1, 1, 1, 1], strides: [2, 2] }) : op,
    );
    const view = compareModels(detectSpec(chain(PLAIN)), detectSpec(chain(dilated)));
    const [changed] = view.links.filter(({ kind }) => kind === 'changed');
    assert.deepEqual(keys(changed!.left), ['node:c']);
    assert.deepEqual(changed!.details, [
      { what: 'attribute', node: 'c', name: 'pads', left: null, right: '[1, 1, 1, 1]' },
      { what: 'attribute', node: 'c', name: 'strides', left: null, right: '[2, 2]' },
    ]);
    const input = compareModels(
      detectSpec(chain(PLAIN)),
      detectSpec({ ...chain(PLAIN), inputs: { x: ['float32', [1, 4, 8, 8]] } }),
    );
    assert.deepEqual(input.links[0]!.details, [
      { what: 'shape', node: 'x', name: '', left: 'float32 N×4×8×8', right: 'float32 1×4×8×8' },
    ]);
  });

  it('goes on behind a node that was added or left out', () => {
    const sigmoid = { op: 'Sigmoid', name: 's' };
    const more = [...PLAIN.slice(0, 2), sigmoid, ...PLAIN.slice(2)];
    const added = compareModels(detectSpec(chain(PLAIN)), detectSpec(chain(more)));
    assert.deepEqual(of(added, ...DIFFERENT), [[[], ['node:s']]]);
    assert.equal(added.counts.same, 7);
    const removed = compareModels(detectSpec(chain(more)), detectSpec(chain(PLAIN)));
    assert.deepEqual(of(removed, ...DIFFERENT), [[['node:s'], []]]);
    assert.equal(removed.counts.same, 7);
  });

  it('takes neighbours that only one side has for one difference', () => {
    const more = [...PLAIN, relu('f'), { op: 'Sigmoid', name: 'g' }, { op: 'Tanh', name: 'h' }];
    const view = compareModels(detectSpec(chain(more)), detectSpec(chain(PLAIN)));
    assert.deepEqual(of(view, 'left'), [[['node:f', 'node:g', 'node:h'], []]]);
  });

  it('has nothing to link in two models that have nothing in common', () => {
    const [left, right] = [
      detectFixture('families/lora.dynamo.onnx'),
      detectFixture('models/seed_dbb.legacy.onnx'),
    ];
    const view = compareModels(left, right);
    assert.equal(view.related, false);
    assert.equal(view.counts.merged + view.counts.weights, 0);
    assert.ok(view.counts.left > 0 && view.counts.right > 0);
    assertComplete(view, left, right);
  });

  it('is quick for 14,000 nodes, flat or in 1,000 blocks, merged, retrained or the same', () => {
    const flat = detectBytes(flatModel(14_000));
    const blocks = manyBlocks(1000);
    const cases = [
      ['a flat graph', flat, detectBytes(flatModel(14_000))],
      ['1,000 blocks, merged', blocks, fused(blocks)],
      ['1,000 blocks, unrelated', blocks, flat],
    ] as const;
    for (const [title, left, right] of cases) {
      const { value: view, milliseconds: took } = cpuTime(() => compareModels(left, right));
      console.log(`      ${title}: ${took.toFixed(0)} ms, ${view.links.length} links`);
      // a second or so here; collecting garbage beside it counts too
      assert.ok(took < 10_000, `${title}: ${took} ms`);
    }
    assert.equal(compareModels(blocks, fused(blocks)).counts.merged, 1000);
  });

  it('is quick where one tensor has thousands of readers that nothing but their order tells apart', () => {
    const fan = (prefix: string, others: number): Detection => {
      const names = Array.from({ length: 2000 + others }, (_, at) => `${prefix}${at}`);
      const nodes = names.map((name): NodeSpec => ({ op: 'Relu', inputs: ['x'], outputs: [name] }));
      const sum: NodeSpec = { op: 'Sum', inputs: names, outputs: ['y'] };
      const port = ['float32', [1, 4]] as const;
      return detectSpec({ inputs: { x: port }, outputs: { y: port }, nodes: [...nodes, sum] });
    };
    const [a, b] = [fan('a', 0), fan('b', 5)];
    const { value, milliseconds: took } = cpuTime(() => compareModels(a, b));
    const { counts } = value;
    // each is paired with one of its own, so five are left
    assert.equal(counts.right, 1);
    assert.ok(counts.same >= 2000, `${counts.same}`);
    // a second and a half on a busy machine; each held against each took eighteen
    assert.ok(took < 9000, `${took} ms`);
  });
});
