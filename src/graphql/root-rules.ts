/** Sees to it that no root field is open because somebody forgot to say who may use it. */
import { getMetadataStorage } from 'type-graphql';
import { ROLES } from '../auth/role';

/**
 * @param resolvers the classes that the schema is made of
 * @throws where one of their queries, mutations or subscriptions has no rule, or names an unknown role
 */
export function assertRootRules(resolvers: readonly unknown[]): void {
  const { queries, mutations, subscriptions, authorizedFields } = getMetadataStorage();
  for (const { target, methodName, schemaName } of [...queries, ...mutations, ...subscriptions]) {
    if (!resolvers.includes(target)) continue;
    const rule = authorizedFields.find(
      (field) => field.target === target && field.fieldName === methodName,
    );
    if (rule === undefined) {
      throw new Error(
        `${schemaName} has no rule: say who may use it, such as @Authorized('viewer')`,
      );
    }
    const unknown = (rule.roles as unknown[]).filter((role) => !isRole(role));
    if (unknown.length > 0) {
      throw new Error(`the rule of ${schemaName} names the unknown role ${unknown.join(', ')}`);
    }
  }
}

function isRole(role: unknown): boolean {
  return ROLES.some((known) => known === role);
}
