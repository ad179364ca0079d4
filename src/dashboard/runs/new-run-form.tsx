/** The form of a new run. What does not fit together is said before it is sent; the service has the last word. */
import { type SyntheticEvent, useState } from 'react';
import { useMutation } from 'urql';
import { graphql } from '../gql';
import type { CheckpointChoiceFragment, DatasetChoiceFragment } from '../gql/graphql';
import { useChoice } from '../router/choice';
import { Link } from '../router/link';
import { navigate, useSearchParam } from '../router/location';
import { pathTo } from '../router/routes';
import { Empty } from '../ui/empty';
import { integer, shortDigest } from '../ui/format';
import { Problems } from '../ui/problems';
import { Field } from './field';
import { misfit } from './misfit';

graphql(`
  fragment CheckpointChoice on Checkpoint {
    id
    name
    digest
    format
    aliases
    classCount
    inputHeight
    inputWidth
    inputChannels
  }
`);

graphql(`
  fragment DatasetChoice on Dataset {
    id
    name
    digest
    classNames
    imageHeight
    imageWidth
    imageChannels
    splits {
      name
      sampleCount
    }
  }
`);

const RUN_EVALUATION = graphql(`
  mutation StartRun($input: RunEvaluationInput!) {
    runEvaluation(input: $input) {
      id
      state
    }
  }
`);

const ENGINES = ['ONNX', 'TFJS'] as const;

interface NewRunFormProps {
  checkpoints: readonly CheckpointChoiceFragment[];
  datasets: readonly DatasetChoiceFragment[];
}

export function NewRunForm({ checkpoints, datasets }: NewRunFormProps) {
  const [checkpointId, setCheckpointId] = useSearchParam('checkpoint', checkpoints[0]?.id ?? '');
  const [splitName, setSplit] = useSearchParam('split', 'test');
  const [engine, setEngine] = useChoice('engine', ENGINES);
  const [batchSize, setBatchSize] = useState('64');
  const [force, setForce] = useState(false);
  const [{ fetching, error }, start] = useMutation(RUN_EVALUATION);
  const checkpoint = checkpoints.find(({ id }) => id === checkpointId);
  const fitting = datasets.find((one) => checkpoint && !misfit(checkpoint, one, engine));
  const [datasetId, setDatasetId] = useSearchParam('dataset', (fitting ?? datasets[0])?.id ?? '');
  const dataset = datasets.find(({ id }) => id === datasetId);
  const split = dataset?.splits.find(({ name }) => name === splitName) ?? dataset?.splits[0];
  if (checkpoints.length === 0) {
    return (
      <Empty
        action={
          <Link className="button primary" to={pathTo('checkpoints')}>
            Upload a checkpoint
          </Link>
        }
      >
        There is no checkpoint yet.
      </Empty>
    );
  }
  if (datasets.length === 0) {
    return (
      <Empty>
        There is no dataset yet. <code>npm start</code> brings Fashion-MNIST, or the built-in sample
        set where that can’t be had.
      </Empty>
    );
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const input = {
      checkpointId,
      datasetId,
      split: split?.name ?? splitName,
      engine,
      batchSize: Number(batchSize),
      force,
    };
    void start({ input }).then(({ data }) => {
      if (data !== undefined) navigate(pathTo('run', { id: data.runEvaluation.id }));
    });
  };
  const doubt = checkpoint && dataset && misfit(checkpoint, dataset, engine);
  return (
    <form className="form" onSubmit={submit}>
      <Field label="Checkpoint">
        <select
          required
          value={checkpointId}
          onChange={({ target }) => {
            setCheckpointId(target.value);
          }}
        >
          {checkpoint === undefined && <option value={checkpointId}>choose one</option>}
          {checkpoints.map(({ id, name, aliases, digest }) => (
            <option key={id} value={id}>
              {name}
              {aliases.length > 0 && ` (${aliases.join(', ')})`} · {shortDigest(digest)}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Dataset">
        <select
          required
          value={datasetId}
          onChange={({ target }) => {
            setDatasetId(target.value);
          }}
        >
          {dataset === undefined && <option value={datasetId}>choose one</option>}
          {datasets.map(({ id, name, digest }) => (
            <option key={id} value={id}>
              {name} · {shortDigest(digest)}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Split">
        <select
          value={split?.name}
          onChange={({ target }) => {
            setSplit(target.value);
          }}
        >
          {dataset?.splits.map(({ name, sampleCount }) => (
            <option key={name} value={name}>
              {name} · {integer(sampleCount)} samples
            </option>
          ))}
        </select>
      </Field>
      <Field
        label="Engine"
        hint="ONNX is onnxruntime, the fast one; TFJS runs TensorFlow graph models too."
      >
        <select
          value={engine}
          onChange={({ target }) => {
            setEngine(target.value === 'TFJS' ? 'TFJS' : 'ONNX');
          }}
        >
          {ENGINES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      <Field label="Batch size" hint="Images a forward pass, 1 to 4096.">
        <input
          type="number"
          min={1}
          max={4096}
          step={1}
          required
          value={batchSize}
          onChange={({ target }) => {
            setBatchSize(target.value);
          }}
        />
      </Field>
      <label className="check">
        <input
          type="checkbox"
          checked={force}
          onChange={({ target }) => {
            setForce(target.checked);
          }}
        />
        Run again where an equal result is stored
      </label>
      {doubt !== undefined && <p className="caution">{doubt}</p>}
      {error !== undefined && <Problems error={error} />}
      <button type="submit" className="primary" disabled={fetching}>
        {fetching ? 'Starting…' : 'Run'}
      </button>
    </form>
  );
}
