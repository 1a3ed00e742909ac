import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainPair, verifyFused, type Measurement, type Watch } from '../../core/pipeline';
import type { ModelRunner, Provider } from '../../core/ports';
import { attemptAsync, unwrap, type Result } from '../../core/result';
import type { VerificationReport } from '../../core/verify/report';
import { companionFiles } from '../../platform/node/companionFiles';
import { readModelFile } from '../../platform/node/readModelFile';
import { createWasmRunner } from '../../runtime/wasmRunner';
import { openFile } from './openFile';

export interface VerifyOptions {
  readonly provider?: Provider;
  readonly samples?: number;
  readonly seed?: number;
  /** Sizes of the original's open dimensions, by symbol; chosen when left out. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Whether to look for the faults of blocks that differ. */
  readonly explains?: boolean;
  /** Folder that holds onnxruntime's binary. */
  readonly ortFolder: string;
}

/** Compares a model with what somebody, RepLens or another, made of it. */
export function verifyFiles(
  original: string,
  fused: string,
  options: VerifyOptions,
  watch: Watch = {},
): Promise<Result<VerificationReport>> {
  return attemptAsync(async () => {
    const { detection } = unwrap(openFile(original, watch));
    const bytes = unwrap(readModelFile(fused));
    const compare = options.explains === true ? explainPair : verifyFused;
    const report = await compare(
      detection,
      { fileName: fused, bytes, companions: companionFiles(fused) },
      { runner: await wasmRunner(options.ortFolder), ...pick(options) },
      watch,
    );
    const verified = unwrap(report);
    return options.provider === 'webgpu'
      ? { ...verified, reason: `${verified.reason} ${NO_WEBGPU}` }
      : verified;
  });
}

const NO_WEBGPU =
  'It was measured on wasm, since Node has no WebGPU adapter; verify in VS Code to measure on the GPU.';

function wasmRunner(folder: string): Promise<ModelRunner> {
  return createWasmRunner({ wasmBinary: readFileSync(join(folder, 'ort-wasm-simd-threaded.wasm')) });
}

function pick({ samples, seed, sizes }: VerifyOptions): Omit<Measurement, 'runner'> {
  return {
    ...(samples === undefined ? {} : { samples }),
    ...(seed === undefined ? {} : { seed }),
    ...(sizes === undefined ? {} : { sizes }),
  };
}
