import * as vscode from 'vscode';
import { writeWhole } from '../platform/web/writeWhole';
import type { FileAddress, HostFileMethods } from '../protocol/hostFiles';
import type { CallContext, Handlers } from '../protocol/rpc';
import { ProblemError, type ProblemCode } from '../protocol/vocabulary';
import { fileName } from './files';
import { codeOf, siblingsOf } from './workspaceFolder';
import { sampleFolders } from './sampleFolders';

/** The files that a worker asks for by address, through VS Code: of virtual workspaces, and all of them in a browser. */
export const handedFiles: Handlers<HostFileMethods> = {
  statFile: (file) => said(file.address, async () => statFile(file)),
  readFile: (file) =>
    said(file.address, async () => {
      // a copy: it is moved to the worker, and might be a part of what another extension holds
      return new Uint8Array(await vscode.workspace.fs.readFile(uriOf(file))).buffer;
    }),
  writeFile: ({ address, bytes, replace }, { signal }: CallContext) =>
    said(address, async () => {
      const uri = vscode.Uri.parse(address, true);
      await writeWhole(siblingsOf(uri), fileName(uri), new Uint8Array(bytes), { replace, signal });
    }),
  sampleFiles: ({ address }) => sampleFolders(vscode.Uri.parse(address, true)),
};

async function statFile(file: FileAddress) {
  const uri = uriOf(file);
  try {
    await refuseLinks(file);
    const { type, size, mtime } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) !== 0)
      throw problem('bad-input', `"${fileName(uri)}" is a folder; name a file in it.`);
    return { size, stamp: `${mtime} ${size}` };
  } catch (error) {
    if (codeOf(error) === 'FileNotFound') return null;
    throw error;
  }
}

/** Where a link leads is not told, and it may be out of the model's folder: neither the file nor a folder on the way is one. */
async function refuseLinks({ address, beside }: FileAddress): Promise<void> {
  const parts = beside?.split('/') ?? [];
  for (const [at, part] of parts.entries()) {
    // the folder before this one, or the same
    if (part === '..' || part === '.' || part === '') continue;
    const path = parts.slice(0, at + 1).join('/');
    const { type } = await vscode.workspace.fs.stat(uriOf({ address, beside: path }));
    if ((type & vscode.FileType.SymbolicLink) !== 0)
      throw problem('unsafe-path', `"${path}" is a symbolic link, which is not followed here.`);
  }
}

function uriOf({ address, beside }: FileAddress): vscode.Uri {
  const uri = vscode.Uri.parse(address, true);
  return beside === null ? uri : vscode.Uri.joinPath(uri, '..', ...beside.split('/'));
}

/** What a file system says, as a sentence for a person. */
async function said<T>(address: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const name = `"${fileName(vscode.Uri.parse(address))}"`;
    const code = codeOf(error);
    if (code === 'FileNotFound') throw problem('not-found', `${name} does not exist; check the name.`);
    if (code === 'FileIsADirectory') throw problem('bad-input', `${name} is a folder; name a file in it.`);
    if (code === 'NoPermissions')
      throw problem('failed', `${name} may not be used in this way; check its permissions.`);
    const words = error instanceof Error ? error.message : String(error);
    throw problem('failed', `${name} cannot be used: ${words.replace(/\s+/g, ' ')}`);
  }
}

function problem(code: ProblemCode, message: string): ProblemError {
  return new ProblemError({ code, message });
}
