/** Takes a checkpoint that is dropped on it or chosen, and sends it. */
import { type DragEvent, useId, useRef, useState } from 'react';
import type { Problem } from '../client/problem';
import { navigate } from '../router/location';
import { pathTo } from '../router/routes';
import { bytes, percent } from '../ui/format';
import { ProblemList } from '../ui/problems';
import { upload, type Upload, UploadRefused } from './upload';

type State =
  | { step: 'waits' }
  | { step: 'sends'; file: File; share: number }
  | { step: 'refused'; problem: Problem };

const FORMATS = '.onnx,.pth,.pt,.safetensors';

export function DropZone() {
  const [state, setState] = useState<State>({ step: 'waits' });
  const [isOver, setIsOver] = useState(false);
  const running = useRef<Upload>(undefined);
  const input = useId();

  const send = async (file: File | undefined) => {
    if (file === undefined || state.step === 'sends') return;
    setState({ step: 'sends', file, share: 0 });
    running.current = upload(file, (share) => {
      setState({ step: 'sends', file, share });
    });
    try {
      const { id } = await running.current.answer;
      navigate(pathTo('checkpoint', { id }));
    } catch (error) {
      const problem =
        error instanceof UploadRefused
          ? error.problem
          : { code: 'ERROR', message: error instanceof Error ? error.message : String(error) };
      setState({ step: 'refused', problem });
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void send(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={`drop-zone${isOver ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => {
        setIsOver(false);
      }}
      onDrop={drop}
    >
      {state.step === 'sends' ? (
        <Sending
          {...state}
          onStop={() => {
            running.current?.stop();
          }}
        />
      ) : (
        <div className="drop-invitation">
          <label className="button" htmlFor={input}>
            Choose a file
          </label>
          <input
            id={input}
            type="file"
            className="hidden"
            accept={FORMATS}
            onChange={({ target }) => void send(target.files?.[0])}
          />
          <span>
            or drop it here: ONNX, PyTorch state dict (.pth, .pt) or safetensors. Folders (tfjs) and
            files with a description beside them are registered from the terminal.
          </span>
        </div>
      )}
      {state.step === 'refused' && <ProblemList problems={[state.problem]} />}
    </div>
  );
}

interface SendingProps {
  file: File;
  share: number;
  onStop: () => void;
}

function Sending({ file, share, onStop }: SendingProps) {
  const isSent = share >= 1;
  return (
    <div className="sending">
      <progress aria-label={`Upload of ${file.name}`} {...(!isSent && { value: share, max: 1 })} />
      <span>
        {file.name} ({bytes(file.size)}): {isSent ? 'the service reads it' : percent(share, 0)}
      </span>
      <button type="button" onClick={onStop}>
        Stop
      </button>
    </div>
  );
}
