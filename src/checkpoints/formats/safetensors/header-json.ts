/** Reads a header's JSON into what it says of each tensor, not yet held against the file. */
import { quoted } from '../checkpoint-invalid';
import { HeaderCursor } from './header-cursor';
import { safetensorsError } from './safetensors-error';

/** As the file says it: any of these may be wrong. */
export interface ClaimedTensor {
  name: string;
  dtype: string;
  shape: readonly number[];
  /** Counted from the end of the header. */
  begin: number;
  end: number;
}

/** The largest networks have a few thousand. */
const MAX_TENSORS = 20_000;
const MAX_NAME_BYTES = 512;
const MAX_RANK = 64;
/** Training tools put their settings here. */
const MAX_METADATA_BYTES = 16 * 2 ** 20;
const MAX_METADATA_KEYS = 10_000;
const METADATA = '__metadata__';
const FIELDS = ['dtype', 'shape', 'data_offsets'];

/**
 * @returns the tensors in the header's order, whatever their order in the data
 * @throws UserError SAFETENSORS_HEADER_INVALID, SAFETENSORS_HEADER_NESTED, SAFETENSORS_DUPLICATE_KEY,
 *   SAFETENSORS_METADATA, SAFETENSORS_LIMIT, SAFETENSORS_SHAPE, SAFETENSORS_NO_TENSORS
 */
export function parseHeader(header: Uint8Array): ClaimedTensor[] {
  // By the specification not even white space may come first.
  if (header[0] !== 0x7b) {
    throw safetensorsError(
      'SAFETENSORS_HEADER_INVALID',
      "its header does not begin with '{', so it is no safetensors file",
    );
  }
  const cursor = new HeaderCursor(header);
  const tensors: ClaimedTensor[] = [];
  eachKey(cursor, new Set(), MAX_TENSORS + 1, (name) => {
    if (name === METADATA) readMetadata(cursor);
    else tensors.push(readTensor(cursor, name));
  });
  cursor.expectEnd();
  if (tensors.length === 0) {
    throw safetensorsError(
      'SAFETENSORS_NO_TENSORS',
      'it holds no tensor',
      'Save a state dict: safetensors.torch.save_file(model.state_dict(), path).',
    );
  }
  return tensors;
}

function readTensor(cursor: HeaderCursor, name: string): ClaimedTensor {
  const seen = new Set<string>();
  let dtype = '';
  let shape: number[] = [];
  let offsets: number[] = [];
  eachKey(cursor, seen, FIELDS.length, (field) => {
    if (field === 'dtype') dtype = cursor.string(MAX_NAME_BYTES, 'the name of a dtype');
    else if (field === 'shape') shape = counts(cursor, name, MAX_RANK);
    else if (field === 'data_offsets') offsets = counts(cursor, name, 2);
    else throw wrongEntry(name, `has the unknown field ${quoted(field)}`);
  });
  const [begin, end] = offsets;
  const missing = FIELDS.filter((field) => !seen.has(field));
  if (missing.length > 0) throw wrongEntry(name, `lacks ${missing.join(', ')}`);
  if (begin === undefined || end === undefined) {
    throw wrongEntry(name, 'has data_offsets that are not two numbers');
  }
  return { name, dtype, shape, begin, end };
}

/** Texts by text; nothing here reads them, so only their form is checked. */
function readMetadata(cursor: HeaderCursor): void {
  eachKey(cursor, new Set(), MAX_METADATA_KEYS, (key) => {
    if (!cursor.startsString()) {
      throw safetensorsError(
        'SAFETENSORS_METADATA',
        `its ${METADATA} has a value under ${quoted(key)} that is not a text`,
        'Save it again with metadata of texts alone.',
      );
    }
    cursor.string(MAX_METADATA_BYTES, `a text of its ${METADATA}`);
  });
}

/** Walks an object: `read` takes the value that belongs to the key. */
function eachKey(
  cursor: HeaderCursor,
  seen: Set<string>,
  maxKeys: number,
  read: (key: string) => void,
): void {
  cursor.expect('{');
  if (cursor.takes('}')) return;
  do {
    const key = cursor.string(MAX_NAME_BYTES, 'a name in its header');
    if (seen.has(key)) {
      throw safetensorsError(
        'SAFETENSORS_DUPLICATE_KEY',
        `its header has ${quoted(key)} twice, which two readers would read in two ways`,
      );
    }
    if (seen.size >= maxKeys) {
      throw safetensorsError(
        'SAFETENSORS_LIMIT',
        `its header has more than ${maxKeys} keys in one object`,
      );
    }
    seen.add(key);
    cursor.expect(':');
    read(key);
  } while (cursor.takes(','));
  cursor.expect('}');
}

function counts(cursor: HeaderCursor, name: string, limit: number): number[] {
  const values: number[] = [];
  cursor.expect('[');
  if (cursor.takes(']')) return values;
  do {
    if (values.length >= limit) throw wrongEntry(name, `has a list of more than ${limit} numbers`);
    values.push(cursor.count());
  } while (cursor.takes(','));
  cursor.expect(']');
  return values;
}

function wrongEntry(name: string, found: string): Error {
  return safetensorsError(
    'SAFETENSORS_HEADER_INVALID',
    `the entry ${quoted(name)} of its header ${found}`,
  );
}
