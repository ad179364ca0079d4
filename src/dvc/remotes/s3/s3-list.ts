/** The keys of a folder in a bucket, page by page. */
import type { ListedObject } from '../remote';
import { readXml, type S3Client, textOf } from './s3-client';

/** Of ListObjectsV2: no page holds more. */
const PAGE_KEYS = 1000;

/** @param folder below the remote's folder, without a slash at its end */
export async function* listFolder(
  client: S3Client,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const response = await client.send({
      method: 'GET',
      path: '',
      query: {
        'list-type': '2',
        'max-keys': String(PAGE_KEYS),
        prefix: `${client.prefix}${folder}/`,
        ...(token !== undefined && { 'continuation-token': token }),
      },
      signal,
    });
    if (!(await client.accept(response, [200]))) return;
    const xml = await readXml(response);
    for (const [, entry = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const name = textOf('Key', entry)?.slice(client.prefix.length + folder.length + 1);
      const sizeBytes = Number(textOf('Size', entry));
      if (name && Number.isSafeInteger(sizeBytes)) yield { path: `${folder}/${name}`, sizeBytes };
    }
    const next = textOf('NextContinuationToken', xml);
    if (textOf('IsTruncated', xml) === 'true' && (next === undefined || next === token)) {
      throw new Error('the bucket broke its list off');
    }
    token = textOf('IsTruncated', xml) === 'true' ? next : undefined;
  } while (token !== undefined);
}
