import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { attemptAsync, raise, type Result } from '../../core/result';
import { raiseFileProblem, systemCode } from './fileProblem';
import { removeQuietly, writeTemporaryFile, type TemporaryFile, type WriteContent } from './temporaryFile';

export interface ReplaceOption {
  /** Whether a file that is there already may be replaced. */
  readonly replace: boolean;
}

/** A file to be and what goes into it. */
export interface FileContent {
  readonly path: string;
  readonly write: WriteContent;
}

/**
 * Writes a file completely or not at all: killed at any moment, the folder holds the old file or the new one (and
 * perhaps a hidden `.<name>.<random>.tmp`). Without `replace` a file that is there is never touched, not even one that
 * appears meanwhile: problem `exists`. A symbolic link is followed.
 */
export function writeAtomically(
  path: string,
  write: WriteContent,
  options: ReplaceOption,
): Promise<Result<{ readonly bytes: number }>> {
  return attemptAsync(async () => {
    const target = checkTarget(path, options);
    const temporary = await writeTemporaryFile(target, write);
    commit(temporary, target, path, options);
    return { bytes: temporary.bytes };
  });
}

/**
 * Writes a model and its data file. The data gets its name first and never replaces a file (choose a free name with
 * `freeDataPath`), so that an old model keeps the data it points to until the new model takes its place.
 */
export function writePairAtomically(
  model: FileContent,
  data: FileContent,
  options: ReplaceOption,
): Promise<Result<{ readonly bytes: number }>> {
  return attemptAsync(async () => {
    const modelTarget = checkTarget(model.path, options);
    const dataTarget = checkTarget(data.path, { replace: false });
    const dataFile = await writeTemporaryFile(dataTarget, data.write);
    let modelFile: TemporaryFile;
    try {
      modelFile = await writeTemporaryFile(modelTarget, model.write);
    } catch (error) {
      removeQuietly(dataFile.path);
      throw error;
    }
    commitPair(modelFile, modelTarget, model.path, dataFile, dataTarget, options);
    return { bytes: modelFile.bytes + dataFile.bytes };
  });
}

function commitPair(
  modelFile: TemporaryFile,
  modelTarget: string,
  modelPath: string,
  dataFile: TemporaryFile,
  dataTarget: string,
  options: ReplaceOption,
): void {
  try {
    commit(dataFile, dataTarget, dataTarget, { replace: false });
  } catch (error) {
    removeQuietly(modelFile.path);
    throw error;
  }
  try {
    commit(modelFile, modelTarget, modelPath, options);
  } catch (error) {
    removeQuietly(dataTarget);
    throw error;
  }
}

/** `<model>.data`, or `<model>.2.data` and so on: the first name that nothing has. */
export function freeDataPath(modelPath: string): string {
  let path = `${modelPath}.data`;
  for (let i = 2; exists(path); i++) path = `${modelPath}.${i}.data`;
  return path;
}

/** Says no before the work is done. Gives the file that a symbolic link stands for. */
function checkTarget(path: string, { replace }: ReplaceOption): string {
  if (!exists(path)) return path;
  if (!replace) raiseExists(path);
  try {
    const status = statSync(path);
    if (status.isDirectory()) raise('usage', `"${path}" is a folder; name a file in it.`);
    // renaming over a device or a pipe would take it out of the system
    if (!status.isFile()) raise('usage', `"${path}" is no regular file; name one.`);
    return realpathSync(path);
  } catch (error) {
    return raiseFileProblem(error, path);
  }
}

function commit(temporary: TemporaryFile, target: string, path: string, { replace }: ReplaceOption): void {
  try {
    if (replace) renameSync(temporary.path, target);
    else moveToFreeName(temporary.path, target, path);
  } catch (error) {
    removeQuietly(temporary.path);
    raiseFileProblem(error, path);
  }
  syncFolder(dirname(target));
}

/** A rename would replace a file that has appeared meanwhile; a second link to the same file cannot. */
function moveToFreeName(from: string, target: string, path: string): void {
  try {
    linkSync(from, target);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') raiseExists(path);
    // a disk without hard links (FAT, some network disks): the best there is
    if (exists(target)) raiseExists(path);
    renameSync(from, target);
    return;
  }
  removeQuietly(from);
}

function raiseExists(path: string): never {
  return raise('exists', `"${path}" exists already; use --force to replace it.`);
}

/** Whether anything has this name, a symbolic link to nowhere included. */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return raiseFileProblem(error, path);
  }
}

/** Makes the new name last. Some systems cannot sync a folder; there the rename itself has to do. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (systemCode(error) === null) throw error;
  }
}
