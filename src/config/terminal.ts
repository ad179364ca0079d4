/** Questions to a person at a terminal, with answers that do not show where they are secret. */
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { UserError } from '../errors';

const STDIN = 0;
const STDERR = 2;

/**
 * Hands `work` the terminal, or undefined where nobody can be asked. Questions go to standard error, so that
 * what a command prints can go elsewhere.
 */
export async function withTerminal<T>(
  work: (terminal: Terminal | undefined) => Promise<T>,
): Promise<T> {
  if (!isatty(STDIN) || !isatty(STDERR)) return work(undefined);
  const terminal = new Terminal(process.stdin, process.stderr);
  try {
    return await work(terminal);
  } finally {
    terminal.close();
  }
}

export class Terminal {
  readonly #output: NodeJS.WritableStream;
  readonly #reader: Interface;
  /** Typed or pasted ahead of its question. */
  readonly #lines: string[] = [];
  /** Shows only while an open question is asked: a password typed early must not be echoed either. */
  #shows = false;
  #waiting: { take(line: string): void; cancel(): void } | undefined;
  #closed = false;

  constructor(input: NodeJS.ReadableStream, output: NodeJS.WritableStream) {
    this.#output = output;
    const echo = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (this.#shows) output.write(chunk);
        done();
      },
    });
    this.#reader = createInterface({ input, output: echo, terminal: true, historySize: 0 });
    this.#reader.on('line', (line) => {
      if (this.#waiting) this.#waiting.take(line);
      else this.#lines.push(line);
    });
    this.#reader.on('SIGINT', () => {
      this.#reader.close();
    });
    this.#reader.on('close', () => {
      this.#closed = true;
      this.#waiting?.cancel();
    });
  }

  /** @throws UserError CREDENTIALS_CANCELLED at Ctrl-C, Ctrl-D and when the terminal goes away */
  async ask(question: string): Promise<string> {
    this.#shows = true;
    this.#reader.setPrompt(question);
    this.#reader.prompt();
    try {
      return await this.#nextLine();
    } finally {
      this.#shows = false;
    }
  }

  /** As `ask`; the answer is not shown, not even its length. */
  async askHidden(question: string): Promise<string> {
    this.#output.write(question);
    try {
      return await this.#nextLine();
    } finally {
      this.#output.write('\n');
    }
  }

  tell(line: string): void {
    this.#output.write(`${line}\n`);
  }

  close(): void {
    this.#reader.close();
  }

  #nextLine(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting = undefined;
      };
      const cancel = () => {
        end();
        reject(new UserError('CREDENTIALS_CANCELLED', 'Cancelled; nothing was changed.'));
      };
      this.#waiting = {
        take: (text) => {
          end();
          resolve(text);
        },
        cancel,
      };
      if (this.#closed) cancel();
    });
  }
}
