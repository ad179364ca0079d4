/** Whether the service answers. While it does not, it is asked again and again, and what is shown stays. */
import { createStore } from './store';

const ASK_AGAIN_MS = 1_500;

export const connection = createStore<'online' | 'offline'>('online');

const comebackListeners = new Set<() => void>();
let timer: number | undefined;

/** Calls back each time the service answers again. */
export function onComeback(listener: () => void): () => void {
  comebackListeners.add(listener);
  return () => {
    comebackListeners.delete(listener);
  };
}

/** After a request that got no answer at all. */
export function lost(): void {
  connection.set('offline');
  timer ??= window.setTimeout(() => void askAgain(), ASK_AGAIN_MS);
}

async function askAgain(): Promise<void> {
  timer = undefined;
  const answers = await fetch('/health/ready').then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answers) {
    lost();
    return;
  }
  connection.set('online');
  for (const listener of comebackListeners) listener();
}
