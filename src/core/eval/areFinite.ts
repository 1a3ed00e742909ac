/** 0·w is 0 for every finite w; four sums are many times as fast as a call for each of millions of weights. */
export function areFinite(w: Float64Array): boolean {
  const known = answers.get(w);
  if (known !== undefined) return known;
  const most = w.length - (w.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < most; i += 4) {
    a += 0 * (w[i] as number);
    b += 0 * (w[i + 1] as number);
    c += 0 * (w[i + 2] as number);
    d += 0 * (w[i + 3] as number);
  }
  for (let i = most; i < w.length; i++) a += 0 * (w[i] as number);
  const answer = a + b + c + d === 0;
  answers.set(w, answer);
  return answer;
}

/** Weights are asked about for each group of each image. */
const answers = new WeakMap<Float64Array, boolean>();
