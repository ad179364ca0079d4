/** What a caller may do, from least to most. */
import { registerEnumType } from 'type-graphql';

export const ROLES = ['viewer', 'runner', 'worker', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The roles under GraphQL's names; the values are what the database and the terminal use. */
export const RoleEnum = {
  VIEWER: 'viewer',
  RUNNER: 'runner',
  WORKER: 'worker',
  ADMIN: 'admin',
} as const satisfies Record<string, Role>;
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a caller may do.',
  valuesConfig: {
    VIEWER: { description: 'Reads.' },
    RUNNER: { description: 'Reads, runs, registers, uploads and sets aliases.' },
    WORKER: { description: 'Fetches what a worker on another machine needs, and nothing else.' },
    ADMIN: { description: 'Everything: also deletes, and makes and revokes tokens.' },
  },
});

/** A worker does not read: it needs files from the store, and its token lies on many machines. */
const HELD_ROLES: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  runner: ['viewer', 'runner'],
  worker: ['worker'],
  admin: ROLES,
};

/** @param needed any one of them is enough; none means that every caller may */
export function permits(role: Role, needed: readonly Role[]): boolean {
  return needed.length === 0 || needed.some((one) => HELD_ROLES[role].includes(one));
}
