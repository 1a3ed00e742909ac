import { attempt, type ProblemCode } from '../result';
import type { Archive } from './archive/archive';
import { readTorchPickle } from './pickle/torchPickle';

/** What an archive is that is no exported program, and what to do: code and sentence of the problem. */
export function otherContent(archive: Archive): readonly [ProblemCode, string] {
  const holds = (part: string): boolean => archive.names.some((name) => name.startsWith(part));
  if (holds('data/aotinductor/'))
    return ['unsupported', `The file holds compiled code (AOTInductor) and no graph; ${EXPORT}`];
  if (archive.has('data.pkl')) return ['unsupported', checkpointSentence(archive)];
  return ['bad-input', 'The file is a ZIP archive, but none that PyTorch wrote; name a model.'];
}

const EXPORT = 'export the model with torch.export.save.';

/** Of a file of `torch.save`: weights only, or a whole module, which can't be had without running its code. */
function checkpointSentence(archive: Archive): string {
  const content = attempt(() => readTorchPickle(archive));
  if (content.ok)
    return `The file is a checkpoint: it holds weights (torch.save of a state dict) and no graph; load it into its model and export that with torch.export.save.`;
  return content.problem.code === 'unsupported'
    ? `The file holds a whole pickled module or other objects${namedIn(content.problem.message)}, which are never run here; ${EXPORT}`
    : content.problem.message;
}

/** ' ("torch.nn.Linear")' for a sentence that names a class or a function. */
export function namedIn(sentence: string): string {
  const [name] = /"[^"]+"/.exec(sentence) ?? [];
  return name === undefined ? '' : ` (${name})`;
}
