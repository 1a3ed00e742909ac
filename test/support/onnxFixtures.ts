import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeOnnx } from '../../src/core/onnx/decode';
import type { CompanionFiles } from '../../src/core/ports';
import { noCompanions } from './onnxBuilder';

/** The path of a file in test/fixtures/onnx. */
export function fixturePath(name: string): string {
  return join(__dirname, '../fixtures/onnx', name);
}

export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(name)));
}

/** The sentence that decoding ends with; an empty one when it succeeds. */
export function decodeProblem(bytes: Uint8Array, companions: CompanionFiles = noCompanions): string {
  const result = decodeOnnx(bytes, { fileName: 'bad.onnx', companions });
  return result.ok ? '' : result.problem.message;
}
