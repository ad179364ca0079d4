/** Holds the caller against the roles that a field names by @Authorized. */
import type { AuthCheckerFn } from 'type-graphql';
import { type AuthContext, ensurePermitted } from './caller';
import type { Role } from './role';

// An arrow function: type-graphql takes whatever has a prototype for a class.
export const authChecker: AuthCheckerFn<AuthContext, Role> = ({ context }, needed) => {
  ensurePermitted(context.caller, needed);
  return true;
};
