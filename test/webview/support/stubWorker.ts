import type { SpeedReport } from '../../../src/core/verify/speed/speedReport';
import type { VerificationRecord } from '../../../src/core/view/report/verificationRecord';

/**
 * A blob worker's script that speaks the protocol and answers as told: for what the view does with a worker.
 * It posts its progress, then the reply; `hangs` never replies.
 */
export function stubWorker(
  answer:
    | { readonly report: VerificationRecord; /** Milliseconds until it is there. */ readonly delay?: number }
    | { readonly speed: SpeedReport }
    /** Fails on WebGPU, and answers on wasm. */
    | { readonly gpuProblem: string; readonly onWasm: VerificationRecord }
    | { readonly problem: string }
    | { readonly hangs: true }
    | { readonly throws: string },
): string {
  return `
    const answer = ${JSON.stringify(answer)};
    self.onmessage = ({ data }) => {
      if (data.kind !== 'call' || !['verify', 'bench'].includes(data.method)) return;
      const { original, fused, wasmBinary } = data.params;
      const sizes = [original.bytes, fused.bytes, wasmBinary].map((bytes) => bytes.byteLength);
      postMessage({ replens: 1, kind: 'call', id: 1, method: 'progress',
        params: { fraction: 0.5, label: 'got ' + sizes.join(' and ') + ' bytes' } });
      if ('throws' in answer) setTimeout(() => { throw new Error(answer.throws); }, 50);
      if ('report' in answer) setTimeout(() =>
        postMessage({ replens: 1, kind: 'reply', id: data.id, ok: answer.report }), answer.delay ?? 50);
      if ('speed' in answer) postMessage({ replens: 1, kind: 'reply', id: data.id, ok: answer.speed });
      if ('gpuProblem' in answer) postMessage({ replens: 1, kind: 'reply', id: data.id,
        ...(data.params.webgpu ? { err: { code: 'failed', message: answer.gpuProblem } } : { ok: answer.onWasm }) });
      if ('problem' in answer) postMessage({ replens: 1, kind: 'reply', id: data.id,
        err: { code: 'failed', message: answer.problem } });
    };`;
}
