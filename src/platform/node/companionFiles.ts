import { closeSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { ByteSource, CompanionFiles } from '../../core/ports';
import { raise } from '../../core/result';
import { checkCompanionPath } from '../companionPath';
import { raiseFileProblem } from './fileProblem';
import { openRegularFile, readRange, type OpenFile } from './openFile';

/** Companions whose files stay open, to be read when a tensor is asked for, until `close`. */
export interface OpenCompanionFiles extends CompanionFiles {
  close(): void;
}

/**
 * The files beside a model: those in the model's own folder and below, symbolic links followed. A path that leaves
 * the folder is refused whether or not anything is there.
 */
export function companionFiles(modelPath: string): OpenCompanionFiles {
  const files = new Map<string, OpenFile>();
  const folder = dirname(modelPath);
  return {
    open(path: string): ByteSource {
      checkCompanionPath(path);
      const real = realPathWithin(folder, path);
      const file = files.get(real) ?? openRegularFile(real);
      files.set(real, file);
      return {
        size: file.size,
        read: (offset, length) => {
          if (!files.has(real)) return raise('failed', `"${path}" was closed before it was read.`);
          return readRange(file, offset, length, path);
        },
      };
    },
    close() {
      for (const { descriptor } of files.values()) closeSync(descriptor);
      files.clear();
    },
  };
}

function realPathWithin(folder: string, path: string): string {
  let root: string;
  let real: string;
  try {
    root = realpathSync(folder);
    real = realpathSync(join(root, path));
  } catch (error) {
    return raiseFileProblem(error, path);
  }
  const inside = relative(root, real);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    return raise(
      'unsafe-path',
      `"${path}" is a symbolic link out of the model's folder, and only files inside are read.`,
    );
  }
  return real;
}
