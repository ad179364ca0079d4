/** A remote that is a bucket of S3, or of a service that speaks its language. */
import { AssayError } from '../../../errors';
import type { RemoteConfig } from '../../dvc-config';
import type { RemoteEnvironment } from '../environment';
import { bodyOf, lengthOf } from '../http-remote';
import type { LocalObject, Remote } from '../remote';
import { awsCredentialsOf } from './aws-credentials';
import { loadAwsProfile } from './aws-profile';
import { S3Client } from './s3-client';
import { listFolder } from './s3-list';
import { abortParted, beginParted, finishParted, isParted, type PartedUpload } from './s3-parts';
import { putWhole } from './s3-put';
import { s3SettingsOf } from './s3-settings';

/** A server that is away must not hold up the end of a command. */
const LAST_REQUEST_MS = 5_000;

/**
 * @throws UserError DVC_REMOTE_INVALID, DVC_REMOTE_UNSUPPORTED, DVC_CREDENTIALS_MISSING,
 *   DVC_CREDENTIALS_UNSUPPORTED, DVC_CONFIG_INVALID; OperationalError DVC_CONFIG_UNREADABLE
 */
export async function createS3Remote(
  config: RemoteConfig,
  environment: RemoteEnvironment,
): Promise<Remote> {
  const profile = await loadAwsProfile(config, environment);
  const settings = await s3SettingsOf(config, profile, environment);
  const credentials = awsCredentialsOf(config, profile, environment);
  const client = new S3Client(settings, credentials);
  /** Uploads in parts that may go on at the next try. */
  const begun = new Map<string, PartedUpload>();

  async function writeParted(
    path: string,
    object: LocalObject,
    signal: AbortSignal,
  ): Promise<void> {
    const upload = begun.get(path) ?? (await beginParted(client, path, signal));
    begun.set(path, upload);
    try {
      await finishParted(client, path, object, upload, signal);
      begun.delete(path);
    } catch (error) {
      if (upload.isGone) begun.delete(path);
      else if (error instanceof AssayError) await forget(path, upload);
      throw error;
    }
  }

  async function forget(path: string, upload: PartedUpload): Promise<void> {
    begun.delete(path);
    const soon = AbortSignal.timeout(LAST_REQUEST_MS);
    await abortParted(client, path, upload, soon).catch(() => undefined);
  }

  return {
    address: client.address,
    async find(path, signal) {
      const response = await client.send({ method: 'HEAD', path, signal });
      const isThere = await client.accept(response, [200]);
      response.destroy();
      return isThere ? { sizeBytes: lengthOf(response) } : undefined;
    },
    list: (folder, signal) => listFolder(client, folder, signal),
    async read(path, fromByte, signal) {
      const range = fromByte > 0 ? { headers: { range: `bytes=${fromByte}-` } } : {};
      const response = await client.send({
        method: 'GET',
        path,
        signal,
        ...range,
      });
      if (!(await client.accept(response, [200, 206]))) return undefined;
      return bodyOf(client.address, response, fromByte);
    },
    async write(path, object, signal) {
      if (isParted(object)) await writeParted(path, object, signal);
      else await putWhole(client, path, object, signal);
    },
    async close() {
      for (const [path, upload] of begun) await forget(path, upload);
    },
  };
}
