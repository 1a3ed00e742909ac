import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { MODEL_MIME, ONNX_MIME, REPORT_MIME } from '../../src/core/view/notebook/envelope';
import { blockGraph } from '../../src/core/view/blockGraph';
import { modelView } from '../../src/core/view/modelView';
import { ProblemError } from '../../src/core/result';
import { fixture, fixtureBytes, manyBlocks } from './support/models';
import { inline, openNotebook, part } from './support/notebookPage';
import { DIFFERENT } from './support/reports';

const MODEL = 'models/repvgg.legacy.onnx';

describe('notebook outputs: what is drawn', () => {
  it('draws a model that lies in the output: summary, blocks, branch graph, fold, map', async () => {
    const notebook = await openNotebook();
    await notebook.show('a', MODEL_MIME, inline(MODEL));
    await part(notebook, 'a', 'branch-graph').waitFor();
    match(await part(notebook, 'a', 'model-name').innerText(), /^net\.onnx/);
    equal(await part(notebook, 'a', 'block').count(), modelView(fixture(MODEL)).blocks.length);
    await notebook.page.locator('#a #tab-fold').click();
    await part(notebook, 'a', 'fold-picture').waitFor();
    await part(notebook, 'a', 'screen-map').click();
    await part(notebook, 'a', 'map').waitFor();
    deepEqual(notebook.complaints, []);
    await notebook.close();
  });

  it('draws application/vnd.onnx, from bytes and from a saved notebook’s base64', async () => {
    const notebook = await openNotebook();
    const bytes = fixtureBytes(MODEL);
    await notebook.show('bytes', ONNX_MIME, bytes);
    await notebook.show('text', ONNX_MIME, Buffer.from(bytes).toString('base64'));
    for (const output of ['bytes', 'text']) await part(notebook, output, 'branch-graph').waitFor();
    equal((await notebook.alive()).workers, 1);
    await notebook.close();
  });

  it('draws a saved report, with nothing in it that leads nowhere', async () => {
    const notebook = await openNotebook();
    await notebook.show('r', REPORT_MIME, JSON.stringify(DIFFERENT));
    await part(notebook, 'r', 'verdict').waitFor();
    equal(await part(notebook, 'r', 'verdict').getAttribute('data-verdict'), 'not-equivalent');
    equal(await part(notebook, 'r', 'fault').count(), 2);
    equal(await notebook.page.locator('#r [data-testid="blocks"] button').count(), 0);
    equal((await notebook.alive()).started, 0);
    await notebook.close();
  });

  it('says what is wrong with an output, in one sentence, and starts nothing', async () => {
    const notebook = await openNotebook();
    const hostile: readonly (readonly [string, string, RegExp])[] = [
      [MODEL_MIME, '{', /no JSON/],
      [MODEL_MIME, '{"name":"<img src=x onerror=alert(1)>","bytes":"CAg="}', /no name of a file/],
      [MODEL_MIME, '{"path":"/etc/passwd"}', /not relative to the notebook/],
      [MODEL_MIME, '{"bytes":"????"}', /not base64/],
      [REPORT_MIME, '{"schema":"replens-verification/1"}', /no report/],
    ];
    for (const [index, [mime, value, sentence]] of hostile.entries()) {
      await notebook.show(`h${index}`, mime, value);
      await part(notebook, `h${index}`, 'failed').waitFor();
      match(await part(notebook, `h${index}`, 'failed').innerText(), sentence);
    }
    equal((await notebook.alive()).started, 0);
    equal(await notebook.page.locator('img').count(), 0);
    // bytes that are no model are for the worker to see
    await notebook.show(
      'junk',
      MODEL_MIME,
      JSON.stringify({ bytes: Buffer.from('PK\u0003\u0004').toString('base64') }),
    );
    await part(notebook, 'junk', 'failed').waitFor();
    match(await part(notebook, 'junk', 'failed').innerText(), /archive is damaged/);
    deepEqual(notebook.complaints, []);
    await notebook.close();
  });

  it('does not touch what other outputs look like', async () => {
    const notebook = await openNotebook();
    const look = (): Promise<string> =>
      notebook.page.evaluate(() => {
        const button = document.getElementById('other') ?? document.createElement('button');
        button.id = 'other';
        button.className = 'button primary';
        document.body.append(button);
        const { color, padding, display, minHeight } = getComputedStyle(button);
        return JSON.stringify([color, padding, display, minHeight, getComputedStyle(document.body).margin]);
      });
    const before = await look();
    await notebook.show('a', MODEL_MIME, inline(MODEL));
    await part(notebook, 'a', 'branch-graph').waitFor();
    equal(await look(), before);
    await notebook.close();
  });
});

describe('notebook outputs: models beside the notebook', () => {
  it('draws one from what the extension host tells, in parts, and opens it there', async () => {
    const detection = manyBlocks(600);
    const opened: string[] = [];
    const view = modelView(detection);
    ok(JSON.stringify(view).length > 300_000);
    const notebook = await openNotebook({
      host: {
        open: async ({ path }) => {
          opened.push(`open ${path}`);
          return Promise.resolve(view);
        },
        blockGraph: async ({ id }) => Promise.resolve(blockGraph(detection, id)),
        openEditor: async ({ path }) => void (await Promise.resolve(opened.push(`editor ${path}`))),
        close: ({ path }) => void opened.push(`close ${path}`),
      },
    });
    await notebook.show('p', MODEL_MIME, '{"name":"big.onnx","path":"models/big.onnx"}');
    await part(notebook, 'p', 'branch-graph').waitFor();
    equal(await part(notebook, 'p', 'fuse-all').count(), 0);
    equal(await part(notebook, 'p', 'verify').count(), 0);
    await part(notebook, 'p', 'open-editor').click();
    await notebook.clear('p');
    await new Promise((settle) => setTimeout(settle, 200));
    deepEqual(opened, ['open models/big.onnx', 'editor models/big.onnx', 'close models/big.onnx']);
    equal((await notebook.alive()).started, 0);
    await notebook.close();
  });

  it('says the extension host’s sentence', async () => {
    const problem = { code: 'unsafe-path', message: 'The file ../x.onnx is not in the folder.' } as const;
    const notebook = await openNotebook({ host: { open: () => Promise.reject(new ProblemError(problem)) } });
    await notebook.show('p', MODEL_MIME, '{"path":"../x.onnx"}');
    await part(notebook, 'p', 'failed').waitFor();
    match(await part(notebook, 'p', 'failed').innerText(), /is not in the folder/);
    equal(await part(notebook, 'p', 'from-file').count(), 0);
    await notebook.close();
  });

  it('says that it needs the extension where there is none', async () => {
    const notebook = await openNotebook({ host: null });
    await notebook.show('p', MODEL_MIME, '{"name":"m.onnx","path":"m.onnx"}');
    await part(notebook, 'p', 'failed').waitFor();
    match(await part(notebook, 'p', 'failed').innerText(), /only the RepLens extension can read it/);
    await notebook.close();
  });
});
