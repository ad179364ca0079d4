/** The queue hands out runs one after another and reaches the one under way. */
import { InProcessQueue } from '../../../src/queue/in-process-queue';

const REASON = new Error('stopped by the test');

/** A handler whose runs end when the test says so, or when they are aborted. */
function controlledHandler() {
  const started: string[] = [];
  const aborted: unknown[] = [];
  const open = new Map<string, () => void>();
  const handler = (runId: string, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      started.push(runId);
      open.set(runId, resolve);
      signal.addEventListener('abort', () => {
        aborted.push(signal.reason);
        resolve();
      });
    });
  return { started, aborted, handler, finish: (runId: string) => open.get(runId)?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function failOnBug(error: unknown): never {
  throw error;
}

describe('InProcessQueue', () => {
  it('hands out nothing before it is started, then all in their order, one at a time', async () => {
    const queue = new InProcessQueue(failOnBug);
    const { started, handler, finish } = controlledHandler();
    queue.enqueue('a');
    queue.enqueue('b');
    await turn();
    expect(started).toEqual([]);

    queue.start(handler);
    queue.enqueue('c');
    await turn();
    expect(started).toEqual(['a']);
    for (const runId of ['a', 'b', 'c']) {
      finish(runId);
      await turn();
    }
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('starts again after it ran empty', async () => {
    const queue = new InProcessQueue(failOnBug);
    const { started, handler, finish } = controlledHandler();
    queue.start(handler);
    queue.enqueue('a');
    await turn();
    finish('a');
    await turn();
    queue.enqueue('b');
    await turn();
    expect(started).toEqual(['a', 'b']);
  });

  it('hands out a run that comes in at any moment of the end of the one before', async () => {
    for (let microtasks = 0; microtasks < 12; microtasks++) {
      const queue = new InProcessQueue(failOnBug);
      const { started, handler, finish } = controlledHandler();
      queue.start(handler);
      queue.enqueue('a');
      await turn();
      finish('a');
      for (let waited = 0; waited < microtasks; waited++) await Promise.resolve();
      queue.enqueue('b');
      await turn();
      expect(started).toEqual(['a', 'b']);
    }
  });

  it('takes a waiting run out of the line', async () => {
    const queue = new InProcessQueue(failOnBug);
    const { started, handler, finish } = controlledHandler();
    queue.start(handler);
    for (const runId of ['a', 'b', 'c']) queue.enqueue(runId);
    await turn();
    expect(queue.abort('b', REASON)).toBe(true);
    finish('a');
    await turn();
    expect(started).toEqual(['a', 'c']);
  });

  it('aborts the run under way with the reason given, and goes on with the next', async () => {
    const queue = new InProcessQueue(failOnBug);
    const { started, aborted, handler } = controlledHandler();
    queue.start(handler);
    queue.enqueue('a');
    queue.enqueue('b');
    await turn();
    expect(queue.abort('a', REASON)).toBe(true);
    await turn();
    expect(aborted).toEqual([REASON]);
    expect(started).toEqual(['a', 'b']);
  });

  it('says that it does not hold a run that has ended or was never here', async () => {
    const queue = new InProcessQueue(failOnBug);
    const { handler, finish } = controlledHandler();
    queue.start(handler);
    queue.enqueue('a');
    await turn();
    finish('a');
    await turn();
    expect(queue.abort('a', REASON)).toBe(false);
    expect(queue.abort('x', REASON)).toBe(false);
  });

  it('reports what a handler throws and goes on', async () => {
    const bugs: [unknown, string][] = [];
    const queue = new InProcessQueue((error, runId) => bugs.push([error, runId]));
    const ended: string[] = [];
    queue.start((runId) => {
      if (runId === 'bad') return Promise.reject(REASON);
      ended.push(runId);
      return Promise.resolve();
    });
    queue.enqueue('bad');
    queue.enqueue('good');
    await turn();
    expect(bugs).toEqual([[REASON, 'bad']]);
    expect(ended).toEqual(['good']);
  });

  it('stops: waits for the run under way, hands out no other, takes no more', async () => {
    const queue = new InProcessQueue(failOnBug);
    const { started, aborted, handler } = controlledHandler();
    queue.start(handler);
    queue.enqueue('a');
    queue.enqueue('b');
    await turn();
    await queue.stop(REASON);
    queue.enqueue('c');
    await turn();
    expect(started).toEqual(['a']);
    expect(aborted).toEqual([REASON]);
  });

  it('stops at once where it is idle or was never started', async () => {
    await new InProcessQueue(failOnBug).stop(REASON);
    const idle = new InProcessQueue(failOnBug);
    idle.start(() => Promise.resolve());
    await idle.stop(REASON);
    const { started, handler } = controlledHandler();
    idle.start(handler);
    idle.enqueue('late');
    await turn();
    expect(started).toEqual([]);
  });
});
