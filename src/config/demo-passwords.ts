/** The passwords that this project publishes for docker-compose's demo, and their refusal in production. */
import { UserError } from '../errors';

/** Opens the db.credentials that lies beside config.yaml. */
const DEMO_VAULT_PASSWORD = 'assay-demo';
/** The database password sealed in it, and docker-compose.yml's default. */
const DEMO_DATABASE_PASSWORD = 'demo-only';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Production is NODE_ENV=production without ASSAY_DEMO=1, which docker-compose's demo sets.
 * @throws UserError CREDENTIALS_DEMO_PASSWORD
 */
export function refuseDemoPasswords(
  env: Environment,
  given: { vaultPassword: string; password?: string },
): void {
  if (env['NODE_ENV'] !== 'production' || env['ASSAY_DEMO'] === '1') return;
  if (given.vaultPassword === DEMO_VAULT_PASSWORD) {
    throw refusal('vault', 'Choose your own with "assay credentials rekey" or "init"');
  }
  if (given.password === DEMO_DATABASE_PASSWORD) {
    throw refusal(
      'database',
      'Give the database a password of its own, and the file too ("assay credentials edit")',
    );
  }
}

function refusal(which: string, advice: string): UserError {
  return new UserError(
    'CREDENTIALS_DEMO_PASSWORD',
    `The ${which} password is the published one of the demonstration, which everybody knows. ${advice}; ` +
      'only a demonstration may set ASSAY_DEMO=1 instead.',
  );
}
