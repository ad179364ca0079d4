/** Passed or failed, in a word with a sign. */

export function Verdict({ passed }: { passed: boolean }) {
  return (
    <span className={`chip ${passed ? 'good' : 'bad'}`}>
      <span aria-hidden="true">{passed ? '✓' : '✕'}</span> {passed ? 'Passed' : 'Failed'}
    </span>
  );
}
