import { basename, dirname, relative } from 'node:path';
import type { FileRecord } from '../../core/view/report/verificationRecord';
import { companionFiles } from '../../platform/node/companionFiles';
import { sha256 } from '../../platform/node/hashFile';

/** A model file by its content, and the files that hold its external data. */
export function fileRecord(path: string, bytes: Uint8Array, dataFiles: Iterable<string>): FileRecord {
  const files = companionFiles(path);
  try {
    const companions = [...dataFiles].map((file) => {
      const name = relative(dirname(path), file).replaceAll('\\', '/');
      const source = files.open(name);
      return { name, bytes: source.size, sha256: sha256(source) };
    });
    return { name: basename(path), bytes: bytes.length, sha256: sha256(bytes), companions };
  } finally {
    files.close();
  }
}
