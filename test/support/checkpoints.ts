import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GivenAssumptions } from '../../src/core/checkpoint/assumptions';
import type { Checkpoint } from '../../src/core/checkpoint/checkpoint';
import { checkpointSource } from '../../src/core/checkpoint/checkpointModel';
import type { Detection } from '../../src/core/detect/detect';
import { joinChunks } from '../../src/core/onnx/chunks';
import { encodeFusion, fuseModel, openModel, type EncodedFusion, type Fusion } from '../../src/core/pipeline';
import { raise, unwrap } from '../../src/core/result';
import { FIXTURES } from './models';

const COMPANIONS = { open: () => raise('not-found', 'There are no files beside a checkpoint.') };

export function checkpointBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, 'checkpoints', name)));
}

/** Opens a checkpoint of the fixtures, or bytes. */
export function openCheckpoint(file: string | Uint8Array, given?: GivenAssumptions): Detection {
  const bytes = typeof file === 'string' ? checkpointBytes(file) : file;
  const fileName = typeof file === 'string' ? file : 'bytes';
  const options = { fileName, bytes, companions: COMPANIONS, ...(given === undefined ? {} : { given }) };
  return unwrap(openModel(options));
}

export function checkpointOf({ analysis }: Detection): Checkpoint {
  return checkpointSource(analysis.original)?.checkpoint ?? raise('failed', 'The model is no checkpoint.');
}

export interface FusedCheckpoint extends EncodedFusion, Fusion {
  readonly bytes: Uint8Array;
}

/** What `fuse` would write. */
export function fuseCheckpoint(detection: Detection, only?: ReadonlySet<string>): FusedCheckpoint {
  const fusion = unwrap(fuseModel(detection, only));
  const encoded = unwrap(encodeFusion(detection, fusion));
  return { ...fusion, ...encoded, bytes: joinChunks(encoded.main) };
}
