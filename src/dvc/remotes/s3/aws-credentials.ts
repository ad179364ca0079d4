/** The access key: of the remote's options, else of the environment, else of a profile in AWS's files. */
import { UserError } from '../../../errors';
import type { RemoteConfig } from '../../dvc-config';
import type { RemoteEnvironment } from '../environment';
import { invalid, switchOf } from '../remote-options';
import type { AwsProfile } from './aws-profile';

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
}

/** Keys that are got by running a program or asking a service. */
const OTHER_WAYS = ['role_arn', 'sso_session', 'sso_start_url', 'credential_process'];

/**
 * @returns undefined where the remote wants to be asked without a signature
 * @throws UserError DVC_REMOTE_INVALID, DVC_CREDENTIALS_MISSING, DVC_CREDENTIALS_UNSUPPORTED
 */
export function awsCredentialsOf(
  config: RemoteConfig,
  profile: AwsProfile,
  { variables }: RemoteEnvironment,
): AwsCredentials | undefined {
  if (switchOf(config, 'allow_anonymous_login', false)) return undefined;
  const { options } = config;
  const own = keysOf(
    options.get('access_key_id'),
    options.get('secret_access_key'),
    options.get('session_token'),
  );
  if (own === 'half') throw invalid(config, 'access_key_id and secret_access_key go together');
  if (own) return own;
  if (!profile.isNamed) {
    const found = keysOf(
      variables['AWS_ACCESS_KEY_ID'],
      variables['AWS_SECRET_ACCESS_KEY'],
      variables['AWS_SESSION_TOKEN'],
    );
    if (found === 'half') {
      throw missing(config, 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together');
    }
    if (found) return found;
  }
  for (const values of [profile.credentials, profile.settings]) {
    const found = keysOf(
      values?.get('aws_access_key_id'),
      values?.get('aws_secret_access_key'),
      values?.get('aws_session_token'),
    );
    if (found === 'half') {
      throw missing(config, `the profile ${JSON.stringify(profile.name)} has half of a key`);
    }
    if (found) return found;
  }
  const way = OTHER_WAYS.find((key) => profile.settings.has(key) || profile.credentials?.has(key));
  if (way === undefined) {
    throw missing(config, `the profile ${JSON.stringify(profile.name)} has none either`);
  }
  throw new UserError(
    'DVC_CREDENTIALS_UNSUPPORTED',
    `The profile ${JSON.stringify(profile.name)} gets its keys by ${way}, which Assay does not do. Let AWS's own program do it: eval "$(aws configure export-credentials --profile NAME --format env)".`,
    { details: { remote: config.name, profile: profile.name } },
  );
}

function keysOf(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): AwsCredentials | 'half' | undefined {
  if (!accessKeyId && !secretAccessKey) return undefined;
  if (!accessKeyId || !secretAccessKey) return 'half';
  return { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined };
}

function missing({ name }: RemoteConfig, problem: string): UserError {
  return new UserError(
    'DVC_CREDENTIALS_MISSING',
    `No access key is there for the remote ${name}: ${problem}. Put access_key_id and secret_access_key into .dvc/config.local, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run "aws configure"; for a public bucket set allow_anonymous_login = true.`,
    { details: { remote: name } },
  );
}
