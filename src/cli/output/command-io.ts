/** What a command talks to: handed in, so that tests read what a person would see. */

export interface CommandIo {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** A person watches: colours and redrawn bars are welcome. */
  isTty: boolean;
  /** Where a command reads `-` from; the process's own standard input when absent. */
  stdin?: NodeJS.ReadableStream;
}
