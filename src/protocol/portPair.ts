import type { Port } from './rpc';

/** Two ends of a channel inside one page: what goes into one comes out of the other, later. */
export function portPair(): readonly [Port, Port] {
  const [a, b] = [new Set<Receive>(), new Set<Receive>()];
  return [end(a, b), end(b, a)];
}

type Receive = (message: unknown) => void;

function end(own: Set<Receive>, other: ReadonlySet<Receive>): Port {
  return {
    post: (message) => queueMicrotask(() => other.forEach((receive) => receive(message))),
    listen: (receive) => {
      own.add(receive);
      return () => own.delete(receive);
    },
  };
}
