/** The state of a run in a word, with a sign, so that colour is never alone. */

const SHOWN = {
  QUEUED: { sign: '○', word: 'Queued', tone: 'plain' },
  RUNNING: { sign: '◐', word: 'Running', tone: 'busy' },
  SUCCEEDED: { sign: '✓', word: 'Succeeded', tone: 'good' },
  FAILED: { sign: '✕', word: 'Failed', tone: 'bad' },
  CANCELLED: { sign: '–', word: 'Cancelled', tone: 'plain' },
} as const;

export type RunStateName = keyof typeof SHOWN;

export function isActive(state: RunStateName): boolean {
  return state === 'QUEUED' || state === 'RUNNING';
}

export function RunState({ state }: { state: RunStateName }) {
  const { sign, word, tone } = SHOWN[state];
  return (
    <span className={`chip ${tone}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
