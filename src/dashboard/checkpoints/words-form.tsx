/** What people say of a checkpoint: its name, its tags and notes, and what it was made from. */
import { type SyntheticEvent, useId, useState } from 'react';
import { useMutation } from 'urql';
import { graphql } from '../gql';
import type { CheckpointWordsFragment } from '../gql/graphql';
import { Problems } from '../ui/problems';
import { ParentField } from './parent-field';

graphql(`
  fragment CheckpointWords on Checkpoint {
    id
    name
    tags
    notes
    parent {
      ...ParentChoice
    }
  }
`);

const UPDATE = graphql(`
  mutation UpdateCheckpoint($input: UpdateCheckpointInput!) {
    updateCheckpoint(input: $input) {
      ...CheckpointWords
    }
  }
`);

interface WordsFormProps {
  checkpoint: CheckpointWordsFragment;
  onDone: () => void;
}

export function WordsForm({ checkpoint, onDone }: WordsFormProps) {
  const { id } = checkpoint;
  const [name, setName] = useState(checkpoint.name);
  const [tags, setTags] = useState(checkpoint.tags.join(', '));
  const [notes, setNotes] = useState(checkpoint.notes);
  const [parentId, setParentId] = useState(checkpoint.parent?.id ?? null);
  const [{ fetching, error }, update] = useMutation(UPDATE);
  const hint = useId();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const input = { id, name: name.trim(), tags: tagsIn(tags), notes, parentId };
    void update({ input }).then(({ error: refused }) => {
      if (refused === undefined) onDone();
    });
  };
  return (
    <form className="form words" onSubmit={submit}>
      <label>
        <span className="label">Name</span>
        <input
          // The button that opened the form is gone.
          autoFocus
          required
          pattern=".*\S.*"
          title="Not only spaces"
          maxLength={200}
          value={name}
          onChange={({ target }) => {
            setName(target.value);
          }}
        />
      </label>
      <label>
        <span className="label">Tags</span>
        <input
          aria-describedby={hint}
          value={tags}
          onChange={({ target }) => {
            setTags(target.value);
          }}
        />
        <span id={hint} className="hint">
          With commas between them.
        </span>
      </label>
      <label>
        <span className="label">Notes</span>
        <textarea
          rows={4}
          maxLength={10_000}
          value={notes}
          onChange={({ target }) => {
            setNotes(target.value);
          }}
        />
      </label>
      <ParentField checkpoint={checkpoint} value={parentId} onChange={setParentId} />
      {error !== undefined && <Problems error={error} />}
      <div className="page-actions">
        <button type="submit" className="primary" disabled={fetching}>
          Save
        </button>
        <button type="button" onClick={onDone}>
          Leave as it is
        </button>
      </div>
    </form>
  );
}

function tagsIn(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags)].filter((tag) => tag !== '');
}
