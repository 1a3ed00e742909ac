import assert from 'node:assert/strict';
import { decodeModel } from '../../src/core/pipeline';
import { ProblemError, type Problem } from '../../src/core/result';
import { cpuTime } from './cpuTime';
import { NO_COMPANIONS } from './models';

/** No hostile file may keep anybody waiting; measured as the processor's time. */
const SLOWEST_MS = 10_000;
/** What a refusal may hold on the way, apart from the file itself. */
const MOST_BYTES = 1.2e9;

/** What `decode` says of a file of PyTorch's, in time and in little memory: a problem of one sentence, or null where it is read. */
export function verdictOf(
  bytes: Uint8Array,
  shapes?: ReadonlyMap<string, readonly number[]>,
): Problem | null {
  const before = process.memoryUsage();
  const { value, milliseconds } = cpuTime(() => read(bytes, shapes));
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  assert.ok(milliseconds < SLOWEST_MS, `${milliseconds} ms`);
  assert.ok(grown < MOST_BYTES, `${grown} bytes`);
  if (value !== null) {
    assert.match(value.message, /^x\.pt: [^\n]*\.$/);
    assert.ok(value.message.length < 600, value.message);
  }
  return value;
}

/** The problem of a file that must be refused. */
export function refusalOf(bytes: Uint8Array, shapes?: ReadonlyMap<string, readonly number[]>): Problem {
  return verdictOf(bytes, shapes) ?? assert.fail('the file was read');
}

/** Reads the weights, too: their bytes are fetched only then. */
function read(bytes: Uint8Array, shapes: ReadonlyMap<string, readonly number[]> = new Map()): Problem | null {
  try {
    const result = decodeModel(bytes, { fileName: 'x.pt', companions: NO_COMPANIONS, shapes });
    if (!result.ok) return result.problem;
    for (const tensor of result.value.graph.initializers.values()) tensor.bytes();
    return null;
  } catch (error) {
    if (error instanceof ProblemError) return { ...error.problem, message: `x.pt: ${error.problem.message}` };
    throw error;
  }
}
