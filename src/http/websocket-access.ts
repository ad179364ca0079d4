/** Who is behind a WebSocket: asked when it opens, at each operation, and again and again while it stays. */
import type { FastifyRequest } from 'fastify';
import { CloseCode } from 'graphql-ws';
import type { Caller } from '../auth/caller';
import { Unauthenticated } from '../auth/unauthenticated';
import { AssayError } from '../errors';
import type { RequestAccess } from './request-access';

export interface ConnectionExtra {
  request: FastifyRequest;
  operationCount: number;
  close: (code: number, reason: string) => void;
  /** Once connection_init has been answered. */
  caller?: Readonly<Caller>;
}

const TRY_AGAIN_LATER = 1013;

/** Closes the connection where its caller is refused. @returns whether it stays open */
export async function identify(
  access: RequestAccess,
  extra: ConnectionExtra,
  connectionParameters: unknown,
): Promise<boolean> {
  try {
    extra.caller = await access.connect(extra.request, connectionParameters);
    return true;
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    closeFor(error, extra);
    return false;
  }
}

/** @throws what the check of the token throws; where it is no longer good the connection is closed too */
export async function currentCaller(
  access: RequestAccess,
  extra: ConnectionExtra,
): Promise<Readonly<Caller>> {
  const { caller } = extra;
  if (caller === undefined) throw new Error('graphql-ws runs nothing before connection_init');
  try {
    await access.recheck(caller);
    return caller;
  } catch (error) {
    if (error instanceof Unauthenticated) closeFor(error, extra);
    throw error;
  }
}

/**
 * Closes the connection within `everyMs` of its token's end.
 *
 * @returns a function that ends the watch
 */
export function watchToken(
  access: RequestAccess,
  extra: ConnectionExtra,
  everyMs: number,
): () => void {
  let isChecking = false;
  const check = async (): Promise<void> => {
    const { caller, request } = extra;
    if (caller === undefined || caller.tokenId === null || isChecking) return;
    isChecking = true;
    try {
      await access.recheck(caller);
    } catch (error) {
      // While the database is away nobody knows of revocations, but the end of the token's time is known.
      const isOver = caller.expiresAt !== null && caller.expiresAt.getTime() <= Date.now();
      if (error instanceof Unauthenticated) closeFor(error, extra);
      else if (isOver) closeFor(new Unauthenticated('expired', caller.tokenId), extra);
      else request.log.debug({ err: error }, 'a token could not be checked again');
    } finally {
      isChecking = false;
    }
  };
  const timer = setInterval(() => void check(), everyMs);
  return () => {
    clearInterval(timer);
  };
}

/** 4401 tells clients not to try again by themselves; 1013 that they may. */
function closeFor(error: AssayError, { close }: ConnectionExtra): void {
  if (error instanceof Unauthenticated) {
    // Not the whole message: a close frame holds 123 bytes.
    close(CloseCode.Unauthorized, `${error.code}: ${error.problem} (assay token create)`);
  } else {
    close(TRY_AGAIN_LATER, 'AUTH_UNAVAILABLE: the token could not be checked');
  }
}
