/** The part of VS Code's notebook renderer API that is used here. */
export interface RendererContext {
  readonly workspace?: { readonly isTrusted: boolean };
  /** Not there in a renderer without an extension host. */
  postMessage?(message: unknown): void;
  onDidReceiveMessage?(listener: (message: unknown) => void): { dispose(): void };
}

export interface OutputItem {
  readonly id: string;
  readonly mime: string;
  text(): string;
  data(): Uint8Array;
}

export interface RendererApi {
  renderOutputItem(item: OutputItem, element: HTMLElement, signal?: AbortSignal): void;
  /** Without an id: all of them. */
  disposeOutputItem(id?: string): void;
}
