import { attempt, raise, type Result } from '../../result';
import { decodedLength, fromBase64 } from './base64';

/**
 * A model in a notebook's output. The notebook may come from anywhere, so everything in it is checked before it is used, and what
 * is wrong is said in one sentence.
 *
 *     application/vnd.replens.model+json   { "name", "format": "onnx" | "pt2" | "torchscript" | "checkpoint", "bytes": base64 }  or  { "name", "format", "path" }
 *     application/vnd.onnx                 the bytes of an ONNX file, as they are or as base64
 */
export const MODEL_MIME = 'application/vnd.replens.model+json';
export const ONNX_MIME = 'application/vnd.onnx';
export const REPORT_MIME = 'application/vnd.replens.report+json';

export type NotebookModel =
  | { readonly kind: 'bytes'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  /** `path`: relative to the notebook, parts separated by `/`. */
  | { readonly kind: 'path'; readonly name: string; readonly path: string };

/** What an envelope may say; what is in it is told by its content. */
const FORMATS = ['onnx', 'pt2', 'torchscript', 'checkpoint'] as const;

/** Bytes that a model in an output may have; larger ones go by path. */
export const LARGEST_INLINE = 64 * 2 ** 20;
const LONGEST_NAME = 200;
const LONGEST_PATH = 1024;
/** The characters of the largest model and of what stands around it. */
const LONGEST_TEXT = Math.ceil((LARGEST_INLINE * 4) / 3) + 2 ** 20;

/** Reads an envelope. */
export function readEnvelope(text: string): Result<NotebookModel> {
  return attempt(() => {
    if (text.length > LONGEST_TEXT) tooLarge(decodedLength(text.length));
    const envelope = parseObject(text);
    const { format = 'onnx', bytes, path } = envelope;
    const name = checkedName(envelope['name']);
    if (!(FORMATS as readonly unknown[]).includes(format))
      raise(
        'unsupported',
        `This output holds a model of the format ${quoted(format)}; RepLens draws ${FORMATS.map(quoted).join(', ')}.`,
      );
    if ((bytes === undefined) === (path === undefined))
      raise('bad-input', 'A model in an output has either "bytes" or a "path"; run the cell again.');
    if (path !== undefined) return { kind: 'path', name, path: checkedPath(path) };
    if (typeof bytes !== 'string') raise('bad-input', 'The model’s "bytes" are no text; run the cell again.');
    if (decodedLength(bytes.length) > LARGEST_INLINE) tooLarge(decodedLength(bytes.length));
    return { kind: 'bytes', name, bytes: nonEmpty(fromBase64(bytes, 'The model in this output')) };
  });
}

/** Reads an output of `application/vnd.onnx`: a saved notebook has the bytes as base64. */
export function readOnnxOutput(data: Uint8Array): Result<NotebookModel> {
  return attempt(() => {
    if (data.length > LONGEST_TEXT) tooLarge(data.length);
    const bytes = isBase64(data)
      ? fromBase64(new TextDecoder().decode(data), 'The model in this output')
      : new Uint8Array(data);
    if (bytes.length > LARGEST_INLINE) tooLarge(bytes.length);
    return { kind: 'bytes', name: 'model.onnx', bytes: nonEmpty(bytes) };
  });
}

/** Bytes of a model begin with a control character, which base64 has not. */
function isBase64(data: Uint8Array): boolean {
  return data.subarray(0, 64).every((byte) => /[A-Za-z0-9+/=\s]/.test(String.fromCharCode(byte)));
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    raise('bad-input', 'This output is no JSON, so there is no model in it; run the cell again.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    raise('bad-input', 'This output is no JSON object, so there is no model in it; run the cell again.');
  return value as Readonly<Record<string, unknown>>;
}

/** A name is shown, and files are named after it: no path, nothing invisible. @throws ProblemError */
export function checkedName(name: unknown): string {
  if (name === undefined) return 'model.onnx';
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME)
    raise(
      'bad-input',
      `The "name" of the model in this output is no text of 1 to ${LONGEST_NAME} characters.`,
    );
  if (/[\\/:*?"<>|\p{Cc}\p{Cf}]/u.test(name) || /^\.+$/.test(name))
    raise('unsafe-path', `The model in this output is called ${quoted(name)}, which is no name of a file.`);
  return name;
}

/** Inside the notebook's folder or the workspace: where exactly is for the host to see, which knows both. @throws ProblemError */
export function checkedPath(path: unknown): string {
  if (typeof path !== 'string' || path === '' || path.length > LONGEST_PATH)
    raise(
      'bad-input',
      `The "path" of the model in this output is no text of 1 to ${LONGEST_PATH} characters.`,
    );
  if (path.startsWith('/') || /[\\:\p{Cc}\p{Cf}]/u.test(path))
    raise('unsafe-path', `The path ${quoted(path)} is not relative to the notebook, so it is not opened.`);
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  const inner = parts.findIndex((part) => part !== '..');
  if (inner < 0 || parts.indexOf('..', inner) >= 0)
    raise('unsafe-path', `The path ${quoted(path)} goes up in its middle, so it is not opened.`);
  return parts.join('/');
}

function nonEmpty(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) raise('bad-input', 'The model in this output is empty; run the cell again.');
  return bytes;
}

function tooLarge(bytes: number): never {
  const mebibytes = (size: number): string => `${Math.round(size / 2 ** 20)} MB`;
  raise(
    'unsupported',
    `This output holds a model of ${mebibytes(bytes)}, and more than ${mebibytes(LARGEST_INLINE)} are not drawn from an output; save it and use show_model("file.onnx").`,
  );
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `"${short.replace(/[\p{Cc}\p{Cf}"]/gu, '?')}"`;
}
