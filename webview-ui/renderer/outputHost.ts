import type { EditorHostMethods, EditorState, EditorViewMethods } from '../../src/protocol/editor';
import { portPair } from '../../src/protocol/portPair';
import { openRpc, type Handlers } from '../../src/protocol/rpc';
import { connectHost, type Host, type Offers } from '../editor/host';

/** The editor's screen with a model of this page behind it: the screen does not know the difference. */
export interface OutputHost extends Host {
  show(state: EditorState): void;
  reveal(id: string): void;
  /** Open calls settle as problems. */
  dispose(): void;
}

export function openOutputHost(methods: Handlers<EditorHostMethods>, offers: Offers): OutputHost {
  const [outer, inner] = portPair();
  const view = openRpc<Handlers<EditorHostMethods>, EditorViewMethods>(inner, methods);
  const host = connectHost(outer, offers);
  return {
    ...host,
    show: (state) => void view.call('state', state),
    reveal: (id) => void view.call('reveal', { id }),
    dispose: () => {
      view.dispose();
      host.rpc.dispose();
    },
  };
}
