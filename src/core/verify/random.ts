import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers that a seed determines: a report can be made again, number for number. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** Of mean 0 and variance 1. */
  normal(): number;
  /** 0, 1, … below − 1. */
  integer(below: number): number;
  /** −1 or 1. */
  sign(): number;
}

/** A generator of its own for each `label`: what one probe draws does not depend on how much another one drew. */
export function seededRandom(seed: number, ...label: readonly (string | number)[]): Random {
  const generator = xoroshiro128plus(hash(`${seed}/${label.join('/')}`));
  // its first numbers still show the zeros of its state
  for (let i = 0; i < 8; i++) generator.next();
  const uniform = (): number => uniformFloat64(generator);
  // a number holds 32 of them, and weights want millions
  let [signs, left] = [0, 0];
  const sign = (): number => {
    if (left === 0) [signs, left] = [generator.next(), 32];
    const one = (signs & 1) === 0 ? 1 : -1;
    signs >>>= 1;
    left -= 1;
    return one;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (below) => Math.floor(uniform() * below),
    sign,
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state | 0;
}
