import { version } from '../../package.json';
import type { Model } from '../core/ir/model';
import { modelChange } from '../core/view/report/modelChange';
import {
  RECORD_SCHEMA,
  type FileRecord,
  type VerificationRecord,
} from '../core/view/report/verificationRecord';
import type { VerificationReport } from '../core/verify/report';

/** What a verification was made with. */
export interface VerificationSetup {
  readonly original: Model;
  readonly fused: Model;
  readonly files: VerificationRecord['files'];
  readonly runtime: string | null;
  readonly seed: number;
  readonly samples: number;
  readonly sizes: ReadonlyMap<string, number>;
  readonly inputFiles: readonly string[];
}

/** A report with all that is needed to make it again. */
export function verificationRecord(report: VerificationReport, setup: VerificationSetup): VerificationRecord {
  const { files, runtime, seed, samples, sizes, inputFiles } = setup;
  return {
    schema: RECORD_SCHEMA,
    ...report,
    tool: { replens: version, runtime },
    files,
    run: { seed, samples, sizes: Object.fromEntries(sizes), inputFiles },
    change: modelChange(
      { model: setup.original, bytes: allBytes(files.original) },
      { model: setup.fused, bytes: allBytes(files.fused) },
    ),
  };
}

function allBytes({ bytes, companions }: FileRecord): number {
  return companions.reduce((sum, one) => sum + one.bytes, bytes);
}
