import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { blockGraph } from '../../src/core/view/blockGraph';
import { modelView, type Change } from '../../src/core/view/modelView';
import { nodeView, tensorView } from '../../src/core/view/nodeView';
import { openEditor, readyState, type FakeEditor } from './support/fakeEditor';
import { built, fixture } from './support/models';
import { stage } from './support/stage';

/** The number behind a text of the screen: its tooltip has every digit. */
async function figure(editor: FakeEditor, selector: string): Promise<number> {
  const title = (await editor.page.locator(selector).getAttribute('title')) ?? '';
  return Number(title.replaceAll(',', ''));
}

function percent({ before, after }: Change): string {
  return `−${Math.round((100 * (before - after)) / before)}\u00a0%`;
}

describe('model editor: what it shows is what core found', () => {
  const detection = fixture('models/acnet.preserve.onnx');
  const view = modelView(detection);
  const [block] = view.blocks;
  let editor: FakeEditor;

  before(async () => {
    editor = await openEditor(await stage(), detection, { first: readyState(detection, 'acnet.onnx') });
    await editor.page.locator('[data-card]').first().waitFor();
  });
  after(() => editor.close());

  it('names the file, the graph, the producer and the operator set', async () => {
    equal(await editor.page.getByTestId('model-name').innerText(), 'acnet.onnx main_graph');
    match(await editor.page.locator('.title p').innerText(), /ONNX · opset 17 · pytorch/);
  });

  it('gives inputs, outputs and sizes of the model', async () => {
    const facts = await editor.page.locator('.facts').innerText();
    match(facts, /x float32 N×12×14×14/);
    match(facts, /y float32 N×16×14×14/);
    equal(await figure(editor, '[data-testid="fact-parameters"]'), view.model.parameters);
    equal(await figure(editor, '[data-testid="fact-nodes"]'), view.model.nodes);
    equal(await figure(editor, '[data-testid="fact-convs"]'), view.model.convs);
  });

  it('offers to fuse all blocks, with what that saves', async () => {
    const { nodes, blockMacs, fusable } = view.totals;
    const text = await editor.page.getByTestId('fuse-all').innerText();
    equal(fusable, 1);
    match(text, /^Fuse 1 block/);
    ok(text.includes(`−${nodes.before - nodes.after} nodes`), text);
    ok(text.includes(`${percent(blockMacs!)} MACs`), text);
  });

  it('lists each block with its family and state', async () => {
    const rows = editor.page.getByTestId('block');
    equal(await rows.count(), view.blocks.length);
    equal(await rows.first().getAttribute('data-block-id'), block!.id);
    equal(await rows.first().getAttribute('data-status'), 'fusable');
    match(await rows.first().innerText(), /ACNet\s+Fusable\s+8 → 1 node/);
  });

  it('gives VS Code what its right-click menu needs', async () => {
    const context = await editor.page.getByTestId('block').first().getAttribute('data-vscode-context');
    deepEqual(JSON.parse(context ?? ''), {
      webviewSection: 'block',
      blockId: 'b0',
      blockStatus: 'fusable',
      preventDefaultContextMenuItems: true,
    });
  });

  it('draws every vertex of the block graph, before and after', async () => {
    const graph = blockGraph(detection, 'b0')!;
    const cards = editor.page.locator('[data-card]');
    equal(await cards.count(), graph.before.vertices.length + graph.after!.vertices.length);
    const texts = (await cards.allInnerTexts()).join('\n');
    for (const { title, shape } of [...graph.before.vertices, ...graph.after!.vertices]) {
      ok(texts.includes(title), title);
      ok(texts.includes(shape), shape);
    }
  });

  it('puts the lanes from left to right in the order of the branches', async () => {
    const places: number[] = [];
    for (const { nodes } of block!.branches) {
      const card = editor.page.locator(`[data-node="${nodes[0]}"]`);
      places.push(await card.evaluate((element) => element.getBoundingClientRect().x));
    }
    deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    equal(new Set(places).size, block!.branches.length);
  });

  it('tells the cost before and after', async () => {
    for (const row of ['nodes', 'params', 'macs'] as const) {
      const cells = `[data-testid="cost"] [data-row="${row}"] td`;
      const numbers = editor.page.locator(`${cells}.number[title]`);
      const titles = [await numbers.nth(0).getAttribute('title'), await numbers.nth(1).getAttribute('title')];
      deepEqual(
        titles.map((title) => Number(title?.replaceAll(',', ''))),
        [block!.before[row], block!.after[row]],
      );
      const change = await editor.page.locator(`${cells}.number:not([title])`).innerText();
      equal(change, percent({ before: block!.before[row]!, after: block!.after[row]! }));
    }
  });

  it('lists the branches in words, each with its nodes', async () => {
    const items = editor.page.locator('[data-testid="branches"] li');
    const texts = await items.allInnerTexts();
    equal(texts.length, block!.branches.length);
    block!.branches.forEach(({ label, nodes }, index) => {
      for (const part of [label, ...nodes]) ok(texts[index]!.includes(part), part);
    });
  });

  it('shows a node on click: attributes, inputs, outputs', async () => {
    const name = block!.branches[0]!.nodes[0]!;
    const node = nodeView(detection, name)!;
    await editor.page.locator(`[data-node="${name}"]`).click();
    await editor.page.locator('.attributes').waitFor();
    const text = await editor.page.getByTestId('node-panel').innerText();
    for (const { name: key, value } of node.attributes) ok(text.includes(key) && text.includes(value), key);
    for (const value of [...node.inputs, ...node.outputs]) ok(text.includes(value.name), value.name);
    equal(
      await editor.page.getByTestId('constant').count(),
      node.inputs.filter((input) => input.constant).length,
    );
  });

  it('shows the statistics of a weight on click', async () => {
    const constant = editor.page.getByTestId('constant').first();
    const name = (await constant.getAttribute('data-tensor'))!;
    await constant.click();
    await editor.page.getByTestId('tensor').waitFor();
    const tensor = tensorView(detection, name)!;
    for (const key of ['min', 'max', 'mean', 'std'] as const) {
      const shown = await editor.page.locator(`[data-figure="${key}"]`).innerText();
      const value = Number(shown.replace(/−/g, '-'));
      // three significant digits: half a unit of the third is at most 0.5 %
      ok(Math.abs(value - tensor[key]) <= 0.005 * Math.abs(tensor[key]), `${key}: ${shown}`);
    }
    const bars = editor.page.locator('.histogram rect');
    equal(await bars.count(), tensor.histogram.length);
    equal(await editor.page.locator('[data-figure="zeros"]').innerText(), String(tensor.zeros));
  });

  it('says what the merged convolution replaces', async () => {
    await editor.page.locator('[data-card="after b0.merged"]').click();
    match(await editor.page.getByTestId('node-panel').innerText(), /One convolution replaces 8 nodes/);
  });

  it('says which WebGPU adapter there is', async () => {
    const line = editor.page.locator('[data-testid="gpu"][data-available="true"]');
    await line.waitFor();
    match(await line.innerText(), /^WebGPU: .*swiftshader/);
  });

  it('breaks no content security policy and throws nothing', () => {
    deepEqual(editor.complaints, []);
  });
});

