/** Carries errors from thread to thread: structured cloning alone would lose their kind and code. */
import { AssayError, type ErrorKind, OperationalError, UserError } from '../errors';

export interface WireError {
  /** 'bug' for whatever is no AssayError. */
  kind: ErrorKind | 'bug';
  name: string;
  message: string;
  stack: string | undefined;
  code: string;
  details: Record<string, unknown>;
  /** For logs: what lay beneath. */
  cause: WireError | undefined;
}

const MAX_CAUSES = 4;

export function toWire(error: unknown, depth = 0): WireError {
  if (!(error instanceof Error)) {
    const message = String(error);
    return {
      kind: 'bug',
      name: 'Error',
      message,
      stack: undefined,
      code: '',
      details: {},
      cause: undefined,
    };
  }
  const { name, message, stack, cause } = error;
  return {
    kind: error instanceof AssayError ? error.kind : 'bug',
    name,
    message,
    stack,
    code: error instanceof AssayError ? error.code : '',
    details: error instanceof AssayError ? cloneable(error.details) : {},
    cause: cause === undefined || depth >= MAX_CAUSES ? undefined : toWire(cause, depth + 1),
  };
}

/** The same kind of error, with the stack of the thread that threw it. */
export function fromWire(wire: WireError): Error {
  const options = wire.cause === undefined ? {} : { cause: fromWire(wire.cause) };
  const error = revive(wire, options);
  error.name = wire.name;
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

function revive(wire: WireError, options: { cause?: Error }): Error {
  const { kind, code, message, details } = wire;
  switch (kind) {
    case 'user':
      return new UserError(code, message, { details, ...options });
    case 'operational':
      return new OperationalError(code, message, { details, ...options });
    case 'bug':
      return new Error(message, options);
  }
}

/** A detail that can't be cloned must not replace the error by another one. */
function cloneable(details: Record<string, unknown>): Record<string, unknown> {
  try {
    return structuredClone(details);
  } catch {
    return {};
  }
}
