import { existsSync, readFileSync } from 'node:fs';
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

export interface NodeRunnerOptions {
  /** Holds onnxruntime's binaries; in the packaged extension only the one that serves both providers. */
  readonly ortFolder: string;
  readonly wantsGpu: boolean;
  /** As in production for a benchmark; `disabled`, so that a file is computed as it is written, when left out. */
  readonly optimization?: 'disabled' | 'all';
}

/** What Node can run models on. */
export async function nodeRunners(options: NodeRunnerOptions): Promise<NodeRunners> {
  const { ortFolder, wantsGpu, optimization = 'disabled' } = options;
  const path = (name: string): string => join(ortFolder, `ort-wasm-simd-threaded.${name}`);
  const gpu = wantsGpu ? await installNodeGpu() : null;
  if (gpu?.ok !== true && existsSync(path('wasm'))) {
    const wasm = await createWasmRunner({ wasmBinary: readFileSync(path('wasm')), optimization });
    return { wasm, webgpu: gpu };
  }
  // a bundle of its own, loaded where it is wanted only
  const { createBothRunners } = await import('../../runtime/bothRunners');
  const both = await createBothRunners(readFileSync(path('asyncify.wasm')), { optimization });
  return gpu?.ok === true ? both : { wasm: both.wasm, webgpu: gpu };
}
