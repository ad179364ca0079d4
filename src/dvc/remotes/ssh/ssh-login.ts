/** The ways to log in, in the order in which they are tried: what the configuration names goes first. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, Prompt } from 'ssh2';
import { UserError } from '../../../errors';
import type { RemoteEnvironment } from '../environment';
import { readKeyFile } from './ssh-key-file';
import type { SshSettings } from './ssh-settings';

export interface Login {
  /** Made anew for each connection. */
  methods: (() => AnyAuthMethod)[];
  /** What was tried and what could not be, for the message of a refusal. Without secrets. */
  tried: string[];
}

/** OpenSSH's, without those of hardware. */
const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * Asks for a password and passphrase where the configuration wants that, so call it once.
 * @throws UserError DVC_KEY_UNUSABLE, DVC_PASSWORD_MISSING
 */
export async function planLogin(
  settings: SshSettings,
  environment: RemoteEnvironment,
): Promise<Login> {
  const { user: username, host, agent } = settings;
  const ask = async (what: string): Promise<string> => {
    const question = `${what} for ${username}@${host} (remote ${settings.remote}): `;
    const answer = await environment.askHidden(question);
    if (answer !== undefined) return answer;
    throw new UserError(
      'DVC_PASSWORD_MISSING',
      `The remote ${settings.remote} wants its ${what.toLowerCase()} to be asked for, and there is no terminal. Start the command at one, put ${what.toLowerCase()} = … into .dvc/config.local, or use ssh-agent.`,
    );
  };
  const password = settings.password ?? (settings.asksPassword ? await ask('Password') : undefined);
  const passphrase =
    settings.passphrase ?? (settings.asksPassphrase ? await ask('Passphrase') : undefined);

  const login: Login = { methods: [], tried: [] };
  const addKeys = async (files: readonly string[], isNamed: boolean): Promise<void> => {
    for (const file of files) {
      const found = await readKeyFile(file, passphrase);
      if (found.state === 'usable') {
        const { key } = found;
        login.methods.push(() => ({ type: 'publickey', username, key }));
        login.tried.push(`key ${file}`);
      } else if (found.state === 'locked' && (agent !== undefined || !isNamed)) {
        // The agent may hold the same key, open.
        login.tried.push(`key ${file} (not used: it has a passphrase)`);
      } else if (isNamed) {
        throw keyUnusable(file, found.state === 'unusable' ? found.problem : found.state);
      }
    }
  };
  if (settings.keyFiles) await addKeys(settings.keyFiles, settings.namesKeyFile);
  if (password !== undefined) {
    login.methods.push(
      () => ({ type: 'password', username, password }),
      () => ({ type: 'keyboard-interactive', username, prompt: answerOnce(password) }),
    );
    login.tried.push('password');
  }
  if (agent !== undefined && existsSync(agent)) {
    login.methods.push(() => ({ type: 'agent', username, agent }));
    login.tried.push('agent');
  }
  if (!settings.keyFiles) {
    const folder = path.join(environment.home, '.ssh');
    await addKeys(
      USUAL_KEYS.map((name) => path.join(folder, name)),
      false,
    );
  }
  return login;
}

/** One method after the other, without those that the server has just said it won't take: its patience has an end. */
export function inTurn({ methods }: Login, username: string): AuthHandlerMiddleware {
  const first: AnyAuthMethod = { type: 'none', username };
  const rest = [first, ...methods.map((make) => make())].values();
  return (left: AuthenticationType[] | null, _partial, next) => {
    for (const method of rest) {
      const name = method.type === 'agent' ? 'publickey' : method.type;
      if (left !== null && !left.includes(name)) continue;
      next(method);
      return;
    }
    // The library's own word for "no more", which its types lack.
    next(false as unknown as AnyAuthMethod);
  };
}

/** Many servers ask for the password by this way alone. Only hidden questions are answered, each once. */
function answerOnce(password: string) {
  let answered = false;
  return (
    _name: string,
    _instructions: string,
    _language: string,
    prompts: Prompt[],
    finish: (answers: string[]) => void,
  ): void => {
    const isPassword = prompts.length === 1 && prompts[0]?.echo === false && !answered;
    if (isPassword) answered = true;
    finish(isPassword ? [password] : prompts.map(() => ''));
  };
}

function keyUnusable(file: string, problem: string): UserError {
  const words: Record<string, string> = {
    missing: 'does not exist',
    locked:
      'has a passphrase, and none is given: set passphrase in .dvc/config.local or ask_passphrase = true, or add the key to ssh-agent',
  };
  return new UserError('DVC_KEY_UNUSABLE', `The key file ${file} ${words[problem] ?? problem}.`, {
    details: { file },
  });
}
