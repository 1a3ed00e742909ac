import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { BlockComparison } from '../../src/core/verify/report';
import { modelMap } from '../../src/core/view/map/modelMap';
import { drawnLinks, seenLinks } from '../../webview-ui/compare/links';
import { anchorsOf } from '../../webview-ui/compare/twin';
import { cpuTime } from '../support/cpuTime';
import { audit } from './support/axe';
import { compareState, openCompare, type FakeCompare } from './support/fakeCompare';
import { fixture, flatNetwork } from './support/models';
import { stage } from './support/stage';

const TRAIN = fixture('pairs/identity_dropped.train.onnx');
const DEPLOY = fixture('pairs/identity_dropped.deploy.onnx');

const block = (id: string, fault?: string): BlockComparison => ({
  id,
  verdict: fault === undefined ? 'equivalent' : 'not-equivalent',
  scope: 'all sizes',
  ratio: 0.5,
  faults: fault === undefined ? [] : [{ kind: 'identity-branch', message: fault, nodes: [], share: 1 }],
});
const FAULT = 'The identity branch is missing from the merged kernel.';
const ready = compareState(TRAIN, DEPLOY);
const verdict = {
  verdict: 'not-equivalent' as const,
  reason: 'Block b1 differs.',
  blocks: [block('b0'), block('b1', FAULT), block('b2')],
};

const details = ({ page }: FakeCompare): Promise<string> => page.getByTestId('compare-details').innerText();

const selected = ({ page }: FakeCompare, side: string): Promise<string | null> =>
  page.evaluate(
    (name) =>
      document
        .querySelector(`[data-testid="side-${name}"] [role="treeitem"][aria-selected="true"]`)
        ?.getAttribute('data-key') ?? null,
    side,
  );

const until = ({ page }: FakeCompare, side: string, key: string): Promise<unknown> =>
  page
    .locator(`[data-testid="side-${side}"] [role="treeitem"][aria-selected="true"][data-key="${key}"]`)
    .waitFor();

describe('the comparison of two models', () => {
  let compare: FakeCompare;

  before(async () => {
    compare = await openCompare(await stage(), { left: TRAIN, right: DEPLOY });
    await compare.page.getByTestId('compare').waitFor();
  });
  after(() => compare.close());

  it('draws both maps and the links between, and says what they have in common', async () => {
    match(
      await compare.page.getByTestId('compare-summary').innerText(),
      /10 matched, 0 different, 0 on one side/,
    );
    await compare.page.waitForFunction(
      () => Number(document.querySelector<HTMLElement>('.compare-links')?.dataset['drawn']) >= 3,
    );
    const colours = await compare.page.evaluate(() =>
      [...document.querySelectorAll('canvas')].map((canvas) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      }),
    );
    equal(colours.length, 3);
    ok(
      colours.every((count) => count > 4),
      colours.join(),
    );
  });

  it('steps through the differences with F7, and shows each on both sides', async () => {
    await compare.page.keyboard.press('F7');
    await until(compare, 'left', 'b0');
    await until(compare, 'right', 'node:/blocks.0/m/Conv');
    equal(await compare.page.getByTestId('compare-place').innerText(), '1 of 3');
    match(await details(compare), /Merged/);
    await compare.page.keyboard.press('F7');
    await until(compare, 'right', 'node:/blocks.1/m/Conv');
    await compare.page.keyboard.press('Shift+F7');
    await until(compare, 'left', 'b0');
  });

  it('chooses the partner of what is chosen in either outline, which says what it is matched with', async () => {
    const outline = compare.page.locator('[data-testid="side-right"] [role="tree"]');
    await outline.focus();
    await compare.page.keyboard.press('End');
    await until(compare, 'right', 'output:y');
    equal(await selected(compare, 'left'), 'output:y');
    const row = compare.page.locator('[data-testid="side-left"] [data-key="b1"]');
    match((await row.textContent()) ?? '', /Merged, matched with Conv in deploy\.onnx/);
    await row.click();
    await until(compare, 'right', 'node:/blocks.1/m/Conv');
  });

  it('asks the host to measure, and to show the branches of a block', async () => {
    await compare.page.getByTestId('explain').click();
    await compare.page.locator('.compare-end .link').first().click();
    await compare.page.waitForFunction(() => true);
    deepEqual(compare.calls, [
      ['explain', null],
      ['reveal', { side: 'left', id: 'b1' }],
    ]);
  });

  it('finds nodes of either model by name or op, those that are the same as well', async () => {
    const search = compare.page.getByTestId('compare-search');
    const rows = compare.page.locator('.compare-list [role="treeitem"]');
    const before = await rows.count();
    await search.fill('relu');
    await compare.page.locator('.compare-list [role="treeitem"] >> text=Relu').first().waitFor();
    ok((await rows.count()) > 0);
    for (const name of await rows.allInnerTexts()) match(name, /relu/i);
    await search.focus();
    await compare.page.keyboard.press('Enter');
    match(await details(compare), /Same[\s\S]*Relu/);
    await search.fill('no such thing');
    await compare.page.locator('[data-testid="compare-place"]:has-text("Nothing found")').waitFor();
    equal(await rows.count(), 0);
    await search.fill('');
    equal(await rows.count(), before);
  });

  it('goes to the first fault when a measurement has found one', async () => {
    // what was filtered by is called otherwise afterwards: the filter must not stay with nothing to end it
    await compare.page.locator('.chip[data-look="merged"]').click();
    await compare.show({ ...ready, verdict });
    await until(compare, 'left', 'b1');
    equal(await compare.page.locator('.chip[data-look="merged"]').count(), 0);
    equal(await compare.page.locator('.compare-list [role="treeitem"]').count(), 3);
    await compare.page.getByTestId('compare-verdict').waitFor();
    match(await compare.page.getByTestId('compare-verdict').innerText(), /Block b1 differs\./);
    match(await details(compare), /Faulty/);
    ok((await details(compare)).includes(FAULT));
    await compare.page.locator('.chip[data-look="verified"]').click();
    equal(await compare.page.locator('.compare-list [role="treeitem"]').count(), 2);
    await compare.page.locator('.chip[data-look="verified"]').click();
    deepEqual(compare.complaints, []);
  });
});

