/** What the first room says where nothing has run yet. */
import { Link } from '../router/link';
import { pathTo } from '../router/routes';
import { Empty } from '../ui/empty';
import { Panel } from '../ui/panel';

export function Start({ hasCheckpoint }: { hasCheckpoint: boolean }) {
  return (
    <Panel title="Nothing has been evaluated yet">
      {hasCheckpoint ? (
        <Empty
          action={
            <Link className="button primary" to={pathTo('newRun')}>
              Run the first evaluation
            </Link>
          }
        >
          A checkpoint is here. Evaluate it on a dataset: its scores, its confusion matrix and every
          prediction are kept, to look into and to compare with the next one.
        </Empty>
      ) : (
        <Empty
          action={
            <Link className="button primary" to={pathTo('checkpoints')}>
              Upload a checkpoint
            </Link>
          }
        >
          Upload a checkpoint first (ONNX, PyTorch, safetensors or TensorFlow.js), or register one
          from the terminal: <code>npx assay checkpoint register model.onnx</code>. Then evaluate it
          on a dataset.
        </Empty>
      )}
    </Panel>
  );
}
