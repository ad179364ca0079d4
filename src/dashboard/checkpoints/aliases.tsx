/** What a checkpoint is called: given, taken away, and what the name meant before. */
import { type SyntheticEvent, useState } from 'react';
import { useMutation } from 'urql';
import { graphql } from '../gql';
import { Problems } from '../ui/problems';
import { AliasHistory } from './alias-history';

const SET_ALIAS = graphql(`
  mutation SetAlias($alias: String!, $checkpointId: ID!) {
    setCheckpointAlias(alias: $alias, checkpointId: $checkpointId) {
      alias
      checkpoint {
        id
        aliases
      }
    }
  }
`);

const REMOVE_ALIAS = graphql(`
  mutation RemoveAlias($alias: String!) {
    removeCheckpointAlias(alias: $alias) {
      alias
      checkpoint {
        id
        aliases
      }
    }
  }
`);

interface AliasesProps {
  checkpointId: string;
  aliases: readonly string[];
}

export function Aliases({ checkpointId, aliases }: AliasesProps) {
  const [alias, setAlias] = useState('');
  const [setting, set] = useMutation(SET_ALIAS);
  const [removing, remove] = useMutation(REMOVE_ALIAS);
  const error = setting.error ?? removing.error;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void set({ alias, checkpointId }).then(({ error: refused }) => {
      if (refused === undefined) setAlias('');
    });
  };
  return (
    <div className="panel-body aliases">
      {aliases.map((name) => (
        <details key={name}>
          <summary>
            <strong>{name}</strong> <span className="label">history</span>
          </summary>
          <AliasHistory alias={name} />
          <button
            type="button"
            disabled={removing.fetching}
            onClick={() => void remove({ alias: name })}
          >
            Remove {name}
          </button>
        </details>
      ))}
      <form className="alias-form" onSubmit={submit}>
        <input
          aria-label="Alias"
          placeholder="champion"
          required
          maxLength={64}
          value={alias}
          onChange={({ target }) => {
            setAlias(target.value);
          }}
        />
        <button type="submit" disabled={setting.fetching}>
          Set alias
        </button>
        <span className="hint">
          An alias means one checkpoint at a time: setting it here takes it from where it was.
        </span>
      </form>
      {error !== undefined && <Problems error={error} />}
    </div>
  );
}