describe('the comparison: other pairs', () => {
  it('says of a model and itself that there is no difference', async () => {
    const compare = await openCompare(await stage(), { left: TRAIN, right: TRAIN });
    await compare.page.getByTestId('compare').waitFor();
    match(await compare.page.getByTestId('compare-summary').innerText(), /^No difference/);
    equal(await compare.page.locator('.compare-list [role="treeitem"]').count(), 0);
    await compare.close();
  });

  it('says of two models that have nothing in common that they have not', async () => {
    const other = fixture('families/lora.dynamo.onnx');
    const compare = await openCompare(await stage(), {
      left: other,
      right: fixture('models/seed_dbb.legacy.onnx'),
    });
    await compare.page.getByTestId('compare').waitFor();
    match(await compare.page.getByTestId('compare-summary').innerText(), /nothing to do with each other/);
    await compare.close();
  });

  it('says which file is at fault when one cannot be read', async () => {
    const problem = { code: 'bad-input' as const, message: 'deploy.onnx ends early; export it again.' };
    const first = { left: 'train.onnx', right: 'deploy.onnx', status: 'failed' as const, problem };
    const compare = await openCompare(await stage(), { left: TRAIN, right: DEPLOY }, { first });
    await compare.page.getByTestId('failed').waitFor();
    match(await compare.page.getByTestId('failed').innerText(), /deploy\.onnx ends early/);
    await compare.page.locator('.button').click();
    await compare.page.waitForFunction(() => true);
    deepEqual(compare.calls, [['reload', null]]);
    await compare.close();
  });

  it('holds at 14,000 nodes', () => {
    const flat = flatNetwork(14_000);
    const map = modelMap(flat, null);
    const state = compareState(flat, flat);
    const { value, milliseconds: took } = cpuTime(() => {
      const links = drawnLinks(seenLinks(state), { left: map, right: map });
      return { links, anchors: anchorsOf({ left: map, right: map }, links.pairs) };
    });
    const { links, anchors } = value;
    // each node and port with itself
    equal(links.pairs.length, map.items.length);
    ok(anchors.length > 5000);
    console.log(`      linking the drawings of 14,000 nodes: ${took.toFixed(0)} ms`);
    // a tenth of that here
    ok(took < 3000, `${took} ms`);
  });

  it('draws some thousands of links at once', async () => {
    const flat = flatNetwork(2000);
    const compare = await openCompare(await stage(), { left: flat, right: flat });
    await compare.page.getByTestId('compare').waitFor();
    await compare.page.locator('.compare-links[data-drawn]').waitFor();
    ok((await compare.page.locator('[role="treeitem"]').count()) < 400);
    await compare.close();
  });

  it('is accessible: axe finds nothing in any theme', async () => {
    const compare = await openCompare(
      await stage(),
      { left: TRAIN, right: DEPLOY },
      { first: { ...ready, verdict } },
    );
    await compare.page.getByTestId('compare-verdict').waitFor();
    const { violations, passes } = await audit(compare.page);
    deepEqual(violations, []);
    ok(passes > 10);
    await compare.close();
  });
});
