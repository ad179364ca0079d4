/** Parses YAML from strangers: bounded, without aliases, one document of plain values. */
import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { messageOf, UserError } from '../../errors';
import { quoted } from '../formats/checkpoint-invalid';
import { architectureInvalid } from './architecture';

/**
 * Five hundred layers, each with all of its fields. The parser takes time in the square of its errors: the worst
 * 64 KiB that were found, commas alone, take 0.8 s.
 */
export const MAX_SIDECAR_BYTES = 64 * 2 ** 10;
const MAX_SHOWN_PROBLEMS = 5;

/** @throws UserError CHECKPOINT_ARCHITECTURE_INVALID */
export function parseYaml(bytes: Uint8Array): unknown {
  if (bytes.byteLength > MAX_SIDECAR_BYTES) {
    throw architectureInvalid([
      `it has ${bytes.byteLength} bytes; at most ${MAX_SIDECAR_BYTES} are allowed`,
    ]);
  }
  const text = decode(bytes);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      schema: 'core',
      version: '1.2',
      strict: true,
      // Its own check compares every pair of keys; refuseTwins below takes each key once.
      uniqueKeys: false,
      stringKeys: true,
      merge: false,
      // They show the line itself, and cost its length again for every error.
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'error',
    });
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
