/** The samples on which two results say different things. */
import type { ScoredSamples } from '../result-predictions';

export type FlipKind = 'rightToWrong' | 'wrongToRight' | 'bothWrongDifferently';

export interface FlipSelection {
  kind: FlipKind;
  first: number;
  offset: number;
}

/** @returns indices, those first of which the candidate is surest; of equal ones the lower first */
export function selectFlips(
  baseline: ScoredSamples,
  candidate: ScoredSamples,
  { kind, first, offset }: FlipSelection,
): number[] {
  const found: number[] = [];
  for (let i = 0; i < baseline.sampleCount; i++) {
    const label = baseline.labels[i] as number;
    const before = baseline.predicted[i] as number;
    const now = candidate.predicted[i] as number;
    if (before !== now && kindOf(label, before, now) === kind) found.push(i);
  }
  const { confidence } = candidate;
  return found
    .sort((a, b) => (confidence[b] as number) - (confidence[a] as number) || a - b)
    .slice(offset, offset + first);
}

function kindOf(label: number, before: number, now: number): FlipKind {
  if (before === label) return 'rightToWrong';
  return now === label ? 'wrongToRight' : 'bothWrongDifferently';
}
