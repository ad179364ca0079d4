import { OperationalError, UserError } from '../../../src/errors';
import { fromWire, toWire } from '../../../src/threads/wire-error';

/** As a message between threads does it. */
function sent(error: unknown): Error {
  return fromWire(structuredClone(toWire(error)));
}

test('an error of the user stays one, with its code, details, stack and cause', () => {
  const cause = new TypeError('native text');
  const error = new UserError('SOME_CODE', 'Do this.', { details: { sample: 3 }, cause });
  const received = sent(error);
  expect(received).toBeInstanceOf(UserError);
  expect(received).toMatchObject({
    code: 'SOME_CODE',
    message: 'Do this.',
    kind: 'user',
    details: { sample: 3 },
    stack: error.stack,
    name: 'UserError',
    cause: { name: 'TypeError', message: 'native text' },
  });
});

test('an error of the surroundings stays one', () => {
  const received = sent(new OperationalError('DISK_FULL', 'Make room.'));
  expect(received).toBeInstanceOf(OperationalError);
  expect(received).toMatchObject({ code: 'DISK_FULL', kind: 'operational' });
});

test('a bug stays a bug, with the stack of where it happened', () => {
  const bug = new RangeError('index 4');
  expect(sent(bug)).toMatchObject({ name: 'RangeError', message: 'index 4', stack: bug.stack });
  expect(sent(bug)).not.toHaveProperty('code');
  expect(sent('just text')).toMatchObject({ message: 'just text' });
});

test('details that can’t be sent and causes without end do not replace the error', () => {
  const error = new UserError('CODE', 'text', { details: { call: () => 1 } });
  error.cause = error;
  expect(sent(error)).toMatchObject({ code: 'CODE', details: {} });
});
