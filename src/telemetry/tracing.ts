/** Spans: what this process does for whom, and how long it takes. Where nobody collects them, a span is the work alone. */

/** Only what the code knows: names, numbers, ids. No values of variables, tokens or paths of files. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  name: string;
  /** Default: internal. */
  kind?: 'internal' | 'server' | 'producer' | 'consumer';
  attributes?: SpanAttributes;
  /**
   * A W3C `traceparent` from elsewhere; what is none begins a trace of its own. Default: the span in which the caller
   * runs.
   */
  parent?: string | null | undefined;
}

export interface OpenSpan {
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** @param type a stable code; never a message, which may name files and hosts */
  fail(type: string): void;
  end(): void;
}

export interface Tracing {
  /** Runs the work within a span; what it throws marks the span by its code, and goes on to the caller. */
  span<T>(options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  /** A span that ends when its opener says so. */
  open(options: SpanOptions): OpenSpan;
  /** Runs the work as a part of an open span. */
  within<T>(span: OpenSpan, work: () => T): T;
  /** The span in which the caller runs. */
  active(): OpenSpan;
  /** Its `traceparent`, for another process; undefined outside of every span. */
  traceparent(): string | undefined;
  /** Sends what has not been sent yet; waits no longer than the exporter's timeout. Never rejects. */
  stop(): Promise<void>;
}

export const NO_SPAN: OpenSpan = {
  rename: () => undefined,
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

export const NO_TRACING: Tracing = {
  span: (_options, work) => work(NO_SPAN),
  open: () => NO_SPAN,
  within: (_span, work) => work(),
  active: () => NO_SPAN,
  traceparent: () => undefined,
  stop: () => Promise.resolve(),
};
