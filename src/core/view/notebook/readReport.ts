import { attempt, raise, type Result } from '../../result';
import type { BlockComparison, OutputComparison } from '../../verify/report';
import schema from '../report/verification.schema.json';
import { RECORD_SCHEMA, type FileRecord, type VerificationRecord } from '../report/verificationRecord';
import { mismatch } from './matchesSchema';

const LONGEST_TEXT = 32 * 2 ** 20;
/** Of an error map: its picture looks at every one. */
const MOST_PLACES = 2 ** 17;
const MOST_BINS = 100;

/** A saved report from a notebook's output, checked against its schema and for what would be endless to draw. */
export function readReport(text: string): Result<VerificationRecord> {
  return attempt(() => {
    if (text.length > LONGEST_TEXT)
      raise('unsupported', 'This output holds a report that is too long to be shown; save it as a file.');
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      raise('bad-input', 'This output is no JSON, so there is no report in it; run the cell again.');
    }
    const wrong = mismatch(value, schema);
    if (wrong !== null)
      raise('bad-input', `This output is no report of the form "${RECORD_SCHEMA}": see "${place(wrong)}".`);
    return whole(value as VerificationRecord);
  });
}

/** JSON has no infinities and leaves out empty lists. */
function whole(record: VerificationRecord): VerificationRecord {
  return {
    ...record,
    files: { original: wholeFile(record.files.original), fused: wholeFile(record.files.fused) },
    outputs: record.outputs.map(wholeOutput),
    blocks: record.blocks.map(wholeBlock),
  };
}

function wholeFile(file: FileRecord): FileRecord {
  return { ...file, companions: (file.companions as FileRecord['companions'] | undefined) ?? [] };
}

function wholeOutput(output: OutputComparison): OutputComparison {
  const bins = output.histogram?.counts.length ?? 0;
  if (bins > MOST_BINS)
    raise('bad-input', `The report's histogram of ${place(output.name)} has ${bins} bins.`);
  return { ...output, maxRel: orInfinite(output.maxRel) };
}

function wholeBlock(block: BlockComparison): BlockComparison {
  const { errorMap } = block;
  if (errorMap === undefined) return block;
  const { dims, places, channels } = errorMap;
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size !== places.length || size > MOST_PLACES || channels.length > MOST_PLACES)
    raise('bad-input', `The report's error map of block ${place(block.id)} is not of its own size.`);
  return {
    ...block,
    errorMap: { dims, places: places.map(orInfinite), channels: channels.map(orInfinite) },
  };
}

function orInfinite(value: number | null): number {
  return value ?? Infinity;
}

function place(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return short === '' ? 'its beginning' : short.replace(/[\p{Cc}\p{Cf}"]/gu, '?');
}
