/** Listeners hear of their own run only, and no more once they have left. */
import { RunEvents } from '../../../src/evaluations/run-events';

describe('RunEvents', () => {
  it('tells each listener of its own run, and of words that may have been missed', () => {
    const events = new RunEvents();
    let heard = 0;
    events.listen('a', () => void (heard += 1));
    events.changed('a');
    events.changed('b');
    expect(heard).toBe(1);
    events.missed();
    expect(heard).toBe(2);
  });

  it('tells all listeners of one run, and none that has left', () => {
    const events = new RunEvents();
    const heard: string[] = [];
    const leave = events.listen('a', () => heard.push('first'));
    events.listen('a', () => heard.push('second'));
    events.changed('a');
    leave();
    events.changed('a');
    expect(heard).toEqual(['first', 'second', 'second']);
  });

  it('takes as many listeners as there are watchers, without a warning', () => {
    const warned = jest.spyOn(process, 'emitWarning');
    const events = new RunEvents();
    let heard = 0;
    for (let i = 0; i < 200; i++) events.listen('a', () => void (heard += 1));
    events.changed('a');
    expect(heard).toBe(200);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });
});
