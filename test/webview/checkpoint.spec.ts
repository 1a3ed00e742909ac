import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Detection } from '../../src/core/detect/detect';
import { raise } from '../../src/core/result';
import { modelView } from '../../src/core/view/modelView';
import { openCheckpoint } from '../support/checkpoints';
import { audit } from './support/axe';
import { openEditor, readyState, type FakeEditor } from './support/fakeEditor';
import { stage } from './support/stage';

const open = async (detection: Detection, name: string, width = 1200): Promise<FakeEditor> =>
  openEditor(await stage(), detection, { first: readyState(detection, name), width });

describe('a checkpoint in the model editor', () => {
  it('says where the weights lie, how many, and what fusing leaves out; nothing of inputs, operator sets and maps', async () => {
    const { page, close } = await open(openCheckpoint('training.pth'), 'training.pth');
    await page.locator('[data-card]').first().waitFor();
    match(await page.locator('.title p').innerText(), /^PyTorch checkpoint$/);
    const facts = await page.locator('.facts').innerText();
    match(facts, /Weights under\s+state_dict 14 entries\s+state_dict_ema 14 entries/);
    match(facts, /Entries\s+28 → 8\b/);
    match(facts, /epoch\s+lr\s+optimizer left out\s+args left out\s+best/);
    ok(!/Inputs|Outputs|Nodes/.test(facts), facts);
    match(
      await page.getByTestId('fuse-all').innerText(),
      /^Fuse 2 blocks\s+\(−20 entries, −\d+\s%\sparameters\)/,
    );
    equal(await page.getByTestId('screen-map').count(), 0);
    await close();
  });

  it('shows a map to nobody, whatever was last shown of another file', async () => {
    const detection = openCheckpoint('repvgg.safetensors');
    const editor = await openEditor(await stage(), detection, {
      first: readyState(detection, 'repvgg.safetensors'),
      remembered: { screen: 'map' },
    });
    await editor.page.locator('[data-card]').first().waitFor();
    match(await editor.page.locator('.title p').innerText(), /^safetensors checkpoint$/);
    equal(await editor.asked.includes('map'), false);
    await editor.page.getByTestId('tab-fold').click();
    await editor.page.getByTestId('fold').waitFor();
    match(await editor.page.getByTestId('branches').innerText(), /\d+ %/);
    await editor.close();
  });

  it('lists what is assumed, of the file and of the chosen block, and asks for something else', async () => {
    const editor = await open(openCheckpoint('timm_fastvit.safetensors'), 'fastvit.safetensors');
    const { page, calls } = editor;
    await page.locator('[data-card]').first().waitFor();
    const all = page.getByTestId('assumptions-file');
    const said = await all.locator('> ul > li').allInnerTexts();
    ok(
      said.some((text) => /^BN eps 1e-5 is timm's: .* \d blocks$/.test(text)),
      said.join('\n'),
    );
    equal(said.filter((text) => /^An identity branch is there/.test(text)).length, 2);
    match(await all.locator('summary').innerText(), /more that changes? no merged weight/);
    await page.getByTestId('set-assumptions-file').click();
    await page.locator('[data-testid="block"]:has-text("token_mixer")').first().click();
    const own = page.getByTestId('assumptions-block');
    equal(await own.locator('> ul > li[data-kind="identity"]').count(), 1);
    await page.getByTestId('set-assumptions-block').click();
    deepEqual(
      calls.filter(([method]) => method === 'setAssumptions').map(([, params]) => params),
      [{ block: null }, { block: 'stages.0.blocks.0.token_mixer' }],
    );
    await editor.close();
  });

  it('marks what the person said', async () => {
    const detection = openCheckpoint('repvgg.safetensors', { bnEps: 1e-3 });
    const { page, close } = await open(detection, 'repvgg.safetensors');
    const given = page.locator('[data-testid="assumptions-file"] [data-given="true"]');
    match(await given.innerText(), /given\s+BN eps 1e-3, as given\./);
    await close();
  });

  it('offers the same where a block is refused for want of a word', async () => {
    const editor = await open(openCheckpoint('yolov6_qa.safetensors'), 'qa.safetensors');
    const { page, calls } = editor;
    await page.locator('[data-testid="block"][data-status="refused"]').click();
    match(
      await page.getByTestId('refusal').innerText(),
      /identity branch here if the stride is 1.*Change Assumptions/s,
    );
    await page.getByTestId('set-assumptions-refusal').click();
    deepEqual(calls, [['setAssumptions', { block: 'backbone.ERBlock_2.0' }]]);
    await editor.close();
  });

  it('without known blocks says which names are known, and that it is merged already', async () => {
    const { page, close } = await open(openCheckpoint('repvgg.deploy.safetensors'), 'deploy.safetensors');
    await page.getByTestId('no-known-blocks').waitFor();
    match(
      await page.getByTestId('merged-already').innerText(),
      /3 convolutions under the names of merged blocks/,
    );
    match(
      await page.getByTestId('known-names').innerText(),
      /RepVGG\s+rbr_dense\.conv\.weight\s+rbr_reparam/,
    );
    equal(await page.getByTestId('fuse-all').count(), 0);
    await close();
  });

  it('that holds a model now, of which no assumption can be given, is helped by taking them back', async () => {
    const message = 'BN eps and identities are given for checkpoints only; this model says both.';
    const editor = await openEditor(await stage(), openCheckpoint('repvgg.safetensors'), {
      first: {
        ...{ status: 'failed', fileName: 'a.pt', problem: { code: 'usage', message } },
        offersAssumptions: true,
      },
    });
    await editor.page.getByTestId('set-assumptions').click();
    deepEqual(editor.calls, [['setAssumptions', { block: null }]]);
    await editor.close();
  });

  it('has room for long names and many blocks: the list gives way, a card shows both ends of a name', async () => {
    const name = 'backbone.feature_extractor.stages.0.blocks.11.token_mixer.reparameterizable_convolution';
    const { blocks, ...rest } = modelView(openCheckpoint('repvgg.safetensors'));
    const [block = raise('failed', 'The fixture has a block.')] = blocks;
    const many = Array.from({ length: 200 }, (_, at) => ({
      ...block,
      ...{ id: `b${at}`, modulePath: name.replace('11', String(at)) },
    }));
    const detection = openCheckpoint('repvgg.safetensors');
    const first = { ...readyState(detection, 'a.pth'), view: { ...rest, blocks: many } };
    const { page, close } = await openEditor(await stage(), detection, { first, width: 1000 });
    await page.locator('[data-card]').first().waitFor();
    const width = await page.locator('.block-list').evaluate((list) => list.getBoundingClientRect().width);
    equal(Math.round(width), 280);
    equal(await page.locator('.block-place').innerText(), name.replace('11', '0'));
    // nothing is wider than the window
    equal(await page.evaluate(() => document.documentElement.scrollWidth), 1000);
    await close();
  });

  for (const [title, file, width] of [
    ['with all it has', 'training.pth', 1200],
    ['in a narrow editor', 'timm_fastvit.safetensors', 480],
    ['with a refused block', 'yolov6_qa.safetensors', 1200],
    ['without known blocks', 'repvgg.deploy.safetensors', 1200],
  ] as const)
    it(`has no fault that axe finds: ${title}`, async () => {
      const detection = openCheckpoint(file);
      const editor = await open(detection, file, width);
      const { page } = editor;
      await page.locator('[data-card], [data-testid="known-names"]').first().waitFor();
      const refused = page.locator('[data-testid="block"][data-status="refused"]');
      if ((await refused.count()) > 0) await refused.click();
      const more = page.locator('.assumptions summary');
      for (let place = 0; place < (await more.count()); place++) await more.nth(place).click();
      deepEqual((await audit(page)).violations, []);
      await editor.close();
    });
});
