import { decodeOnnx } from '../../../src/core/onnx/decode';
import type { Detection } from '../../../src/core/detect/detect';
import { raise, unwrap } from '../../../src/core/result';
import { readElements } from '../../../src/core/tensor/convert';
import { elementCount } from '../../../src/core/tensor/tensor';
import { openEditor, type FakeEditor, type FakeEditorOptions } from './fakeEditor';
import { fusedBytes } from './models';
import { stage } from './stage';

/** The editor with the fold of its first block. */
export async function openFold(detection: Detection, options: FakeEditorOptions = {}): Promise<FakeEditor> {
  const editor = await openEditor(await stage(), detection, {
    remembered: { drawing: 'fold' },
    height: 1100,
    ...options,
  });
  await editor.page.getByTestId('fold-picture').waitFor();
  return editor;
}

/** The merged tensor of the fused file, [out, in, …taps], read without the fold. */
export async function mergedTensor(detection: Detection): Promise<Float64Array> {
  const bytes = await fusedBytes(detection);
  const { graph } = unwrap(
    decodeOnnx(bytes, {
      fileName: 'f.onnx',
      companions: { open: () => raise('not-found', 'There are no companions.') },
    }),
  );
  const name = [...graph.initializers.keys()].find((key) => key.endsWith('.reparam.weight'))!;
  const tensor = graph.initializers.get(name)!;
  return readElements(tensor.dtype, tensor.bytes(), 0, elementCount(tensor.dims));
}

/** A number as the screen writes it. */
export const read = (text: string): number => Number(text.replace(/−/g, '-'));

export interface TableLine {
  readonly parts: readonly number[];
  readonly merged: number;
  readonly exact: number;
}

/** The lines of the table, as numbers that were read off the screen. */
export async function tableLines({ page }: FakeEditor): Promise<readonly TableLine[]> {
  const rows = await page.evaluate(() =>
    [...document.querySelectorAll('[data-testid="fold-table"] tbody tr')].map((row) =>
      [...row.querySelectorAll<HTMLElement>('td')].map(({ innerText, dataset }) => [
        innerText,
        dataset['value'] ?? '',
      ]),
    ),
  );
  return rows.map((cells) => {
    const [last, ...before] = [...cells].reverse();
    return {
      parts: before.reverse().map(([text]) => read(text!)),
      merged: read(last![0]!),
      exact: Number(last![1]),
    };
  });
}

export async function choosePair({ page }: FakeEditor, out: number, input: number): Promise<void> {
  await page.getByTestId('fold-pair').click();
  await page.getByTestId('fold-out').fill(String(out));
  await page.getByTestId('fold-in').fill(String(input));
}

/** SVG texts have no innerText. */
export async function listed({ page }: FakeEditor): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('[data-testid="tap-list"] [data-part]')].map(
      (text) => text.textContent ?? '',
    ),
  );
}

export async function stepOf({ page }: FakeEditor): Promise<number> {
  return Number(await page.getByTestId('fold-step').getAttribute('data-step'));
}
