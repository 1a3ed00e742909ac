import type { Shape } from './shape';

/** The command line's JSON as DESIGN §4 writes it down. */

const names: Shape = ['string'];

export const FAMILIES: readonly string[] = [
  'RepVGG',
  'RepVGG-alpha',
  'RepConv',
  'ACNet',
  'DBB',
  'MobileOne',
  'RepMixer',
  'RepCPE',
  'RepVGGDW',
  'QARepVGG',
  'RepLKNet',
  'UniRepLKNet',
  'RepGhost',
  'ECBSR',
  'LoRA',
  'DynamicConv',
  'Linear branches',
];

export const REFUSAL_CODES: readonly string[] = [
  'nonlinear-op',
  'different-inputs',
  'border-mismatch',
  'stride-mismatch',
  'extra-consumer',
  'dynamic-coefficient',
  'spatially-varying',
  'padding-mode',
  'broadcast',
  'unprofitable',
  'training-mode-bn',
  'quantized',
  'unsupported-dtype',
  'overflow',
  'unknown-shape',
  'unsupported-op',
  'not-in-checkpoint',
];

const cost: Shape = { fields: { nodes: 'number', params: 'number', macs: 'number?' } };
const refusal: Shape = {
  fields: { code: { oneOf: REFUSAL_CODES }, message: 'string', nodes: names },
};

export const INSPECT: Shape = {
  fields: {
    format: { oneOf: ['onnx', 'pt2', 'torchscript', 'checkpoint'] },
    blocks: [
      {
        fields: {
          id: 'string',
          family: { oneOf: FAMILIES },
          status: { oneOf: ['fusable', 'refused'] },
          input: 'string?',
          output: 'string?',
          nodes: names,
          branches: [{ fields: { label: 'string', nodes: names } }],
          refusal: { orNull: refusal },
          before: cost,
          after: cost,
        },
      },
    ],
  },
};

export const FUSE: Shape = {
  fields: {
    output: 'string?',
    fused: names,
    refused: [{ fields: { id: 'string', code: { oneOf: REFUSAL_CODES }, message: 'string' } }],
    convsBefore: 'number',
    convsAfter: 'number',
    nodesBefore: 'number',
    nodesAfter: 'number',
    bytesBefore: 'number',
    bytesAfter: 'number',
  },
};

const verdict: Shape = { oneOf: ['equivalent', 'not-equivalent', 'inconclusive'] };

export const VERIFY: Shape = {
  fields: {
    verdict,
    reason: 'string',
    provider: { oneOf: ['webgpu', 'wasm'] },
    adapter: 'string?',
    outputs: [
      {
        fields: {
          name: 'string',
          maxAbs: 'number',
          maxRel: 'number',
          rms: 'number',
          cosine: 'number',
          worstIndex: ['number'],
          bound: 'number?',
        },
      },
    ],
    blocks: [
      {
        fields: {
          id: 'string',
          verdict,
          scope: 'string',
          faults: [{ fields: { kind: 'string', message: 'string', nodes: names, share: 'number' } }],
        },
      },
    ],
  },
};

/** The parts of the reports that tests look at. */
export interface InspectJson {
  readonly format: string;
  readonly model: { readonly opset: number; readonly parameters: number };
  readonly blocks: readonly {
    readonly id: string;
    readonly family: string;
    readonly status: string;
    readonly input: string | null;
    readonly output: string | null;
    readonly nodes: readonly string[];
    readonly branches: readonly { readonly label: string; readonly nodes: readonly string[] }[];
    readonly refusal: { readonly code: string; readonly message: string; readonly nodes: string[] } | null;
    readonly before: { readonly nodes: number; readonly params: number; readonly macs: number | null };
    readonly after: { readonly nodes: number; readonly params: number; readonly macs: number | null };
  }[];
}

export interface FuseJson {
  readonly output: string | null;
  readonly fused: readonly string[];
  readonly refused: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  readonly convsBefore: number;
  readonly convsAfter: number;
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface VerifyJson {
  readonly verdict: string;
  readonly reason: string;
  readonly provider: string;
  readonly adapter: string | null;
  readonly outputs: readonly {
    readonly name: string;
    readonly maxAbs: number;
    readonly bound: number | null;
    readonly worstIndex: readonly number[];
  }[];
  readonly blocks: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly faults: readonly { readonly kind: string; readonly message: string }[];
  }[];
}
