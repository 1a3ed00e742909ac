import { Outputs } from './outputs';
import type { RendererApi, RendererContext } from './rendererContext';

/** Entry of the notebook renderer: small, since every notebook with an output of ours reads it; the rest comes with the first output. */
export function activate(context: RendererContext): RendererApi {
  const outputs = new Outputs(context, new URL('.', import.meta.url));
  return {
    renderOutputItem: (item, element, signal) => outputs.show(item, element, signal),
    disposeOutputItem: (id) => outputs.dispose(id),
  };
}
