/** From a remote's configuration to the kind of remote that its url names. */
import path from 'node:path';
import { UserError } from '../../errors';
import type { RemoteConfig } from '../dvc-config';
import type { RemoteEnvironment } from './environment';
import { createFolderRemote } from './folder-remote';
import { createHttpRemote } from './http-remote';
import type { Remote } from './remote';
import { createS3Remote } from './s3/s3-remote';
import { createSshRemote } from './ssh/ssh-remote';

/** @throws UserError DVC_REMOTE_UNSUPPORTED, DVC_REMOTE_INVALID, and what the kinds of remotes throw */
export async function openRemote(
  config: RemoteConfig,
  environment: RemoteEnvironment,
): Promise<Remote> {
  for (const feature of ['version_aware', 'worktree']) {
    if (config.options.get(feature)?.toLowerCase() === 'true') {
      throw unsupported(config.name, `is ${feature}, and keeps files by their names`);
    }
  }
  if (path.isAbsolute(config.url)) return createFolderRemote(config.url);
  const scheme = /^[^:]*/.exec(config.url)?.[0].toLowerCase() ?? '';
  switch (scheme) {
    case 'http':
    case 'https':
      return createHttpRemote(config);
    case 's3':
      return createS3Remote(config, environment);
    case 'ssh':
      return createSshRemote(config, environment);
    default:
      throw unsupported(config.name, `has a url of the kind ${JSON.stringify(scheme)}`);
  }
}

function unsupported(name: string, reason: string): UserError {
  return new UserError(
    'DVC_REMOTE_UNSUPPORTED',
    `The remote ${name} ${reason}, which Assay can't use: only folders, http, https, ssh and s3. Use another remote, or dvc itself.`,
  );
}
