import assert from 'node:assert/strict';
import { ITEM, type ModelMap } from '../../../../src/core/view/map/mapTypes';
import { modelMap } from '../../../../src/core/view/map/modelMap';
import { detectFixture } from '../../../support/models';
import { Net } from '../../detect/net';
import { detectSpec } from '../../detect/merges';
import { cpuTime } from '../../../support/cpuTime';

const keys = ({ items }: ModelMap): readonly string[] => items.map(({ key }) => key);

function readers(map: ModelMap, key: string): readonly string[] {
  const from = keys(map).indexOf(key);
  return map.edges.filter((edge) => edge[0] === from).map((edge) => map.items[edge[1]]!.key);
}

describe('the map of a model', () => {
  const repvgg = detectFixture('models/repvgg.legacy.onnx');

  it('draws each block as one item, in the order of the data', () => {
    const map = modelMap(repvgg, null);
    const blocks = map.items.filter(({ kind }) => kind === 'block');
    assert.deepEqual(
      blocks.map(({ key, state, family }) => [key, state, family]),
      repvgg.blocks.map(({ id, status, family }) => [id, status, family]),
    );
    assert.equal(map.items[0]!.kind, 'input');
    assert.equal(map.items.at(-1)!.kind, 'output');
    assert.deepEqual(readers(map, 'input:x'), ['b0']);
  });

  it('accounts for every node that computes on an input, once', () => {
    for (const open of [null, new Set<string>()]) {
      const map = modelMap(repvgg, open);
      const drawn = map.items.reduce((sum, { nodes }) => sum + nodes, 0);
      const { order } = repvgg.analysis.index;
      assert.equal(drawn + map.constants, order.length);
    }
  });

  it('puts readers below what they read, and nothing over anything else', () => {
    const map = modelMap(detectFixture('models/seed_dbb.legacy.onnx'), null);
    for (const [from, to] of map.edges) assert.ok(map.items[from]!.y < map.items[to]!.y);
    assertApart(map);
    for (const { x, y } of map.items) {
      assert.ok(x >= 0 && x + ITEM.width <= map.width && y >= 0 && y + ITEM.height <= map.height);
    }
  });

  it('leaves out what only the shapes of others depend on', () => {
    const { items } = modelMap(detectFixture('passes/seed_dbb.preserve.onnx'), null);
    assert.deepEqual(
      items.map(({ key }) => key),
      ['input:x', 'b0', 'node:/Relu', 'output:y'],
    );
  });

  it('closes and opens modules, with the blocks in them counted', () => {
    const detection = detectFixture('families/unireplk.preserve.onnx');
    const closed = modelMap(detection, new Set());
    const modules = closed.items.filter(({ kind }) => kind === 'module');
    const all = modelMap(detection, new Set(modules.map(({ key }) => key)));
    assert.equal(all.items.filter(({ kind }) => kind === 'block').length, detection.blocks.length);
    for (const { key } of modules) {
      assert.ok(!keys(all).includes(key), 'an open module is no item');
      assert.ok(
        all.items.some(({ parent }) => parent === key),
        'its members name it as their parent',
      );
    }
  });

  it('draws modules that read each other, though their edges go round', () => {
    const net = new Net();
    const nodes = ['/a/One', '/b/Two', '/a/Three', '/b/Four'];
    let value = 'x';
    nodes.forEach(() => (value = net.node('Relu', [value])));
    const spec = net.spec([1, 4], value);
    const named = spec.nodes.map((node, at) => ({ ...node, name: nodes[at] ?? node.name ?? '' }));
    const map = modelMap(detectSpec({ ...spec, nodes: named }), new Set());
    assert.deepEqual(keys(map), ['input:x', '/a', '/b', 'node:last', 'output:y']);
    assert.equal(map.edges.length, 5);
  });

  it('knows the nodes that an earlier fusion made', () => {
    const net = new Net();
    const spec = net.spec([1, 4, 8, 8], net.conv('x', [4, 4], 3, { pad: 1 }));
    const merged = spec.nodes.map((node) =>
      node.op === 'Conv' ? { ...node, name: 'stage.0.reparam' } : node,
    );
    const map = modelMap(detectSpec({ ...spec, nodes: merged }), null);
    assert.deepEqual(
      map.items.filter(({ state }) => state === 'fused').map(({ key }) => key),
      ['node:stage.0.reparam'],
    );
  });

  it('is quick for a flat graph of 14,000 nodes', () => {
    const net = new Net('float32');
    let value = 'x';
    for (let at = 0; at < 4667; at++) {
      const [a, b] = [net.node('Relu', [value]), net.node('Sigmoid', [value])];
      value = net.node('Mul', [a, b]);
    }
    const detection = detectSpec(net.spec([1, 4, 8, 8], value));
    const { value: map, milliseconds: took } = cpuTime(() => modelMap(detection, null));
    assert.equal(map.items.length, 14_001 + 3);
    // first paint is to come within a second of reading; it takes 0.35 s here; collecting garbage beside it counts too
    assert.ok(took < 3500, `${took} ms`);
    assertApart(map);
  });
});

function assertApart({ items }: ModelMap): void {
  const rows = new Map<number, number[]>();
  for (const { x, y } of items) rows.set(y, [...(rows.get(y) ?? []), x]);
  for (const row of rows.values()) {
    row.sort((a, b) => a - b);
    // places are sums of halves and means in float64
    row.slice(1).forEach((x, at) => assert.ok(x - row[at]! >= ITEM.width + ITEM.gapX - 1e-6));
  }
}
