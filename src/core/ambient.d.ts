/**
 * The few globals that Node, workers, browsers and notebooks share and that core may use.
 * Core has no DOM or Node library, so that nothing here can depend on either by accident.
 */
interface AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer): string;
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
