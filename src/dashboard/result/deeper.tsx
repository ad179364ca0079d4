/** What is under the matrix and its samples. It comes after them, since it asks and computes much. */
import type { ResultQuery } from '../gql/graphql';
import { Skeleton } from '../ui/skeleton';
import { Classes } from './classes';
import { Curves } from './curves';
import { LabelErrors } from './label-errors';
import { Provenance } from './provenance';
import { Reliability } from './reliability';
import { Robustness } from './robustness';
import { Slices } from './slices';
import { useAfterPaint } from './use-after-paint';

interface DeeperProps {
  result: NonNullable<ResultQuery['evaluationResult']>;
}

export function Deeper({ result }: DeeperProps) {
  if (!useAfterPaint()) return <Skeleton rows={20} />;
  const { id, classMetrics } = result;
  return (
    <>
      <Classes metrics={classMetrics} />
      <div className="side-by-side">
        <Curves resultId={id} kind="roc" metrics={classMetrics} />
        <Curves resultId={id} kind="pr" metrics={classMetrics} />
      </div>
      <Slices resultId={id} />
      <Robustness result={result} />
      <Reliability result={result} />
      <LabelErrors resultId={id} />
      <Provenance result={result} />
    </>
  );
}
