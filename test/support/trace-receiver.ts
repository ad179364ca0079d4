/** A receiver of OTLP over HTTP, as a collector is one: takes JSON on any port of the loopback and keeps the spans. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  /** Undefined of the first span of a trace. */
  parentSpanId: string | undefined;
  name: string;
  /** 1 internal, 2 server, 4 producer, 5 consumer. */
  kind: number;
  failed: boolean;
  attributes: Record<string, unknown>;
  /** Of the process that made it. */
  resource: Record<string, unknown>;
  nanoseconds: bigint;
}

export interface TraceReceiver {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT is set to. */
  endpoint: string;
  spans: ReceivedSpan[];
  requests: { path: string | undefined; headers: IncomingHttpHeaders; body: string }[];
  close(): Promise<void>;
}

interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}

interface Exported {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: {
      spans: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        kind: number;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
        attributes: KeyValue[];
        status: { code?: number };
      }[];
    }[];
  }[];
}

const ERROR = 2;

/** @param answer 'never': it takes connections and leaves them waiting */
export async function startTraceReceiver(
  answer: 'ok' | 'never' | 'refuse' = 'ok',
): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: TraceReceiver['requests'] = [];
  const server = createServer((request, response) => {
    json(request)
      .then((body) => {
        const { url: path, headers } = request;
        requests.push({ path, headers, body: JSON.stringify(body) });
        if (answer === 'never') return;
        if (answer === 'ok') spans.push(...spansIn(body as Exported));
        response.writeHead(answer === 'ok' ? 200 : 400, { 'content-type': 'application/json' });
        response.end('{}');
      })
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function spansIn({ resourceSpans }: Exported): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
        name: span.name,
        kind: span.kind,
        failed: span.status.code === ERROR,
        attributes: recordOf(span.attributes),
        resource: recordOf(resource.attributes),
        nanoseconds: BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano),
      })),
    ),
  );
}

function recordOf(list: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}
