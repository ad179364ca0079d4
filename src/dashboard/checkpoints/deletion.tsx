/** Takes a checkpoint out of lists and evaluation after a second word, and brings it back. */
import { useState } from 'react';
import { useMutation } from 'urql';
import { graphql } from '../gql';
import { Problems } from '../ui/problems';

const DELETE = graphql(`
  mutation DeleteCheckpoint($id: ID!) {
    deleteCheckpoint(id: $id) {
      id
      deletedAt
    }
  }
`);

const RESTORE = graphql(`
  mutation RestoreCheckpoint($id: ID!) {
    restoreCheckpoint(id: $id) {
      id
      deletedAt
    }
  }
`);

export function Deletion({ id, isDeleted }: { id: string; isDeleted: boolean }) {
  const [step, setStep] = useState<'rests' | 'asks' | 'answered'>('rests');
  const asks = step === 'asks';
  // What was pressed is gone: the keyboard goes on from what stands in its place.
  const takesFocus = step === 'answered';
  const [deleting, remove] = useMutation(DELETE);
  const [restoring, restore] = useMutation(RESTORE);
  const error = deleting.error ?? restoring.error;
  return (
    <div className="panel-body deletion">
      {isDeleted && (
        <>
          <p>It is deleted: lists leave it out, and it can’t be evaluated. Its results stay.</p>
          <button type="button" disabled={restoring.fetching} onClick={() => void restore({ id })}>
            Restore it
          </button>
        </>
      )}
      {!isDeleted && !asks && (
        <button
          type="button"
          autoFocus={takesFocus}
          onClick={() => {
            setStep('asks');
          }}
        >
          Delete it…
        </button>
      )}
      {!isDeleted && asks && (
        <>
          <p>
            Lists and evaluation will leave it out. Its results and its file stay, and it can be
            restored.
          </p>
          <div className="page-actions">
            <button
              type="button"
              className="danger"
              disabled={deleting.fetching}
              onClick={() =>
                void remove({ id }).then(() => {
                  setStep('answered');
                })
              }
            >
              Delete
            </button>
            <button
              type="button"
              autoFocus
              onClick={() => {
                setStep('answered');
              }}
            >
              Keep it
            </button>
          </div>
        </>
      )}
      {error !== undefined && <Problems error={error} />}
    </div>
  );
}
