import { deepEqual, ok } from 'node:assert/strict';
import type { Detection } from '../../src/core/detect/detect';
import type { EditorState } from '../../src/protocol/editor';
import { audit } from './support/axe';
import { openEditor, readyState, type FakeEditor, type FakeEditorOptions } from './support/fakeEditor';
import { jobOf, openReport } from './support/fakeReport';
import { fixture, manyBlocks } from './support/models';
import { DIFFERENT, EQUIVALENT } from './support/reports';
import { stage } from './support/stage';
import { stubWorker } from './support/stubWorker';

interface EditorCase {
  readonly title: string;
  readonly model: () => Detection;
  readonly first?: (model: Detection) => EditorState;
  readonly options?: FakeEditorOptions;
  /** What is there once the screen stands. */
  readonly shows: string;
  act?(editor: FakeEditor): Promise<void>;
}

const acnet = (): Detection => fixture('models/acnet.preserve.onnx');

/** Opens the details of a weight. */
async function openWeight({ page }: FakeEditor): Promise<void> {
  await page.locator('[data-card]').nth(1).click();
  await page.getByTestId('constant').first().click();
  await page.getByTestId('tensor').waitFor();
}

const EDITOR_CASES: readonly EditorCase[] = [
  { title: 'a block and a weight', model: acnet, shows: '[data-card]', act: openWeight },
  { title: 'a narrow editor', model: acnet, shows: '[data-card]', options: { width: 480 } },
  {
    title: 'a refused block',
    model: () => fixture('refuse/border_zero_pad.onnx'),
    shows: '[data-at-fault="true"]',
    act: ({ page }) => page.getByTestId('fault-node').first().click(),
  },
  {
    title: 'the map',
    model: acnet,
    shows: '[data-card]',
    act: async ({ page }) => {
      await page.getByTestId('screen-map').click();
      await page.getByTestId('map-row').first().click();
      await page.getByTestId('map-chosen').waitFor();
    },
  },
  {
    title: 'verdicts on blocks and on the map',
    model: acnet,
    first: (model) => ({
      ...readyState(model, 'acnet.onnx'),
      verdicts: [{ key: 'b0', within: '', state: 'faulty', sentence: 'The merged bias is off.' }],
    }),
    shows: '[data-testid="block-fault"]',
    act: async ({ page }) => {
      await page.getByTestId('screen-map').click();
      await page.locator('[data-key="b0"]').click();
    },
  },
  { title: 'many blocks', model: () => manyBlocks(30), shows: '[data-card]' },
  {
    title: 'no blocks',
    model: () => fixture('refuse/plain_resnet.onnx'),
    shows: '[data-testid="no-blocks"]',
  },
  {
    title: 'a running job',
    model: acnet,
    first: (model) => ({
      ...readyState(model, 'acnet.onnx'),
      job: { kind: 'verify', fraction: 0.4, label: 'sample 1 of 2' },
    }),
    shows: '[data-testid="job"]',
  },
  {
    title: 'a verdict',
    model: acnet,
    first: (model) => ({
      ...readyState(model, 'acnet.onnx'),
      verdict: { verdict: 'not-equivalent', reason: 'Block b0 differs.' },
    }),
    shows: '[data-testid="verdict"]',
  },
  {
    title: 'loading',
    model: acnet,
    first: () => ({ status: 'loading', fileName: 'acnet.onnx', fraction: 0.5, label: 'reading the model' }),
    shows: '[data-testid="loading"]',
  },
  {
    title: 'a file that fails',
    model: acnet,
    first: () => ({
      status: 'failed',
      fileName: 'acnet.onnx',
      problem: { code: 'bad-input', message: 'The file ends early; export it again.' },
    }),
    shows: '[data-testid="failed"]',
  },
  {
    title: 'a call that fails',
    model: acnet,
    options: { failing: { verify: 'The disk is full.' } },
    shows: '[data-card]',
    act: async ({ page }) => {
      await page.getByTestId('verify').click();
      await page.getByTestId('problem').waitFor();
    },
  },
];

const REPORT_CASES = [
  { title: 'idle', answer: null, shows: 'idle' },
  { title: 'running', answer: { hangs: true }, shows: 'running' },
  { title: 'failed', answer: { problem: 'The device was lost.' }, shows: 'failed' },
  { title: 'equivalent', answer: { report: EQUIVALENT }, shows: 'verdict' },
  { title: 'not equivalent', answer: { report: DIFFERENT }, shows: 'verdict' },
] as const;

describe('accessibility: axe finds nothing in any theme', () => {
  for (const { title, model, first, options, shows, act } of EDITOR_CASES) {
    it(`model editor: ${title}`, async () => {
      const detection = model();
      const state = first === undefined ? {} : { first: first(detection) };
      const editor = await openEditor(await stage(), detection, { ...state, ...options });
      await editor.page.locator(shows).first().waitFor();
      await act?.(editor);
      const { violations, passes } = await audit(editor.page);
      deepEqual(violations, []);
      ok(passes > 10, `${passes} rules applied`);
      await editor.close();
    });
  }
  for (const { title, answer, shows } of REPORT_CASES) {
    it(`report: ${title}`, async () => {
      const { browser, server } = await stage();
      const bytes = server.put('/bytes', new Uint8Array(4));
      const script = server.put(`/${shows}.js`, stubWorker(answer ?? { hangs: true }));
      const report = await openReport({ browser, server }, { runner: { script, wasm: bytes } });
      await report.told('ready');
      if (answer !== null) await report.rpc.call('verify', jobOf(bytes, bytes));
      await report.page.getByTestId(shows).waitFor();
      const { violations, passes } = await audit(report.page);
      deepEqual(violations, []);
      ok(passes > 10, `${passes} rules applied`);
      await report.close();
    });
  }
});
