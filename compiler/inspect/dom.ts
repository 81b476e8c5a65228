/** The little of a browser's interface that the page's script uses; the project is compiled without the browser's types. */

export interface PageEvent {
  readonly target: PageElement | null;
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  preventDefault(): void;
}

export interface PageElement {
  readonly dataset: Record<string, string | undefined>;
  readonly classList: { add(name: string): void; remove(name: string): void; toggle(name: string, on: boolean): void };
  readonly parentElement: PageElement | null;
  readonly tagName: string;
  textContent: string | null;
  readonly childNodes: ArrayLike<PageElement>;
  readonly nodeType: number;
  hidden: boolean;
  value: string;
  id: string;
  tabIndex: number;
  closest(selector: string): PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement> & Iterable<PageElement>;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
  scrollIntoView(options: { readonly block: string; readonly inline?: string }): void;
  getBoundingClientRect(): { readonly top: number; readonly bottom: number };
  focus(options?: { readonly preventScroll: boolean }): void;
  select(): void;
  showModal(): void;
  close(): void;
}

export interface PageRange {
  setStart(node: PageElement, offset: number): void;
  setEnd(node: PageElement, offset: number): void;
}

export interface PageDocument extends PageElement {
  readonly documentElement: PageElement;
  readonly activeElement: PageElement | null;
  createRange(): PageRange;
}

/** The globals of a page. */
export interface Page {
  readonly document: PageDocument;
  readonly location: { hash: string };
  readonly history: { replaceState(data: null, unused: string, url: string): void };
  readonly matchMedia: (query: string) => { readonly matches: boolean };
  readonly addEventListener: (type: string, listener: (event: PageEvent) => void) => void;
  readonly CSS: { readonly highlights?: Map<string, unknown> };
  readonly Highlight?: new (...ranges: readonly PageRange[]) => unknown;
}
