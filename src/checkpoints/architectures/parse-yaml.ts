/** Parses YAML from strangers: bounded, without aliases, one document of plain values. */
import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { messageOf, UserError } from '../../errors';
import { quoted } from '../formats/checkpoint-invalid';
import { architectureInvalid } from './architecture';
import { isShallowYaml } from './shallow-yaml';

/**
 * Five hundred layers, each with all of its fields. The parser makes an error of every byte that it does not
 * understand: the worst 64 KiB that were found, closing brackets alone, take 0.2 s.
 */
export const MAX_SIDECAR_BYTES = 64 * 2 ** 10;
const MAX_SHOWN_PROBLEMS = 5;

const OPTIONS = {
  schema: 'core',
  version: '1.2',
  strict: true,
  // Its own check compares every pair of keys; refuseTwins below takes each key once.
  uniqueKeys: false,
  stringKeys: true,
  merge: false,
  // They show the line itself, and cost its length again for every error.
  prettyErrors: false,
  logLevel: 'error',
} as const;

/** @throws UserError CHECKPOINT_ARCHITECTURE_INVALID */
export function parseYaml(bytes: Uint8Array): unknown {
  checkSidecarSize(bytes.byteLength);
  const text = decode(bytes);
  if (!isShallowYaml(text)) throw architectureInvalid(['it is nested too deeply']);
  const lines = new LineCounter();
  try {
    const document = withoutStackTraces(() =>
      parseDocument(text, { ...OPTIONS, lineCounter: lines }),
    );
    const problems = [...document.errors, ...document.warnings].slice(0, MAX_SHOWN_PROBLEMS);
    if (problems.length > 0) {
      throw architectureInvalid(
        problems.map(
          ({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${quoted(message)}`,
        ),
      );
    }
    refuseTwins(document);
    // No alias at all: a few of them inside each other stand for gigabytes.
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw architectureInvalid([`it is not plain YAML (${quoted(messageOf(error))})`]);
  }
}

/** Nobody reads those of the parser's errors, and with them 64 KiB of brackets take four times as long. */
function withoutStackTraces<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** @throws UserError CHECKPOINT_ARCHITECTURE_INVALID */
export function checkSidecarSize(bytes: number): void {
  if (bytes <= MAX_SIDECAR_BYTES) return;
  throw architectureInvalid([`it has ${bytes} bytes; at most ${MAX_SIDECAR_BYTES} are allowed`]);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw architectureInvalid(['it is not UTF-8']);
  }
}

/** Of two keys of one name, readers differ on which one counts. */
function refuseTwins(document: Document): void {
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const name: unknown = isScalar(key) ? key.value : key;
        if (seen.has(name)) {
          throw architectureInvalid([`a mapping has the key ${quoted(String(name))} twice`]);
        }
        seen.add(name);
      }
    },
  });
}
