import { equal, match, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openModel } from '../../src/core/pipeline';
import { unwrap } from '../../src/core/result';
import { MODEL_MIME, readEnvelope } from '../../src/core/view/notebook/envelope';
import { modelView } from '../../src/core/view/modelView';
import { openNotebook, part } from '../webview/support/notebookPage';

type Bundle = Readonly<Record<string, unknown>>;

interface Cell {
  readonly metadata: { readonly case?: string };
  readonly outputs: readonly { readonly data?: Bundle }[];
}

/** What a notebook that scripts/notebook.mjs had executed holds, by case. */
function outputs(): ReadonlyMap<string, Bundle> {
  const file = process.env['REPLENS_NOTEBOOK'];
  if (file === undefined) throw new Error('Run these tests by `npm run test:notebook`.');
  const { cells } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cells: readonly Cell[] };
  const named = cells.flatMap(({ metadata, outputs: [output] }) =>
    metadata.case === undefined ? [] : [[metadata.case, output?.data ?? {}] as const],
  );
  return new Map(named);
}

const text = (value: unknown): string => (Array.isArray(value) ? value.join('') : String(value));
const sample = (): Uint8Array => readFileSync(join(__dirname, '../../samples/repvgg.onnx'));
const blocksOf = (bytes: Uint8Array): number => {
  const companions = {
    open: (): never => {
      throw new Error('no companions');
    },
  };
  return modelView(unwrap(openModel({ fileName: 'net.onnx', bytes, companions }))).blocks.length;
};

describe('a notebook that a kernel has executed', () => {
  for (const [name, bundle] of outputs()) {
    it(`${name}: its output is drawn, with all blocks, and has its fallbacks`, async () => {
      const envelope = unwrap(readEnvelope(JSON.stringify(bundle[MODEL_MIME])));
      ok(envelope.kind === 'bytes');
      // an output holds the very model of the cell
      if (name === 'path') ok(Buffer.from(envelope.bytes).equals(sample()));
      const expected = name === 'program' ? 1 : blocksOf(sample());
      equal(blocksOf(envelope.bytes), expected);
      const notebook = await openNotebook({ host: null });
      await notebook.show('a', MODEL_MIME, JSON.stringify(bundle[MODEL_MIME]));
      await part(notebook, 'a', 'branch-graph').waitFor();
      equal(await part(notebook, 'a', 'block').count(), expected);
      await notebook.close();
      match(text(bundle['text/plain']), /\bConv\b.*\d/);
      const svg = text(bundle['image/svg+xml']);
      match(svg, /^<svg [^>]*xmlns/);
      ok(!svg.includes('<b onload'), 'names are text');
    });
  }
});
