/** The little of playwright-core's API that is used here; the package itself lies in the test host's folder. */
export interface Locator {
  click(options?: { button?: 'left' | 'right'; position?: { x: number; y: number } }): Promise<void>;
  count(): Promise<number>;
  first(): Locator;
  nth(index: number): Locator;
  focus(): Promise<void>;
  hover(): Promise<void>;
  fill(text: string): Promise<void>;
  getAttribute(name: string): Promise<string | null>;
  innerText(): Promise<string>;
  textContent(): Promise<string | null>;
  allInnerTexts(): Promise<string[]>;
  isVisible(): Promise<boolean>;
  isDisabled(): Promise<boolean>;
  waitFor(options?: { state?: 'visible' | 'hidden' | 'attached'; timeout?: number }): Promise<void>;
  locator(selector: string): Locator;
  evaluate<T, A>(run: (element: HTMLElement, argument: A) => T, argument?: A): Promise<T>;
}

export interface Page {
  goto(url: string): Promise<unknown>;
  close(): Promise<void>;
  locator(selector: string): Locator;
  getByTestId(id: string): Locator;
  evaluate<T, A>(run: ((argument: A) => T | Promise<T>) | string, argument?: A): Promise<T>;
  addInitScript<A>(run: ((argument: A) => void) | { content: string }, argument?: A): Promise<void>;
  exposeFunction(name: string, run: (...args: never[]) => unknown): Promise<void>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  screenshot(options: { path?: string; fullPage?: boolean }): Promise<Buffer>;
  emulateMedia(options: {
    reducedMotion?: 'reduce' | 'no-preference';
    forcedColors?: 'active' | 'none';
  }): Promise<void>;
  waitForFunction<A>(
    run: (argument: A) => unknown,
    argument?: A,
    options?: { timeout: number },
  ): Promise<unknown>;
  keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
}

export interface Browser {
  newPage(options?: { viewport?: { width: number; height: number }; colorScheme?: string }): Promise<Page>;
  close(): Promise<void>;
}
