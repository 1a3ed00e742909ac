import type { SpeedReport } from '../../verify/speed/speedReport';
import type { VerificationReport } from '../../verify/report';
import type { Change } from '../modelView';

/** The `schema` of the records that this version writes; `verification.schema.json` describes them. */
export const RECORD_SCHEMA = 'replens-verification/1';

/**
 * A verification as it is kept: the report and all that is needed to make it again. Nothing in it depends on when or where it was
 * made, so the same files, seed and machine give the same record.
 */
export interface VerificationRecord extends VerificationReport {
  readonly schema: typeof RECORD_SCHEMA;
  readonly tool: ToolVersions;
  readonly files: { readonly original: FileRecord; readonly fused: FileRecord };
  readonly run: RunRecord;
  readonly change: ModelChange;
  readonly speed?: SpeedReport;
}

export interface ToolVersions {
  readonly replens: string;
  /** "onnxruntime-web 1.30.0"; null where nothing was run. */
  readonly runtime: string | null;
}

/** A file by its content. */
export interface FileRecord {
  /** Without its folder. */
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
  /** External data beside it. */
  readonly companions: readonly Omit<FileRecord, 'companions'>[];
}

export interface RunRecord {
  readonly seed: number;
  /** Inputs drawn for the whole network, those of files not counted. */
  readonly samples: number;
  /** Sizes that somebody chose, by symbol. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Files that gave inputs. */
  readonly inputFiles: readonly string[];
}

/** What merging made of the model. */
export interface ModelChange {
  readonly nodes: Change;
  readonly convs: Change;
  readonly parameters: Change;
  readonly bytes: Change;
}
