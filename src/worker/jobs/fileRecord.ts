import type { FileRecord } from '../../core/view/report/verificationRecord';
import { sha256 } from '../../platform/node/hashFile';
import type { NotedCompanions } from '../notedCompanions';

/** A model file by its content, and the files that hold its external data. */
export function fileRecord(name: string, bytes: Uint8Array, companions: NotedCompanions): FileRecord {
  const described = [...companions.names].map((companion) => {
    const source = companions.open(companion);
    return { name: companion, bytes: source.size, sha256: sha256(source) };
  });
  return { name, bytes: bytes.length, sha256: sha256(bytes), companions: described };
}
