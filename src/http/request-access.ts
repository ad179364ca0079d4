/** Finds out who sends a request, and lets through what the address's rule allows. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, ensurePermitted, LOCAL_CALLER } from '../auth/caller';
import type { Authenticator } from '../auth/token-authenticator';
import { Unauthenticated } from '../auth/unauthenticated';
import { AssayError } from '../errors';
import { bearerToken, connectionAuthorization } from './bearer';
import { HttpRefusal } from './http-refusal';
import { isPersonAtMachine } from './person-at-machine';
import { ruleFor } from './route-rules';

export class RequestAccess {
  private readonly callers = new WeakMap<FastifyRequest, Readonly<Caller>>();
  private isBoundToLoopback = false;

  constructor(private readonly authenticator: Authenticator) {}

  /** Until this is said everybody needs a token. */
  boundToLoopback(isLoopback: boolean): void {
    this.isBoundToLoopback = isLoopback;
  }

  /**
   * Before anything of the request's body is read.
   *
   * @throws HttpRefusal UNAUTHENTICATED (401), FORBIDDEN (403), AUTH_UNAVAILABLE (503)
   */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const rule = ruleFor(request);
    if (rule === undefined || rule === 'public') return;
    try {
      const caller = await this.callerIn(request, request.headers.authorization);
      if (caller !== undefined) this.callers.set(request, caller);
      if (rule === 'websocket') return;
      if (caller === undefined) throw new Unauthenticated('missing');
      ensurePermitted(caller, rule);
    } catch (error) {
      logRefusal(error, request);
      throw withStatus(error, reply);
    }
  }

  /**
   * Who opens a WebSocket: by what connection_init says, else by the headers of the upgrade.
   *
   * @throws Unauthenticated, OperationalError AUTH_UNAVAILABLE
   */
  async connect(request: FastifyRequest, parameters: unknown): Promise<Readonly<Caller>> {
    try {
      const named = await this.callerIn(request, connectionAuthorization(parameters), false);
      const caller = named ?? this.callers.get(request);
      if (caller === undefined) throw new Unauthenticated('missing');
      // A while has passed since the upgrade.
      if (named === undefined) await this.authenticator.recheck(caller);
      return caller;
    } catch (error) {
      logRefusal(error, request);
      throw error;
    }
  }

  /** @throws Unauthenticated, OperationalError AUTH_UNAVAILABLE */
  recheck(caller: Readonly<Caller>): Promise<void> {
    return this.authenticator.recheck(caller);
  }

  /** Who sent a request that was admitted to an address that is not public. */
  callerOf(request: FastifyRequest): Readonly<Caller> {
    const caller = this.callers.get(request);
    if (caller === undefined) throw new Error('the request was not admitted');
    return caller;
  }

  /** For the log: whose token admitted the request, if any did. */
  tokenIdOf(request: FastifyRequest): string | undefined {
    return this.callers.get(request)?.tokenId ?? undefined;
  }

  /** A token that is given is checked, whoever gives it. */
  private async callerIn(
    request: FastifyRequest,
    authorization: unknown,
    mayBeLocal = true,
  ): Promise<Readonly<Caller> | undefined> {
    const token = bearerToken(authorization);
    if (token !== undefined) return this.authenticator.authenticate(token);
    return mayBeLocal && isPersonAtMachine(request, this.isBoundToLoopback)
      ? LOCAL_CALLER
      : undefined;
  }
}

/** Attempts that failed, by address; what was sent as a token is in no line. */
function logRefusal(error: unknown, { log, raw }: FastifyRequest): void {
  const { remoteAddress } = raw.socket;
  if (error instanceof Unauthenticated) {
    const { reason, tokenId } = error;
    const line = { remoteAddress, reason, ...(tokenId !== null && { tokenId }) };
    // Whoever sends none may only not know yet that one is needed.
    if (reason === 'missing') log.info(line, 'authentication failed');
    else log.warn(line, 'authentication failed');
  } else if (error instanceof AssayError && error.kind === 'operational') {
    log.error({ err: error, remoteAddress }, 'a token could not be checked');
  }
}

function withStatus(error: unknown, reply: FastifyReply): unknown {
  if (!(error instanceof AssayError)) return error;
  const { code, message, details } = error;
  if (error instanceof Unauthenticated) {
    const problem = error.reason === 'missing' ? '' : ', error="invalid_token"';
    void reply.header('www-authenticate', `Bearer realm="assay"${problem}`);
    return new HttpRefusal(401, code, message);
  }
  return new HttpRefusal(error.kind === 'user' ? 403 : 503, code, message, details);
}
