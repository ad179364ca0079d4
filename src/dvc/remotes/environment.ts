/** What a remote takes from the person and the machine: settings of the home folder, variables, answers. */
import { homedir } from 'node:os';

export interface RemoteEnvironment {
  /** The home folder, where `.ssh` and `.aws` are. */
  home: string;
  variables: Readonly<Record<string, string | undefined>>;
  /** Asks a person at a terminal without showing the answer; gives undefined where nobody can be asked. */
  askHidden: (question: string) => Promise<string | undefined>;
}

export function thisEnvironment(): RemoteEnvironment {
  return {
    home: homedir(),
    variables: process.env,
    askHidden: () => Promise.resolve(undefined),
  };
}
