import type { BackendsOutcome } from './backends';
import type { VerificationReport } from './report';

/** One model pair, measured on wasm and on WebGPU. */
export interface Measured {
  readonly wasm: VerificationReport;
  /** Both backends on the original. */
  readonly backends: BackendsOutcome;
  /** The GPU adapter's own description. */
  readonly adapter: string;
  /** null: not measured, since the backends disagree on the original or WebGPU can't run it. */
  readonly webgpu: VerificationReport | null;
}

/**
 * One report from two measurements. Provider and adapter are those of the numbers it shows:
 *
 * - the backends differ on the original: the backend is at fault, whatever the fusion is, and wasm judges alone;
 * - they agree and both find the same verdict: WebGPU's report, confirmed by wasm;
 * - they agree on the original but find different verdicts: a difference that wasm finds is a difference; one that WebGPU alone
 *   finds, or a doubt, leaves doubt.
 */
export function triangulate({ wasm, backends, adapter, webgpu }: Measured): VerificationReport {
  const gpu = `WebGPU (${adapter})`;
  if (backends.kind === 'differ') return { ...wasm, reason: `${wasm.reason} ${blame(gpu, backends)}` };
  if (webgpu === null) return { ...wasm, reason: `${wasm.reason} ${notRun(gpu, backends)}` };
  if (backends.kind === 'notRun' && backends.provider === 'wasm')
    return { ...webgpu, reason: `${webgpu.reason} Wasm can't run the original: ${backends.failure}` };
  if (webgpu.verdict === wasm.verdict) return { ...webgpu, reason: `${webgpu.reason} Wasm finds the same.` };
  if (wasm.verdict === 'not-equivalent')
    return { ...wasm, reason: `${wasm.reason} On ${gpu}: ${webgpu.reason}` };
  const { reason } = webgpu;
  return { ...webgpu, verdict: 'inconclusive', reason: `${reason} On wasm, ${wasm.verdict}: ${wasm.reason}` };
}

function blame(
  gpu: string,
  { output, difference, tolerance }: BackendsOutcome & { readonly kind: 'differ' },
): string {
  const by = Number.isFinite(difference)
    ? `by ${difference.toExponential(1)}, where rounding explains ${tolerance.toExponential(1)}`
    : 'in shape or in what is finite';
  return `Wasm alone judges: the ${gpu} backend differs from wasm on the original model itself (output "${output}" ${by}), which is the backend's fault, not the fusion's.`;
}

function notRun(gpu: string, backends: BackendsOutcome): string {
  const why = backends.kind === 'notRun' ? backends.failure : 'it was not asked to.';
  return `Wasm alone judges: ${gpu} can't run the original: ${why}`;
}
