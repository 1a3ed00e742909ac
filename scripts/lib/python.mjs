// The Python that a person has, for checks against other software; the product and `npm test` need none.
import { run } from './run.mjs';

/** `python3`, or the one that $REPLENS_PYTHON names. */
export const python = process.env.REPLENS_PYTHON || 'python3';

/** Why a check that needs these packages can't run here, in one sentence; null when it can. */
export async function whyNot(packages) {
  const ask =
    'import importlib.util, sys; print(*[p for p in sys.argv[1:] if not importlib.util.find_spec(p)])';
  const { code, output } = await run(python, ['-c', ask, ...packages]);
  if (code !== 0) return `"${python}" is no Python that starts; name one in REPLENS_PYTHON.`;
  const missing = output.trim().split(/\s+/).filter(Boolean);
  if (missing.length === 0) return null;
  return `${python} has no ${missing.join(', ')}; pip install ${missing.join(' ')}.`;
}
