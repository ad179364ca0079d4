/** What an alias has meant, newest first. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { moment } from '../ui/format';
import { Loaded } from '../ui/loaded';

const ALIAS_HISTORY = graphql(`
  query CheckpointAliasHistory($alias: String!) {
    checkpointAliasHistory(alias: $alias, first: 20) {
      assignedAt
      endedAt
      checkpoint {
        id
        name
      }
    }
  }
`);

export function AliasHistory({ alias }: { alias: string }) {
  const [query] = useQuery({
    query: ALIAS_HISTORY,
    variables: { alias },
    requestPolicy: 'cache-and-network',
  });
  return (
    <Loaded query={query} rows={2}>
      {({ checkpointAliasHistory }) => (
        <ol className="alias-history">
          {checkpointAliasHistory.map(({ assignedAt, endedAt, checkpoint }) => (
            <li key={assignedAt}>
              <Link to={pathTo('checkpoint', { id: checkpoint.id })}>{checkpoint.name}</Link>{' '}
              <span className="label">
                {moment(assignedAt)} to {endedAt ? moment(endedAt) : 'now'}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}
