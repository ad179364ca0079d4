/** Who asks, as every transport finds it out before anything runs. */
import { UserError } from '../errors';
import { permits, type Role } from './role';

export interface Caller {
  /** Null for the person at the machine, who needs no token. */
  tokenId: string | null;
  name: string;
  role: Role;
  /** When the token ends by itself; null for never. */
  expiresAt: Date | null;
}

/** The person at the machine. */
export const LOCAL_CALLER: Readonly<Caller> = {
  tokenId: null,
  name: 'local',
  role: 'admin',
  expiresAt: null,
};

/** What every request's context carries for the rules of its fields. */
export interface AuthContext {
  caller: Readonly<Caller>;
}

/**
 * @param needed any one of them is enough; none means that every caller may
 * @throws UserError FORBIDDEN, with `details: { needed, role }`
 */
export function ensurePermitted({ role }: Readonly<Caller>, needed: readonly Role[]): void {
  if (permits(role, needed)) return;
  const [first = 'admin'] = needed;
  throw new UserError(
    'FORBIDDEN',
    `This needs the role ${needed.join(' or ')}; yours is ${role}. An admin makes a token for it: assay token create --role ${first} --name NAME`,
    { details: { needed, role } },
  );
}
