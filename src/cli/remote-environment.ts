/** What remotes of data may ask and read, when a person at a terminal starts the command. */
import { type RemoteEnvironment, thisEnvironment } from '../dvc/remotes/environment';
import { asking } from './credentials-target';
import type { CommandIo } from './output/command-io';

/** Questions come one after the other, however many remotes are opened at a time. */
export function environmentOf(io: CommandIo): RemoteEnvironment {
  let before: Promise<unknown> = Promise.resolve();
  return {
    ...thisEnvironment(),
    askHidden(question) {
      const answer = before.then(() =>
        asking(io, async (terminal) => terminal?.askHidden(question)),
      );
      before = answer.catch(() => undefined);
      return answer;
    },
  };
}
