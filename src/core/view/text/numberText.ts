/**
 * A number of the type float as ONNX's own printer writes it: the fewest digits that read back as the same float32, in fixed
 * or scientific form, whichever is shorter, with an exponent of at least two digits.
 */
export function float32Text(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const stored = Math.fround(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = stored.toPrecision(digits);
    if (Math.fround(Number(text)) === stored) return shortest(text);
  }
  return shortest(stored.toPrecision(9));
}

/** The same for a double. */
export function float64Text(value: number): string {
  if (!Number.isFinite(value) || value === 0) return float32Text(value);
  return shortest(String(value));
}

function shortest(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  // 0.kept × 10^place
  const place = whole.length + Number(power) - (all.length - digits.length);
  const fixed = fixedForm(kept, place);
  const scientific = scientificForm(kept, place - 1);
  return sign + (scientific.length < fixed.length ? scientific : fixed);
}

function fixedForm(digits: string, place: number): string {
  if (place <= 0) return `0.${'0'.repeat(-place)}${digits}`;
  if (place >= digits.length) return digits + '0'.repeat(place - digits.length);
  return `${digits.slice(0, place)}.${digits.slice(place)}`;
}

function scientificForm(digits: string, exponent: number): string {
  const mantissa = digits.length === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
