/** What a file is when it is not ONNX, told by its first bytes. */

interface Magic {
  readonly what: string;
  readonly bytes: readonly number[];
  readonly at?: number;
}

const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));

/** None of these can begin an ONNX model: read as a protobuf tag, the first byte is no field of one. */
const MAGICS: readonly Magic[] = [
  { what: 'a PNG image', bytes: [0x89, ...ascii('PNG')] },
  { what: 'a JPEG image', bytes: [0xff, 0xd8, 0xff] },
  { what: 'a GIF image', bytes: ascii('GIF8') },
  { what: 'a PDF document', bytes: ascii('%PDF') },
  { what: 'a ZIP archive (as PyTorch writes .pt and .pt2 files)', bytes: [...ascii('PK'), 3, 4] },
  { what: 'a gzip archive', bytes: [0x1f, 0x8b] },
  { what: 'a 7z archive', bytes: [...ascii('7z'), 0xbc, 0xaf] },
  { what: 'an HDF5 file (as Keras writes); export the network to ONNX', bytes: [0x89, ...ascii('HDF')] },
  { what: 'a NumPy array', bytes: [0x93, ...ascii('NUMPY')] },
  { what: 'a GGUF model; open the checkpoint that it was made from', bytes: ascii('GGUF') },
  {
    what: 'a checkpoint in the form of PyTorch before 1.6; load it with torch.load and save it again with torch.save',
    bytes: [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19],
  },
  ...[2, 3, 4, 5].map((protocol) => ({
    what: 'a Python pickle, which is never run here; export the model with torch.export.save',
    bytes: [0x80, protocol],
  })),
  { what: 'a TensorFlow Lite model; export the network to ONNX', bytes: ascii('TFL3'), at: 4 },
  {
    what: 'an ONNX Runtime model in ORT format; open the .onnx file that it was made from',
    bytes: ascii('ORTM'),
    at: 4,
  },
  {
    what: 'a safetensors file, but its header is damaged; download or save it again',
    bytes: [0, 0, ...ascii('{"')],
    at: 6,
  },
  {
    what: 'a Git LFS pointer, not the file itself; run "git lfs pull"',
    bytes: ascii('version https://git-lfs'),
  },
];

/** How many bytes are looked at to tell text. */
const TEXT_WINDOW = 512;

/** A phrase ("a PNG image") when the beginning says clearly that this is something else; null otherwise. */
export function foreignFormat(bytes: Uint8Array): string | null {
  const found = MAGICS.find(({ bytes: magic, at = 0 }) => magic.every((byte, i) => bytes[at + i] === byte));
  if (found !== undefined) return found.what;
  return isText(bytes) ? textKind(bytes) : null;
}

/** No control characters: a binary ONNX model has its version number, a control character, in the first bytes. */
function isText(bytes: Uint8Array): boolean {
  return bytes
    .subarray(0, TEXT_WINDOW)
    .every(
      (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13 || byte >= 0x80,
    );
}

function textKind(bytes: Uint8Array): string {
  const start = new TextDecoder().decode(bytes.subarray(0, TEXT_WINDOW)).trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html'))
    return 'a web page, not the file itself; download it again';
  if (start.startsWith('{') && start.includes('"weight_map"'))
    return 'the index of a checkpoint in several files; open the files that it names, one by one';
  if (start.startsWith('{') || start.startsWith('['))
    return 'JSON text; open the file that holds the graph or the weights';
  return 'text; open the file that holds the graph or the weights';
}
