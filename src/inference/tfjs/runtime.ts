/**
 * Loads the TensorFlow.js runtime the first time it is asked for: tfjs-node where its native binding
 * can be loaded, else the WebAssembly backend. It works in the main thread and in a worker thread.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { messageOf, OperationalError } from '../../errors';
import type { EngineBackend } from '../engine';

export type TensorFlow = typeof import('@tensorflow/tfjs');

export interface TfjsRuntime {
  tf: TensorFlow;
  backend: EngineBackend;
}

/** The part of tfjs-node used here. Its types can't be imported: the package may not be installed. */
interface NodeBackend {
  binding: { TF_Version: string };
}

const requireModule = createRequire(__filename);
let runtime: Promise<TfjsRuntime> | undefined;
let wasmPathsSet = false;

/**
 * @returns the runtime with its backend set and ready; the same one for every caller of a thread
 * @throws OperationalError TFJS_UNAVAILABLE where no backend starts; the next call tries again
 */
export function loadTfjs(): Promise<TfjsRuntime> {
  runtime ??= load().catch((error: unknown) => {
    runtime = undefined;
    throw error;
  });
  return runtime;
}

async function load(): Promise<TfjsRuntime> {
  return (await loadNative()) ?? (await loadWasmTfjs());
}

/** tfjs-node, or undefined where it can't be used: a missing package or binding is ordinary. */
async function loadNative(): Promise<TfjsRuntime | undefined> {
  // libtensorflow reports the CPU's features on stderr unless told to keep to errors.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  try {
    const tf = requireModule('@tensorflow/tfjs-node') as TensorFlow;
    silence(tf);
    if (!(await tf.setBackend('tensorflow'))) return undefined;
    const { binding } = tf.backend() as unknown as NodeBackend;
    return { tf, backend: { name: 'tensorflow', version: binding.TF_Version } };
  } catch {
    return undefined;
  }
}

/**
 * The wasm backend whether or not tfjs-node is there, for code that is about this backend. It becomes
 * the current backend of the thread.
 *
 * @throws OperationalError TFJS_UNAVAILABLE
 */
export async function loadWasmTfjs(): Promise<TfjsRuntime> {
  try {
    const tf = requireModule('@tensorflow/tfjs') as TensorFlow;
    silence(tf);
    const wasm = requireModule(
      '@tensorflow/tfjs-backend-wasm',
    ) as typeof import('@tensorflow/tfjs-backend-wasm');
    // tfjs refuses a second call once a start of the backend has failed; the first one still holds.
    if (!wasmPathsSet) {
      wasm.setWasmPaths(dirname(requireModule.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
      wasmPathsSet = true;
    }
    const dropHandlers = watchProcessHandlers();
    const started = await tf.setBackend('wasm').finally(dropHandlers);
    if (!started) throw new Error('the wasm backend did not start');
    await tf.ready();
    return { tf, backend: { name: 'wasm', version: wasm.version_wasm } };
  } catch (error) {
    throw new OperationalError(
      'TFJS_UNAVAILABLE',
      `TensorFlow.js could not be started (${messageOf(error)}). ` +
        'Install the dependencies again with "npm ci", or use the onnx engine.',
      { cause: error },
    );
  }
}

/**
 * The wasm binary's loader (Emscripten's) makes itself the handler of every uncaught error of the
 * process, printing its own source and ending with exit code 7. That is not a library's to decide.
 *
 * @returns takes the handlers away again that the loader has added since
 */
function watchProcessHandlers(): () => void {
  const events = ['uncaughtException', 'unhandledRejection'];
  const known = new Set(events.flatMap((event) => process.rawListeners(event)));
  return () => {
    for (const event of events) {
      for (const listener of process.rawListeners(event)) {
        // Others may have added theirs in the meantime; these are the loader's two.
        const ofLoader = /instanceof ExitStatus|\{ throw reason; \}$/;
        if (known.has(listener) || !ofLoader.test(listener.toString())) continue;
        process.removeListener(event, listener as () => void);
      }
    }
  };
}

/** Production mode is tfjs's own switch for its banner and its hints. It changes no result. */
function silence(tf: TensorFlow): void {
  tf.enableProdMode();
}
