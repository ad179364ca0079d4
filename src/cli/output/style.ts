/** Colours, where a person watches and has not declined them. */
import { styleText } from 'node:util';

export type StyleName = 'bold' | 'dim' | 'green' | 'red';
export type Style = (name: StyleName, text: string) => string;

/** Leaves text as it is off a terminal, or with NO_COLOR set to anything (https://no-color.org). */
export function styleFor(isTty: boolean, environment: NodeJS.ProcessEnv = process.env): Style {
  const declined = (environment['NO_COLOR'] ?? '') !== '';
  if (!isTty || declined) return (_name, text) => text;
  // Node would look at process.stdout, which need not be the stream that we write to.
  return (name, text) => styleText(name, text, { validateStream: false });
}
