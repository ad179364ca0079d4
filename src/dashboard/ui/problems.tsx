/** An error in words, with its code: what went wrong and what to do next. */
import type { CombinedError } from 'urql';
import { type Problem, problemsOf } from '../client/problem';

export function Problems({ error }: { error: CombinedError }) {
  return <ProblemList problems={problemsOf(error)} />;
}

export function ProblemList({ problems }: { problems: readonly Problem[] }) {
  return (
    <div className="problems" role="alert">
      {problems.map(({ code, message }) => (
        <p key={`${code} ${message}`}>
          <code>{code}</code> {message}
        </p>
      ))}
    </div>
  );
}
