/** The one refusal of callers whose token is missing or not good. */
import { UserError } from '../errors';

/** For the log; the caller is told no more of it than whether a token came and whether it has expired. */
export type RefusalReason = 'missing' | 'malformed' | 'unknown' | 'revoked' | 'expired';

const NOT_VALID = 'The token is not valid';
const PROBLEMS: Readonly<Record<RefusalReason, string>> = {
  missing: 'A token is needed',
  malformed: NOT_VALID,
  unknown: NOT_VALID,
  revoked: NOT_VALID,
  expired: 'The token has expired',
};
const HOW_TO_SEND =
  'Send one as the header "Authorization: Bearer assay_…" (over WebSocket also as "authorization" in connection_init).';
const HOW_TO_MAKE =
  'An admin, or the person at the machine, makes one: assay token create --name NAME --role viewer';

export class Unauthenticated extends UserError {
  /** What is wrong, in a few words: a WebSocket's close has room for no more. */
  readonly problem: string;

  /** @param tokenId whose token it is, where that is known: for the log */
  constructor(
    readonly reason: RefusalReason,
    readonly tokenId: string | null = null,
  ) {
    const problem = PROBLEMS[reason];
    super('UNAUTHENTICATED', `${problem}. ${HOW_TO_SEND} ${HOW_TO_MAKE}`);
    this.problem = problem;
  }
}
