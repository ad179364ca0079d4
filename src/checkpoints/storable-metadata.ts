/** Makes a trainer's notes fit for a jsonb column, whatever they hold. */
import { checkpointInvalid } from './formats/checkpoint-invalid';

/** Notes are a few levels deep; thousands would exhaust the stack of whoever walks them next. */
const MAX_DEPTH = 32;
/** NUL and halves of surrogate pairs: JSON can say both, PostgreSQL stores neither. */
const NOT_STORABLE = /[\0\p{Cs}]/gu;

/**
 * The same value with U+FFFD in place of what PostgreSQL can't store.
 *
 * @throws UserError CHECKPOINT_INVALID where it is nested too deeply
 */
export function storableMetadata(metadata: Record<string, unknown>): Record<string, unknown> {
  return storable(metadata, 0) as Record<string, unknown>;
}

function storable(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) {
    throw checkpointInvalid(`metadata.json is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (Array.isArray(value)) return value.map((item) => storable(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), storable(item, depth + 1)]),
  );
}

function storableText(text: string): string {
  return text.replace(NOT_STORABLE, '\ufffd');
}
