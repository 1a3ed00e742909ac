import type { GpuState } from '../../src/protocol/report';
import { t } from './strings';

interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

interface Gpu {
  requestAdapter(options?: { powerPreference?: string }): Promise<{ readonly info: AdapterInfo } | null>;
}

/** What WebGPU offers in this webview; asks for an adapter, opens no device. */
export async function askGpu(): Promise<GpuState> {
  const { gpu } = navigator as Navigator & { gpu?: Gpu };
  if (gpu === undefined) return { available: false, reason: t('gpu.missing') };
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return { available: false, reason: t('gpu.noAdapter') };
    return { available: true, adapter: describe(adapter.info) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { available: false, reason: t('gpu.failed', { words: words.replace(/[\s.]+$/, '') }) };
  }
}

/** What a person without an adapter can try here. */
export function gpuAdvice(): string {
  return /linux/i.test(navigator.userAgent) ? t('gpu.adviceLinux') : t('gpu.advice');
}

/** The same words as the runtime's: vendor, architecture and device, description. */
function describe({ vendor, architecture, device, description, isFallbackAdapter }: AdapterInfo): string {
  const name = [vendor, architecture, device].filter((word) => word !== '').join(' ');
  const parts = [name, description].filter((part) => part !== '');
  if (parts.length === 0) parts.push(t('gpu.unnamed'));
  if (isFallbackAdapter === true) parts.push(t('gpu.software'));
  return parts.join(', ');
}
