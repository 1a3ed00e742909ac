import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelRunner } from '../../core/ports';
import type { Result } from '../../core/result';
import { installNodeGpu } from '../../platform/node/nodeGpu';
import { createWasmRunner } from '../../runtime/wasmRunner';
import type { WebgpuRunner } from '../../runtime/webgpuRunner';

export interface NodeRunners {
  readonly wasm: ModelRunner;
  /** A problem: why there is none. null: it is not wanted. */
  readonly webgpu: Result<WebgpuRunner> | null;
}

/** What Node can run models on. @param ortFolder holds onnxruntime's binaries. */
export async function nodeRunners(ortFolder: string, wantsGpu: boolean): Promise<NodeRunners> {
  const binary = (name: string): Uint8Array =>
    readFileSync(join(ortFolder, `ort-wasm-simd-threaded.${name}`));
  const gpu = wantsGpu ? await installNodeGpu() : null;
  if (gpu?.ok !== true) {
    const wasm = await createWasmRunner({ wasmBinary: binary('wasm') });
    return { wasm, webgpu: gpu };
  }
  // a bundle of its own, loaded where it is wanted only
  const { createBothRunners } = await import('../../runtime/bothRunners');
  return createBothRunners(binary('asyncify.wasm'));
}
