/** Takes off what torch.nn.DataParallel and DistributedDataParallel put before each name of a state dict. */

const PARALLEL_PREFIX = 'module.';

/** @returns the same map in the same order, without `module.` where all names have it */
export function withoutParallelPrefix<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const isPrefixed = (name: string): boolean =>
    name.startsWith(PARALLEL_PREFIX) && name.length > PARALLEL_PREFIX.length;
  if (![...tensors.keys()].every(isPrefixed)) return tensors;
  return new Map(
    [...tensors].map(([name, tensor]) => [name.slice(PARALLEL_PREFIX.length), tensor]),
  );
}
