/** What a run says about its failed shards. */

/** What failed, for its reader. */
export interface Failure {
  code: string;
  message: string;
}

export interface FailedShard {
  shard: number;
  firstSample: number;
  sampleCount: number;
  failureCode: string | null;
  failureMessage: string | null;
}

/** More reasons than this help nobody, and there may be thousands of shards. */
const MOST_NAMED = 20;

/** @param failed at least one, in their order */
export function failureOfShards(failed: readonly FailedShard[]): Failure {
  const codes = new Set(failed.map(codeOf));
  const [first] = failed;
  if (first && failed.length === 1 && first.firstSample === 0) {
    return { code: codeOf(first), message: first.failureMessage ?? '' };
  }
  const lines = failed.slice(0, MOST_NAMED).map((one) => {
    const last = one.firstSample + one.sampleCount - 1;
    return `shard ${one.shard} (samples ${one.firstSample} to ${last}): ${codeOf(one)}: ${one.failureMessage ?? ''}`;
  });
  if (failed.length > MOST_NAMED) lines.push(`and ${failed.length - MOST_NAMED} more shards`);
  const [code] = codes;
  return {
    code: code !== undefined && codes.size === 1 ? code : 'SHARDS_FAILED',
    message: `${lines.join('\n')}\n"retryEvaluation" does what is missing.`,
  };
}

function codeOf({ failureCode }: FailedShard): string {
  return failureCode ?? 'INTERNAL_SERVER_ERROR';
}
