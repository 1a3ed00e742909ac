import { checkpointSource } from './checkpoint/checkpointModel';
import type { Model } from './ir/model';
import { raise } from './result';
import { writesTorch } from './torch/encodeTorch';

/** A format that fused models are written in; its files end in its name, a checkpoint's perhaps otherwise. */
export type OutputFormat = 'onnx' | 'pt2' | 'pth' | 'safetensors';

/** What PyTorch's checkpoints end in. */
const CHECKPOINT_ENDINGS: readonly string[] = ['.pth', '.pt', '.ckpt', '.bin'];

/** The formats that a model can be written in, the default first: its own where we write it. */
export function outputFormats(model: Model): readonly OutputFormat[] {
  const checkpoint = checkpointSource(model)?.checkpoint;
  if (checkpoint !== undefined) return [checkpoint.kind === 'torch' ? 'pth' : 'safetensors'];
  return writesTorch(model) ? ['pt2', 'onnx'] : ['onnx'];
}

/**
 * The format that an output's name asks for; an ONNX model may keep whatever ending it has.
 * @param output,source paths or addresses.
 * @throws ProblemError `usage` for an ending that says nothing. Whether a model can be written as a .pt2 is for its writer to say.
 */
export function formatOfOutput(output: string, source: string, model: Model): OutputFormat {
  const ending = endingOf(output);
  const [own = 'onnx'] = outputFormats(model);
  if (model.format === 'checkpoint') {
    const fits = own === 'pth' ? CHECKPOINT_ENDINGS.includes(ending) : ending === `.${own}`;
    if (fits || (ending === endingOf(source) && ending !== '.safetensors')) return own;
  } else if (ending === '.onnx' || ending === '.pt2') return ending === '.pt2' ? 'pt2' : 'onnx';
  if (model.format === 'onnx' && ending === endingOf(source)) return 'onnx';
  const endings = outputFormats(model).map((format) => `.${format}`);
  return raise(
    'usage',
    ending === ''
      ? `The output's name has no ending; end it in ${endings.join(' or ')}.`
      : `Fused models are not written as ${ending}; end the output's name in ${endings.join(' or ')}.`,
  );
}

function endingOf(path: string): string {
  return /\.[^./\\]+$/.exec(path.replace(/[?#].*$/s, ''))?.[0].toLowerCase() ?? '';
}
