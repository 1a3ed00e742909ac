import { writeNoiseModel } from './noiseModel';

const CHANNELS = 512;

/**
 * One block with a branch 1×1 → 3×3 of 512 channels as Diverse Branch Block has it (Ding et al. 2021): the composition of the
 * two takes 1.2 · 10⁹ products. Writes it to `path`. @returns bytes written.
 */
export function writeDbbBlock(path: string): Promise<number> {
  const kernel = (taps: number): readonly number[] => [CHANNELS, CHANNELS, taps, taps];
  const spatial = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  return writeNoiseModel(path, {
    inputs: { x: ['float32', ['N', CHANNELS, 28, 28]] },
    outputs: { y: ['float32', ['N', CHANNELS, 28, 28]] },
    nodes: [
      { op: 'Conv', inputs: ['x', 'point'], outputs: ['narrow'] },
      { op: 'Conv', inputs: ['narrow', 'wide'], outputs: ['composed'], attrs: spatial },
      { op: 'BatchNormalization', inputs: ['composed', 'g', 'b', 'm', 'v'], outputs: ['scaled'] },
      { op: 'Conv', inputs: ['x', 'dense'], outputs: ['plain'], attrs: spatial },
      { op: 'Add', inputs: ['scaled', 'plain'], outputs: ['sum'] },
      { op: 'Relu', inputs: ['sum'], outputs: ['y'] },
    ],
    dims: new Map([
      ['point', kernel(1)],
      ['wide', kernel(3)],
      ['dense', kernel(3)],
      ...['g', 'b', 'm', 'v'].map((name) => [name, [CHANNELS]] as const),
    ]),
  });
}
