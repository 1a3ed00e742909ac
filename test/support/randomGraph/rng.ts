/** A small deterministic generator: the same key gives the same numbers, whatever else a graph holds. */
export function numbers(...key: readonly number[]): () => number {
  let state =
    key.reduce((hash, part) => Math.imul(hash ^ part, 0x9e3779b1) ^ (hash >>> 15), 0x2545f491) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers between −1 and 1, none of them near 0. */
export function signed(random: () => number): number {
  const size = 0.2 + 0.8 * random();
  return random() < 0.5 ? -size : size;
}
