import { fail, ok, type Result } from '../core/result';

/** The little of WebGPU that is used here; the DOM library of this TypeScript has none of it. */
export interface GpuDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  destroy(): void;
}

interface GpuAdapter {
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
  requestDevice(descriptor: {
    requiredFeatures: readonly string[];
    requiredLimits: Readonly<Record<string, number>>;
  }): Promise<GpuDevice>;
}

interface Gpu {
  requestAdapter(options?: {
    powerPreference?: 'low-power' | 'high-performance';
  }): Promise<GpuAdapter | null>;
}

export interface OpenedDevice {
  readonly device: GpuDevice;
  /** Vendor, architecture and description in one line, ", software" added for a fallback adapter. */
  readonly adapter: string;
}

/** Features that onnxruntime's shaders use where they are there, and the clock that a benchmark reads. */
const FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'];

/** Limits that onnxruntime's kernels may need more of than WebGPU's defaults give. */
const LIMITS = [
  'maxBindGroups',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
];

/** Asks for an adapter and a device on it. A problem says why there is none. */
export async function openGpuDevice(): Promise<Result<OpenedDevice>> {
  const gpu = (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;
  if (gpu === undefined) {
    return fail(
      'unsupported',
      'This environment has no WebGPU (navigator.gpu is missing); use the wasm provider.',
    );
  }
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) {
      return fail('unsupported', `WebGPU offers no adapter on this machine; ${advice()}.`);
    }
    const device = await adapter.requestDevice({
      requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(
        LIMITS.map((name) => [name, adapter.limits[name]] as const).filter(isGiven),
      ),
    });
    return ok({ device, adapter: describe(adapter) });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return fail(
      'failed',
      `The GPU device can't be opened: ${words.replace(/\s+/g, ' ').replace(/\.+$/, '')}.`,
    );
  }
}

/** What a person without an adapter can try here. */
function advice(): string {
  const { userAgent = '' } = (globalThis as { navigator?: { userAgent?: string } }).navigator ?? {};
  return /linux/i.test(userAgent)
    ? 'on Linux, start VS Code (or the browser) with --enable-unsafe-webgpu --enable-features=Vulkan'
    : 'use the wasm provider or enable a GPU';
}

function isGiven(limit: readonly [string, number | undefined]): limit is readonly [string, number] {
  return limit[1] !== undefined;
}

function describe(adapter: GpuAdapter): string {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, device].filter((word) => word !== '').join(' ');
  const parts = [name, description].filter((part) => part !== '');
  if (parts.length === 0) parts.push('unnamed adapter');
  if (isFallbackAdapter === true) parts.push('software');
  return parts.join(', ');
}
