import assert from 'node:assert/strict';
import { archiveOf, call, exportedProgram, meta, tensor, type Json } from '../../support/exportedPrograms';
import { refusalOf, verdictOf } from '../../support/refusals';

/** Exported programs that were made to harm: each is refused in one sentence, or read without harm, soon and in little memory. */

const ints = (values: readonly Json[]): Json => ({ as_ints: values });
const int = (value: number): Json => ({ as_int: value });
const relu = (from: string, to: string): Json => call('relu.default', { self: tensor(from) }, to);

describe('hostile exported programs', () => {
  it('the builder of these tests makes programs that are read', () => {
    const plain = exportedProgram({ nodes: [relu('x', 'y')], types: { x: [2], y: [2] }, outputs: ['y'] });
    assert.equal(verdictOf(plain), null);
  });

  it('JSON of brackets, of empty records and of names without end', () => {
    assert.match(refusalOf(archiveOf('['.repeat(20_000_000))).message, /more parts than the program/);
    assert.match(refusalOf(archiveOf('[]'.repeat(12_000_000))).message, /more parts than the program/);
    assert.match(
      refusalOf(archiveOf(`[${'{},'.repeat(9_000_000)}0]`)).message,
      /more parts than the program/,
    );
    assert.match(refusalOf(archiveOf('['.repeat(5_000_000))).message, /is no JSON/);
    assert.match(refusalOf(archiveOf(`{"${'a'.repeat(50_000_000)}":1}`)).message, /schema version/);
    assert.match(refusalOf(archiveOf(new Uint8Array(1000).fill(0xff))).message, /is no JSON/);
  });

  it('names that every object inherits', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const types = JSON.stringify({ x: meta([2]), y: meta([2]) }).replace('"y"', `"${name}"`);
      const whole = exportedProgram({
        nodes: [relu('x', name)],
        types: { x: [2], ['replaced']: [2] },
        outputs: [name],
      });
      const json = new TextDecoder().decode(whole);
      assert.ok(json.includes('replaced'));
      verdictOf(whole);
      verdictOf(archiveOf(`{"schema_version":{"major":8},"graph_module":{"graph":${types}},"${name}":{}}`));
      assert.equal(({} as Record<string, unknown>)['dtype'], undefined);
    }
    assert.match(
      refusalOf(archiveOf('{"__proto__":{"schema_version":{"major":8}}}')).message,
      /schema version/,
    );
  });

  it('sizes that are none, and sizes without end', () => {
    for (const size of [
      1e308,
      -5,
      0,
      2 ** 53,
      2 ** 31,
      0.5,
      { as_int: -1 },
      { as_expr: { expr_str: 's0*s0'.repeat(1e5) } },
    ]) {
      const sizes = [1, 3, size, size];
      const weights = {
        w: { path_name: 'w', use_pickle: false, tensor_meta: meta([4, 3, 1, 1], [3, 1, 1, 1]) },
      };
      verdictOf(
        exportedProgram({
          nodes: [
            call('conv2d.default', { input: tensor('x'), weight: tensor('w') }, 'a'),
            call('adaptive_avg_pool2d.default', { self: tensor('a'), output_size: ints([size, size]) }, 'b'),
            call('group_norm.default', { input: tensor('b'), num_groups: int(4e9) }, 'c'),
            call('instance_norm.default', { input: tensor('c'), use_input_stats: { as_bool: true } }, 'd'),
            call(
              'layer_norm.default',
              { input: tensor('d'), normalized_shape: ints([2 ** 20, 2 ** 20]) },
              'e',
            ),
            call('full.default', { size: ints([2 ** 40, 2 ** 20]), fill_value: int(1) }, 'f'),
            call('repeat.default', { self: tensor('f'), repeats: ints([2 ** 30, 2 ** 30]) }, 'g'),
            call('expand.default', { self: tensor('e'), size: ints([2 ** 40, 2 ** 40, 8, 8]) }, 'h'),
            call('slice_scatter.default', { self: tensor('h'), src: tensor('e'), dim: int(2) }, 'i'),
            call('unbind.int', { self: tensor('i'), dim: int(2) }, 'j'),
            call('arange.start', { start: int(0), end: int(1e15) }, 'k'),
            call('add.Tensor', { self: tensor('j'), other: tensor('k') }, 'y'),
          ],
          types: Object.fromEntries([...'xabcdefghijky'].map((name) => [name, sizes])),
          outputs: ['y'],
          weights,
          files: { 'm/data/weights/w': new Uint8Array(48) },
        }),
      );
    }
  });

  it('thousands of masks, each as large as is allowed', () => {
    const nodes = Array.from({ length: 3000 }, (_, place) =>
      call(
        'scaled_dot_product_attention.default',
        { query: tensor('x'), key: tensor('x'), value: tensor('x'), is_causal: { as_bool: true } },
        `a${place}`,
      ),
    );
    const names = nodes.map((_, place) => `a${place}`);
    verdictOf(
      exportedProgram({
        nodes,
        types: Object.fromEntries(['x', ...names].map((name) => [name, [1, 2, 2048, 8]])),
        outputs: names.slice(-1),
      }),
    );
  });

  it('views of views, deep and written through again and again', () => {
    const names = Array.from({ length: 5000 }, (_, place) => `v${place}`);
    const views = names.map((name, place) =>
      call(
        'slice.Tensor',
        { self: tensor(place === 0 ? 'o' : names[place - 1]!), dim: int(0), start: int(1) },
        name,
      ),
    );
    const writes = names.map((_, place) =>
      call('relu_.default', { self: tensor(names.at(-1)!) }, `w${place}`),
    );
    const types = Object.fromEntries(['x', 'o', 'y', ...names].map((name) => [name, [8]]));
    const own = call('clone.default', { self: tensor('x') }, 'o');
    const last = relu(names.at(-1)!, 'y');
    const deep = [own, ...views, call('relu_.default', { self: tensor('o') }, 'z'), last];
    verdictOf(exportedProgram({ nodes: deep, types, outputs: ['y'] }));
    const often = [own, ...views.slice(0, 1000), ...writes, last];
    verdictOf(exportedProgram({ nodes: often, types, outputs: ['y'] }));
    const fullViews = names
      .slice(0, 2000)
      .map((name, place) =>
        call('unsqueeze.default', { self: tensor(place === 0 ? 'o' : names[place - 1]!), dim: int(0) }, name),
      );
    const through = names.map((_, place) =>
      call('relu_.default', { self: tensor(names[999]!) }, `w${place}`),
    );
    const bomb = exportedProgram({
      nodes: [own, ...fullViews, ...through, relu('o', 'y')],
      types,
      outputs: ['y'],
    });
    assert.match(refusalOf(bomb).message, /more than 100000 nodes/);
  });

  it('a hundred thousand outputs, inputs of one call, and values of one name', () => {
    const many = Array.from({ length: 50_000 }, () => 'y');
    verdictOf(exportedProgram({ nodes: [relu('x', 'y')], types: { x: [2], y: [2] }, outputs: many }));
    const joined = {
      target: 'torch.ops.aten.cat.default',
      inputs: [{ name: 'tensors', arg: { as_tensors: many.map(() => ({ name: 'x' })) } }],
    };
    const cat = { ...joined, outputs: [tensor('y')], metadata: {} };
    verdictOf(exportedProgram({ nodes: [cat], types: { x: [2], y: [100_000] }, outputs: ['y'] }));
    const own = Array.from({ length: 20_000 }, () => relu('x', 'y'));
    verdictOf(exportedProgram({ nodes: own, types: { x: [2], y: [2] }, outputs: ['y'] }));
  });

  it('graphs within graphs', () => {
    let graph: Json = { inputs: [], outputs: [], nodes: [], tensor_values: {} };
    for (let depth = 0; depth < 200; depth++) {
      const inner = { as_graph: { name: 'g', graph } };
      const node = {
        target: 'torch.ops.higher_order.wrap_with_set_grad_enabled',
        inputs: [{ name: '', arg: inner }],
        outputs: [],
        metadata: {},
      };
      graph = { inputs: [], outputs: [], nodes: [node], tensor_values: {} };
    }
    const module = { graph, signature: { input_specs: [], output_specs: [] } };
    const program = JSON.stringify({ schema_version: { major: 8 }, graph_module: module });
    assert.match(refusalOf(archiveOf(program)).message, /a graph within a graph is too deep/);
  });

  it('storages that lie elsewhere, are too short, or are read at impossible places', () => {
    const weighted = (path: string, type: Json): Uint8Array =>
      exportedProgram({
        nodes: [call('add.Tensor', { self: tensor('x'), other: tensor('w') }, 'y')],
        types: { x: [2], y: [2], w: (type as { readonly sizes: readonly Json[] }).sizes },
        outputs: ['y'],
        weights: { w: { path_name: path, use_pickle: false, tensor_meta: type } },
        files: { 'm/data/weights/w': new Uint8Array(16) },
      });
    for (const path of ['../../etc/passwd', '/etc/passwd', '..\\w', 'w\0', '']) {
      assert.match(refusalOf(weighted(path, meta([2]))).message, /archive lacks/);
    }
    assert.equal(verdictOf(weighted('w', meta([2, 2], [2, 1]))), null);
    const impossible = [
      meta([2 ** 40], [1]),
      meta([2 ** 52, 2 ** 52], [1, 1]),
      meta([2], [-1]),
      meta([2], [1e300]),
      meta([-2], [1]),
      meta([2, 2], [1]),
      meta(new Array<Json>(5000).fill(1)),
      { ...(meta([2]) as object), storage_offset: { as_int: -4 } },
      { ...(meta([2]) as object), storage_offset: { as_int: 2 ** 53 } },
    ];
    for (const type of impossible) refusalOf(weighted('w', type));
    // all elements in one place: a broadcast tensor is written out, but not without end
    verdictOf(weighted('w', meta([4096, 4096], [0, 0])));
    refusalOf(weighted('w', meta([2 ** 20, 2 ** 20], [0, 0])));
  });
});
