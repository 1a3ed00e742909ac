import { sameDims, type Tensor } from '../../tensor/tensor';

/** Whether two tensors have the same type, shape and bytes; bytes are read only where all else is equal. */
export function sameTensor(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (a.dtype !== b.dtype || !sameDims(a.dims, b.dims)) return false;
  // the elements of these cannot be read (strings, sparse tensors)
  if (a.dtype === 'other') return false;
  return sameBytes(a.bytes(), b.bytes());
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset) return true;
  const words = wordsOf(a, b);
  let at = 0;
  if (words !== null) {
    const [left, right] = words;
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
    at = left.length * 4;
  }
  for (; at < a.byteLength; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Four bytes at a time where both are aligned: weights of hundreds of megabytes are compared. */
function wordsOf(a: Uint8Array, b: Uint8Array): readonly [Uint32Array, Uint32Array] | null {
  if (a.byteOffset % 4 !== 0 || b.byteOffset % 4 !== 0) return null;
  const length = Math.floor(a.byteLength / 4);
  return [new Uint32Array(a.buffer, a.byteOffset, length), new Uint32Array(b.buffer, b.byteOffset, length)];
}
