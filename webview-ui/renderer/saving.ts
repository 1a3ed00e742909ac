import { toBase64 } from '../../src/core/view/notebook/base64';
import type { OutputFormat } from '../../src/core/outputFormat';
import type { Picture } from '../../src/protocol/editor';
import type { SavedModel } from '../../src/protocol/notebook';
import { raise } from '../../src/core/result';
import type { HostChannel } from './hostChannel';

/** Where a fused model went. */
export type Saved =
  | { readonly where: 'beside'; readonly model: SavedModel }
  | { readonly where: 'download'; readonly name: string };

/** Saves a fused model beside the notebook, by the extension host; a download where there is none. null: the person would rather not. */
export async function saveFused(
  channel: HostChannel,
  name: string,
  bytes: ArrayBuffer,
  format: OutputFormat,
): Promise<Saved | null> {
  const host = await channel.reach();
  if (host === null) {
    const target = fusedName(name, format);
    download(target, new Blob([bytes]));
    return { where: 'download', name: target };
  }
  const saved = await host.call('saveFused', { name, format, data: toBase64(new Uint8Array(bytes)) });
  if (!saved.ok) raise(saved.problem.code, saved.problem.message);
  return saved.value === null ? null : { where: 'beside', model: saved.value };
}

/** Saves a file where the person says; false: they would rather not. */
export async function saveAs(
  channel: HostChannel,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const host = await channel.reach();
  if (host === null) {
    download(name, new Blob([bytes]));
    return true;
  }
  const saved = await host.call('saveAs', { name, data: toBase64(bytes) });
  if (!saved.ok) raise(saved.problem.code, saved.problem.message);
  return saved.value;
}

/** Saves a picture of a block's fold. */
export function savePicture(
  channel: HostChannel,
  model: string,
  { block, format, data }: Picture,
): Promise<boolean> {
  const bytes =
    format === 'svg'
      ? new TextEncoder().encode(data)
      : Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return saveAs(channel, `${model.replace(/\.[^.]+$/, '')}.${block}.fold.${format}`, bytes);
}

/** "model.onnx" → "model.fused.onnx"; a checkpoint of PyTorch keeps its ending. */
export function fusedName(name: string, format: OutputFormat): string {
  const [ending = '', word] = /\.(onnx|pt2|pth?|ckpt|safetensors)$/i.exec(name) ?? [];
  const own = format === 'pth' && /^(pth?|ckpt)$/i.test(word ?? '') ? ending : `.${format}`;
  return `${name.slice(0, name.length - ending.length)}.fused${own}`;
}

/** In a notebook VS Code hears the click and asks where to; elsewhere the browser does. */
function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  // whoever saves it reads it later
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
