/** Pieces one behind the other. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  return joinPieces(
    pieces,
    pieces.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
}

/** The same of pieces that are computed when they are reached. @param byteLength of all together. @throws RangeError for more. */
export function joinPieces(pieces: Iterable<Uint8Array>, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
