/** Where a sample's image is found, on the origin that answers GraphQL. */

/** @param digest of the dataset, so that what lies at the address never changes */
export function imageUrl(digest: string, split: string, index: number): string {
  return `/datasets/${digest}/${encodeURIComponent(split)}/images/${index}.png`;
}
