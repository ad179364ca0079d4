/** What an engine's results will say of their backend, told without loading a runtime. */
import { readFileSync } from 'node:fs';
import type { EngineBackend, EngineName } from './engine';

/**
 * @returns undefined where only the run itself can tell: whether tfjs-node's library can be loaded, and which it
 *   is, shows when it is loaded
 */
export function installedBackend(engine: EngineName): EngineBackend | undefined {
  if (engine === 'onnx') return versioned('onnxruntime', 'onnxruntime-node');
  if (isInstalled('@tensorflow/tfjs-node')) return undefined;
  return versioned('wasm', '@tensorflow/tfjs-backend-wasm');
}

function versioned(name: EngineBackend['name'], library: string): EngineBackend | undefined {
  try {
    const file = require.resolve(`${library}/package.json`);
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
    return version === undefined ? undefined : { name, version };
  } catch {
    return undefined;
  }
}

function isInstalled(library: string): boolean {
  try {
    require.resolve(`${library}/package.json`);
    return true;
  } catch {
    return false;
  }
}
