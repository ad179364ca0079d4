/** Checkpoints that one was made from or that were made from it, with what each reached last. */
import { graphql } from '../gql';
import type { RelativeFragment } from '../gql/graphql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { percent } from '../ui/format';

graphql(`
  fragment Relative on Checkpoint {
    id
    name
    deletedAt
    results(first: 1) {
      id
      accuracy
      split
      dataset {
        id
        name
      }
    }
  }
`);

interface RelativesProps {
  /** One more than is shown tells that there are more. */
  relatives: readonly RelativeFragment[];
  shown: number;
  /** What the list says where there are more. */
  more: string;
}

export function Relatives({ relatives, shown, more }: RelativesProps) {
  if (relatives.length === 0) return 'none';
  return (
    <ol className="relatives">
      {relatives.slice(0, shown).map(({ id, name, deletedAt, results: [newest] }) => (
        <li key={id}>
          <Link to={pathTo('checkpoint', { id })}>{name}</Link>
          {deletedAt && ' (deleted)'}
          {newest && (
            <>
              {', '}
              <Link to={pathTo('result', { id: newest.id })}>
                {percent(newest.accuracy)}
              </Link> on {newest.dataset.name} / {newest.split}
            </>
          )}
        </li>
      ))}
      {relatives.length > shown && <li>{more}</li>}
    </ol>
  );
}
