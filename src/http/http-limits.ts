/** Sizes and times of the edge; the units are in the names. */
import { DEFAULT_GRAPHQL_LIMITS, type GraphQLLimits } from '../graphql/limits/limits';

export interface HttpLimits {
  /** A request's body (REQUEST_TOO_LARGE, 413). */
  bodyBytes: number;
  /** An uploaded file (UPLOAD_TOO_LARGE, 413). */
  uploadBytes: number;
  /** Uploads at a time: each holds a connection and a file (TOO_MANY_UPLOADS, 503). */
  uploads: number;
  /** For the next part of an upload to arrive (UPLOAD_IDLE, 408); an upload as a whole may take any time. */
  uploadIdleMs: number;
  /** Files that workers fetch at a time: each holds a connection and a piece of a file (TOO_MANY_DOWNLOADS, 503). */
  downloads: number;
  /** For a worker to take the next piece; then it is cut off. */
  downloadIdleMs: number;
  /** A request's line and headers together (431). */
  headerBytes: number;
  /** For the headers to arrive, from the connection's start (408). Against clients that send drop by drop. */
  headersTimeoutMs: number;
  /** For the whole request to arrive (408). */
  requestTimeoutMs: number;
  /** How long an idle connection is kept for the next request. */
  keepAliveTimeoutMs: number;
  /** For a GraphQL request to be answered (REQUEST_TIMEOUT, 503). */
  answerTimeoutMs: number;
  /** For the readiness check (NOT_READY, 503). */
  readinessTimeoutMs: number;
  /** For running requests to finish when the server closes; then they are cut off. */
  closeTimeoutMs: number;
}

export interface WebSocketLimits {
  /** A message from a client (close code 1009). */
  websocketMessageBytes: number;
  /** Connections at a time (TOO_MANY_CONNECTIONS, 503 before the upgrade). */
  websocketConnections: number;
  /** Operations of one connection at a time (TOO_MANY_OPERATIONS). */
  websocketOperations: number;
  /** For the client's connection_init after the upgrade (close code 4408). */
  websocketInitTimeoutMs: number;
  /** Between pings; a client that answers none until the next is dropped. */
  websocketPingMs: number;
  /** Between looks at a connection's token: so long does a revoked or expired one live on (close code 4401). */
  websocketTokenCheckMs: number;
}

export interface ServiceLimits extends GraphQLLimits, HttpLimits, WebSocketLimits {}

export const DEFAULT_SERVICE_LIMITS: Readonly<ServiceLimits> = {
  ...DEFAULT_GRAPHQL_LIMITS,
  bodyBytes: 1_048_576,
  uploadBytes: 1_073_741_824,
  uploads: 4,
  uploadIdleMs: 30_000,
  downloads: 200,
  downloadIdleMs: 30_000,
  headerBytes: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 10_000,
  answerTimeoutMs: 30_000,
  readinessTimeoutMs: 2_000,
  closeTimeoutMs: 5_000,
  websocketMessageBytes: 65_536,
  websocketConnections: 200,
  websocketOperations: 20,
  websocketInitTimeoutMs: 3_000,
  websocketPingMs: 12_000,
  websocketTokenCheckMs: 5_000,
};
