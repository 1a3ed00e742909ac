import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Detection } from '../../src/core/detect/detect';
import type { NodeSpec, TensorSpec } from '../support/onnxBuilder';
import { audit } from './support/axe';
import { openEditor, type FakeEditor, type FakeEditorOptions } from './support/fakeEditor';
import { choosePair, openFold } from './support/foldPage';
import { built, fixture, manyBlocks } from './support/models';
import { stage } from './support/stage';

const dbb = fixture('models/seed_dbb.legacy.onnx');
const dead = fixture('families/dbbSingleInit.dynamo.onnx');

describe('fold: who uses it', () => {
  it('reaches it by keyboard, walks its operators and chooses one', async () => {
    const editor = await openEditor(await stage(), dbb);
    const { page } = editor;
    await page.locator('[data-card]').first().waitFor();
    await page.getByTestId('tab-graph').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('fold-picture').waitFor();
    equal(await page.getByTestId('tab-fold').getAttribute('aria-selected'), 'true');
    equal(await page.locator('.fold-picture [tabindex="0"]').count(), 1);
    await page.locator('.fold-picture [tabindex="0"]').focus();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-op') ?? '');
    const first = await focused();
    await page.keyboard.press('ArrowDown');
    const second = await focused();
    ok(second !== '' && second !== first);
    await page.keyboard.press('Enter');
    equal(await page.locator(`[data-op="${second}"]`).getAttribute('aria-pressed'), 'true');
    deepEqual(editor.selected, [second]);
    await page.locator('.attributes').waitFor();
    equal(await page.locator('[data-testid="branches"] [aria-pressed="true"]').innerText(), second);
    deepEqual(await editor.state().then((state) => (state as { drawing: string }).drawing), 'fold');
    await editor.close();
  });

  it('saves what is shown as SVG and as PNG', async () => {
    const editor = await openFold(dbb);
    const { page, calls } = editor;
    const saved = async (format: string): Promise<{ block: string; format: string; data: string }> => {
      const before = calls.length;
      await page.getByTestId(`save-${format}`).click();
      for (let tries = 0; calls.length === before && tries < 100; tries++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      equal(calls.at(-1)?.[0], 'savePicture');
      return calls.at(-1)![1] as { block: string; format: string; data: string };
    };
    const svg = await saved('svg');
    deepEqual([svg.block, svg.format], ['b0', 'svg']);
    const whole = await page.evaluate((text) => {
      const { documentElement: root } = new DOMParser().parseFromString(text, 'image/svg+xml');
      const filled = [...root.querySelectorAll('path, text')].every((part) => part.hasAttribute('fill'));
      return {
        name: root.nodeName,
        texts: root.querySelectorAll('text').length,
        filled,
        vars: /var\(|class=/.test(text),
      };
    }, svg.data);
    equal(whole.name, 'svg');
    ok(whole.texts > 40 && whole.filled && !whole.vars, JSON.stringify(whole));
    const png = Buffer.from((await saved('png')).data, 'base64');
    deepEqual([...png.subarray(1, 4)], [...Buffer.from('PNG')]);
    const size = await page.evaluate(
      () => document.querySelector('.fold-picture')!.getBoundingClientRect().width,
    );
    equal(png.readUInt32BE(16), Math.ceil(size * 2));
    deepEqual(editor.complaints, []);
    await editor.close();
  });

  it('says that it is reading, and leaves it for another block', async () => {
    let open = (): void => undefined;
    const foldGate = new Promise<void>((resolve) => (open = resolve));
    const editor = await openEditor(await stage(), manyBlocks(3), {
      remembered: { drawing: 'fold' },
      foldGate,
    });
    const { page } = editor;
    await page.getByTestId('fold-loading').waitFor();
    await page.locator('[data-testid="block"][data-block-id="b1"]').click();
    open();
    await page.locator('[data-testid="fold"][data-block-id="b1"]').waitFor();
    equal(await page.getByTestId('fold').count(), 1);
    await editor.close();
  });

  it('says why where the kernels cannot be read', async () => {
    const failing = { fold: 'The weights lie outside the file.' };
    const editor = await openEditor(await stage(), dbb, { remembered: { drawing: 'fold' }, failing });
    await editor.page.getByTestId('fold-failed').waitFor();
    equal(await editor.page.getByTestId('fold-failed').innerText(), failing.fold);
    await editor.close();
  });

  it('says why a refused block has none', async () => {
    const detection = fixture('refuse/border_zero_pad.onnx');
    const editor = await openEditor(await stage(), detection, { remembered: { drawing: 'fold' } });
    const note = editor.page.getByTestId('fold-refused');
    await note.waitFor();
    ok((await note.innerText()).includes(detection.blocks[0]!.refusal!.message));
    await editor.close();
  });

  it('says that a dynamic kernel depends on the input, and what is known', async () => {
    const detection = fixture('dynamic/seed_dynamic_conv.legacy.onnx');
    const editor = await openEditor(await stage(), detection, { remembered: { drawing: 'fold' } });
    const note = editor.page.getByTestId('fold-dynamic');
    await note.waitFor();
    const text = await note.innerText();
    match(text, /depends on the input/);
    ok(text.includes('4 × [20, 12, 3, 3]'), text);
    await editor.close();
  });

  it('shows slices of a kernel of three axes', async () => {
    const editor = await openFold(fixture('families/repvgg3d.legacy.onnx'));
    equal(await editor.page.locator('[data-map="merged"] .map-frame').count(), 3);
    await editor.close();
  });

  it('draws a kernel of 31 × 31 taps with few elements, and every tap answers the pointer', async () => {
    const editor = await openFold(largeKernel());
    const { page } = editor;
    ok((await page.locator('.fold-picture *').count()) < 400);
    await page.evaluate(() => {
      const cover = document.querySelector<SVGRectElement>('[data-map="merged"] .map-cover')!;
      const { right, bottom } = cover.getBoundingClientRect();
      cover.dispatchEvent(
        new PointerEvent('pointermove', { bubbles: true, clientX: right - 1, clientY: bottom - 1 }),
      );
    });
    await page.waitForFunction(() =>
      document.querySelector('[data-testid="tap-list"]')?.textContent?.startsWith('Tap 31, 31'),
    );
    await editor.close();
  });
});

/** As RepLKNet has them: depthwise 31×31 beside 5×5. */
function largeKernel(): Detection {
  const conv = (taps: number): NodeSpec => ({
    op: 'Conv',
    name: `conv${taps}`,
    inputs: ['x', `w${taps}`],
    outputs: [`c${taps}`],
    attrs: { kernel_shape: [taps, taps], pads: Array<number>(4).fill((taps - 1) / 2), group: 4 },
  });
  const weight = (taps: number): TensorSpec => ({
    dims: [4, 1, taps, taps],
    data: (index) => Math.sin(index),
  });
  return built({
    name: 'large',
    inputs: { x: ['float32', ['N', 4, 40, 40]] },
    outputs: { y: ['float32', ['N', 4, 40, 40]] },
    initializers: { w31: weight(31), w5: weight(5) },
    nodes: [conv(31), conv(5), { op: 'Add', name: 'add', inputs: ['c31', 'c5'], outputs: ['y'] }],
  });
}

const AXE_CASES: readonly (readonly [
  string,
  () => Detection,
  FakeEditorOptions,
  ((editor: FakeEditor) => Promise<void>)?,
])[] = [
  ['means', () => dbb, {}],
  [
    'a pair, its table and a chosen operator',
    () => dead,
    {},
    async (editor) => {
      await choosePair(editor, 1, 1);
      await editor.page.getByTestId('fold-table-open').click();
      await editor.page.getByTestId('fold-table').waitFor();
      await editor.page.locator('[data-op]').first().click();
      await editor.page.locator('.attributes').waitFor();
    },
  ],
  ['a narrow editor', () => dbb, { width: 480 }],
  ['a large kernel', () => fixture('families/unireplk.preserve.onnx'), { theme: 'light' }],
];

describe('fold: axe finds nothing in any theme', () => {
  for (const [title, model, options, act] of AXE_CASES)
    it(title, async () => {
      const editor = await openFold(model(), options);
      await act?.(editor);
      const { violations, passes } = await audit(editor.page);
      deepEqual(violations, []);
      ok(passes > 10, `${passes} rules applied`);
      await editor.close();
    });
});
