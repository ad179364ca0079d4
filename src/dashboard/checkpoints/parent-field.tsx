/** What a checkpoint was made from: one of the newest, or of those whose names hold a text. */
import { useState } from 'react';
import { useQuery } from 'urql';
import { graphql } from '../gql';
import type { ParentChoiceFragment } from '../gql/graphql';
import { shortDigest } from '../ui/format';
import { Problems } from '../ui/problems';

const PARENT_CHOICES = graphql(`
  query ParentChoices($nameContains: String) {
    checkpoints(first: 100, filter: { nameContains: $nameContains }) {
      nodes {
        ...ParentChoice
      }
      pageInfo {
        hasNextPage
      }
    }
  }

  fragment ParentChoice on Checkpoint {
    id
    name
    digest
    deletedAt
  }
`);

interface ParentFieldProps {
  checkpoint: { id: string; parent?: ParentChoiceFragment | null };
  /** Its id; null for none. */
  value: string | null;
  onChange: (id: string | null) => void;
}

export function ParentField({ checkpoint: { id, parent }, value, onChange }: ParentFieldProps) {
  const [part, setPart] = useState('');
  const [{ data, error }] = useQuery({
    query: PARENT_CHOICES,
    variables: { nameContains: part || null },
  });
  // What is chosen stays in the list, whatever the list is narrowed to.
  const [chosen, setChosen] = useState(parent ?? undefined);
  const listed = (data?.checkpoints.nodes ?? []).filter((one) => one.id !== id);
  const choices =
    chosen && !listed.some((one) => one.id === chosen.id) ? [chosen, ...listed] : listed;
  const isLong = part !== '' || data?.checkpoints.pageInfo.hasNextPage === true;
  return (
    <>
      <label>
        <span className="label">Parent</span>
        <select
          value={value ?? ''}
          onChange={({ target }) => {
            setChosen(choices.find((one) => one.id === target.value));
            onChange(target.value || null);
          }}
        >
          <option value="">none</option>
          {choices.map(({ id: choice, name, digest, deletedAt }) => (
            <option key={choice} value={choice}>
              {name} · {shortDigest(digest)}
              {deletedAt && ' (deleted)'}
            </option>
          ))}
        </select>
      </label>
      {isLong && (
        <label>
          <span className="label">Parents whose names hold</span>
          <input
            type="search"
            maxLength={200}
            placeholder="The newest 100 are listed"
            value={part}
            onChange={({ target }) => {
              setPart(target.value);
            }}
          />
        </label>
      )}
      {error !== undefined && <Problems error={error} />}
    </>
  );
}
