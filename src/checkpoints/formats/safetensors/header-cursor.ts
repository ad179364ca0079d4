/**
 * Reads the JSON of a header token by token. JSON.parse would hide duplicate keys, reorder keys that look like
 * numbers, and follow any nesting; a header has three levels and nothing else.
 */
import { safetensorsError } from './safetensors-error';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** No writer uses a sign, a fraction or an exponent for sizes; 16 digits hold every safe integer. */
const MAX_DIGITS = 16;

export class HeaderCursor {
  private at = 0;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(private readonly bytes: Uint8Array) {}

  /** Whether the next token is this character, which is then passed. */
  takes(character: string): boolean {
    this.skipSpace();
    if (this.bytes[this.at] !== character.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  expect(character: string): void {
    if (!this.takes(character)) throw this.unexpected(`'${character}'`);
  }

  /** @throws UserError where anything but white space is left */
  expectEnd(): void {
    this.skipSpace();
    if (this.at < this.bytes.length) throw this.unexpected('its end');
  }

  /**
   * @param maxBytes between the quotes; checked before the text is copied
   * @param what for the message of a text that is longer
   */
  string(maxBytes: number, what: string): string {
    this.expect('"');
    const start = this.at;
    let plain = true;
    for (; this.bytes[this.at] !== QUOTE; this.at++) {
      if (this.at >= this.bytes.length) throw this.unexpected('a closing quote');
      if (this.at - start >= maxBytes) {
        throw safetensorsError('SAFETENSORS_LIMIT', `${what} is longer than ${maxBytes} bytes`);
      }
      if (this.bytes[this.at] === BACKSLASH) {
        plain = false;
        this.at++;
      }
    }
    const text = this.decode(start, plain);
    this.at++;
    return text;
  }

  startsString(): boolean {
    this.skipSpace();
    return this.bytes[this.at] === QUOTE;
  }

  /** A whole number that is not negative. */
  count(): number {
    this.skipSpace();
    if (this.nests()) throw this.unexpected('a number');
    const start = this.at;
    while (isDigit(this.bytes[this.at]) && this.at - start <= MAX_DIGITS) this.at++;
    const digits = String.fromCharCode(...this.bytes.subarray(start, this.at));
    const value = Number(digits);
    if (!/^(0|[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(value)) {
      throw safetensorsError(
        'SAFETENSORS_SHAPE',
        `its header has a size or offset at byte ${start} that is negative, too large or not a whole number`,
      );
    }
    return value;
  }

  /** For a value that can't stand here: brackets mean nesting that no header has. */
  unexpected(wanted: string): Error {
    this.skipSpace();
    const isNested = this.nests();
    return safetensorsError(
      isNested ? 'SAFETENSORS_HEADER_NESTED' : 'SAFETENSORS_HEADER_INVALID',
      isNested
        ? `its header nests a list or object at byte ${this.at}, where ${wanted} belongs`
        : `its header is not JSON of the expected form: ${wanted} is missing at byte ${this.at}`,
    );
  }

  private nests(): boolean {
    return this.bytes[this.at] === 0x5b || this.bytes[this.at] === 0x7b;
  }

  private decode(start: number, plain: boolean): string {
    const raw = this.bytes.subarray(start, this.at);
    try {
      const text = this.decoder.decode(raw);
      // Plain texts need a look too: control characters must be escaped in JSON.
      const value: unknown = JSON.parse(`"${text}"`);
      // Half a surrogate pair can be escaped, and is no text.
      if (typeof value === 'string' && (plain || !/\p{Cs}/u.test(value))) return value;
    } catch {
      // Not UTF-8, or not JSON: told below.
    }
    throw safetensorsError(
      'SAFETENSORS_HEADER_INVALID',
      `its header has a text at byte ${start} that is not UTF-8 or not JSON`,
    );
  }

  private skipSpace(): void {
    let at = this.at;
    while (isSpace(this.bytes[at])) at++;
    this.at = at;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