describe('model editor: other models', () => {
  it('shows names as text, whatever they hold', async () => {
    const evil = '<img src=x onerror="document.title=1"><b>bold</b>';
    const shape = ['float32', [1, 4, 8, 8]] as const;
    const detection = built({
      name: evil,
      producer: evil,
      inputs: { [evil]: shape },
      outputs: { y: shape },
      nodes: [{ op: 'Relu', inputs: [evil], outputs: ['y'] }],
    });
    const { page, close } = await openEditor(await stage(), detection, {
      first: readyState(detection, `${evil}.onnx`),
    });
    await page.getByTestId('no-blocks').waitFor();
    equal(await page.getByTestId('model-name').innerText(), `${evil}.onnx ${evil}`);
    equal(await page.locator('#root img, #root b').count(), 0);
    await close();
  });

  it('without blocks, says so and shows the operators', async () => {
    const detection = fixture('refuse/plain_resnet.onnx');
    const { page, close } = await openEditor(await stage(), detection);
    await page.getByTestId('no-blocks').waitFor();
    const rows = await page.locator('[data-testid="ops"] tbody tr').allInnerTexts();
    deepEqual(
      rows.map((row) => row.trim().split(/\s+/)),
      modelView(detection).model.ops.map(({ op, count }) => [op, String(count)]),
    );
    equal(await page.getByTestId('fuse-all').count(), 0);
    await close();
  });

  it('with open image sizes, speaks of parameters instead of MACs', async () => {
    const detection = fixture('models/repvgg_anysize.legacy.onnx');
    const { totals } = modelView(detection);
    equal(totals.blockMacs, null);
    const { page, close } = await openEditor(await stage(), detection);
    await page.getByTestId('fuse-all').waitFor();
    const text = await page.getByTestId('fuse-all').innerText();
    ok(text.includes(`${percent(totals.parameters)} parameters`), text);
    ok(!text.includes('MACs'), text);
    await close();
  });

  it('gives a branch without nodes a lane of its own', async () => {
    const detection = fixture('models/seed_repcpe.legacy.onnx');
    const { page, close } = await openEditor(await stage(), detection);
    const ghost = page.locator('.card.ghost');
    await ghost.waitFor();
    match(await ghost.innerText(), /identity/);
    await close();
  });

  it('speaks another language where the host gives one', async () => {
    const strings = { 'Fuse {n} blocks': '融合 {n} 个块', Inputs: '输入' };
    const { page, close } = await openEditor(await stage(), fixture('models/acnet.preserve.onnx'), {
      strings,
      language: 'zh-cn',
    });
    await page.getByTestId('fuse-all').waitFor();
    match(await page.getByTestId('fuse-all').innerText(), /^融合 1 个块/);
    match(await page.locator('.facts').innerText(), /输入/);
    await close();
  });
});
