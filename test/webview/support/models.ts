import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detect, type Detection } from '../../../src/core/detect/detect';
import { writeChunks } from '../../../src/core/onnx/chunks';
import { encodeModel, fuseModel, openModel } from '../../../src/core/pipeline';
import { raise, unwrap } from '../../../src/core/result';
import { flatModel } from '../../host/support/models';
import {
  buildOnnx,
  decodeBytes,
  type NodeSpec,
  type OnnxSpec,
  type TensorSpec,
} from '../../support/onnxBuilder';

/** A file of test/fixtures. */
export function fixtureBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(__dirname, '../../fixtures', path)));
}

/** A model of test/fixtures, read and searched for blocks. */
export function fixture(path: string): Detection {
  return detect(decodeBytes(fixtureBytes(path), path));
}

/** A file of test/fixtures of whatever format. */
export function openedFixture(path: string): Detection {
  const companions = { open: () => raise('not-found', 'There are no files beside it.') };
  return unwrap(openModel({ fileName: path, bytes: fixtureBytes(path), companions }));
}

/** The file that fusing all blocks of a model makes. */
export async function fusedBytes(detection: Detection): Promise<Uint8Array> {
  const { model } = unwrap(fuseModel(detection));
  const { main } = unwrap(encodeModel(model));
  const parts: Uint8Array[] = [];
  await writeChunks(main, { write: (bytes) => void parts.push(bytes.slice()) });
  return Buffer.concat(parts);
}

/** A model from a few lines. */
export function built(spec: OnnxSpec): Detection {
  return detect(decodeBytes(buildOnnx(spec)));
}

const CHANNELS = 4;

/**
 * A network of blocks in a row, each two convolutions (3×3 and 1×1) that are added, an activation between; named by
 * modules as the TorchScript exporter does: stages.0.blocks.7.
 */
export function manyBlocks(count: number, perStage = 25): Detection {
  const nodes: NodeSpec[] = [];
  const initializers: Record<string, TensorSpec> = {};
  let x = 'x';
  for (let index = 0; index < count; index += 1) {
    const stage = Math.floor(index / perStage);
    const scope = `/stages.${stage}/blocks.${index % perStage}`;
    const branch = (input: string, taps: number): NodeSpec => {
      const kernel = `${scope.slice(1).replace('/', '.')}.conv${taps}.weight`;
      initializers[kernel] = weight(taps);
      return {
        op: 'Conv',
        name: `${scope}/conv${taps}/Conv`,
        inputs: [input, kernel],
        outputs: [`${scope}/c${taps}`],
        attrs: { kernel_shape: [taps, taps], pads: Array<number>(4).fill((taps - 1) / 2) },
      };
    };
    nodes.push(branch(x, 3), branch(x, 1));
    nodes.push({
      op: 'Add',
      name: `${scope}/Add`,
      inputs: [`${scope}/c3`, `${scope}/c1`],
      outputs: [`${scope}/y`],
    });
    nodes.push({ op: 'Relu', name: `${scope}/Relu`, inputs: [`${scope}/y`], outputs: [`${scope}/z`] });
    x = `${scope}/z`;
  }
  return built({
    name: 'many',
    inputs: { x: ['float32', ['N', CHANNELS, 16, 16]] },
    outputs: { [x]: ['float32', ['N', CHANNELS, 16, 16]] },
    initializers,
    nodes,
  });
}

/** A graph of so many nodes with nothing to tell modules by. */
export function flatNetwork(count: number): Detection {
  return detect(decodeBytes(flatModel(count)));
}

function weight(taps: number): TensorSpec {
  return { dims: [CHANNELS, CHANNELS, taps, taps], data: (index) => Math.sin(index) / 4 };
}
