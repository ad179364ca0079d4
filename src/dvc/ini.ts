/** Reads the INI dialect of `.dvc/config` (Python's configobj), also that of AWS's credentials file. */
import { UserError } from '../errors';

/** Section, then key, to value. Names of sections and keys in lower case, as DVC compares them. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

const SECTION = /^\[\s*(?:'([^']*)'|(.*?))\s*\]\s*(?:#.*)?$/;
const PAIR = /^([^=]+?)\s*=\s*(.*)$/;
const QUOTED = /^(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/;

/** In AWS's files quotes and `#` are part of a value. */
export type IniDialect = 'configobj' | 'aws';

/**
 * Of configobj's values quotes go away, and unquoted ones end at a `#`.
 * @throws UserError DVC_CONFIG_INVALID with the line's number, never its text: it may hold a secret
 */
export function parseIni(text: string, file: string, dialect: IniDialect = 'configobj'): Ini {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const section = SECTION.exec(line);
    if (section) {
      const name = (section[1] ?? section[2] ?? '').toLowerCase();
      current = sections.get(name) ?? new Map<string, string>();
      sections.set(name, current);
      continue;
    }
    const [, key, value] = PAIR.exec(line) ?? [];
    if (key === undefined || value === undefined || current === undefined) {
      throw new UserError(
        'DVC_CONFIG_INVALID',
        `Line ${index + 1} of ${file} is neither a [section] nor a "key = value" in one. Mend it there.`,
        { details: { file, line: index + 1 } },
      );
    }
    current.set(key.toLowerCase(), dialect === 'aws' ? value.trim() : unquoted(value));
  }
  return sections;
}

function unquoted(value: string): string {
  const quoted = QUOTED.exec(value);
  if (quoted) return quoted[1] ?? quoted[2] ?? '';
  return value.replace(/#.*$/, '').trim();
}
