/** Reads the fields of a mapping out of YAML that nobody has checked, and collects all problems by path. */
import { quoted } from '../formats/checkpoint-invalid';
import { isJsonObject, isWhole, type JsonObject } from '../formats/json-value';
import type { HeightWidth } from '../formats/layer-spec';

export class FieldReader {
  private readonly fields: JsonObject;
  private readonly asked = new Set<string>();

  /** @param problems where what is wrong is added; whoever reads goes on with a value that would have been fit */
  constructor(
    readonly path: string,
    value: unknown,
    readonly problems: string[],
  ) {
    this.fields = isJsonObject(value) ? value : {};
    if (!isJsonObject(value)) this.problems.push(`${path} must be a mapping, not ${shown(value)}`);
  }

  has(key: string): boolean {
    return this.value(key) !== undefined;
  }

  /** Undefined where it is not there. */
  value(key: string): unknown {
    this.asked.add(key);
    return Object.hasOwn(this.fields, key) ? this.fields[key] : undefined;
  }

  whole(key: string, low: number, high: number, fallback?: number): number {
    const value = this.value(key);
    if (isWhole(value, low, high)) return value;
    if (value === undefined && fallback !== undefined) return fallback;
    this.refuse(key, `must be a whole number from ${low} to ${high}`);
    return low;
  }

  /** One number for both axes, or [height, width]. */
  pair(key: string, low: number, high: number, fallback?: HeightWidth): HeightWidth {
    const value = this.value(key);
    if (value === undefined && fallback !== undefined) return fallback;
    const [height, width] =
      Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [value, value];
    if (isWhole(height, low, high) && isWhole(width, low, high)) return [height, width];
    this.refuse(key, `must be a whole number from ${low} to ${high}, or [height, width] of them`);
    return [low, low];
  }

  number(key: string, low: number, high: number, fallback: number): number {
    const value = this.value(key);
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value >= low && value <= high) return value;
    this.refuse(key, `must be a number from ${low} to ${high}`);
    return fallback;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.value(key);
    if (value === undefined) return fallback;
    if (typeof value === 'boolean') return value;
    this.refuse(key, 'must be true or false');
    return fallback;
  }

  refuse(key: string, rule: string): void {
    const value = this.value(key);
    const found = value === undefined ? 'it is missing' : `not ${shown(value)}`;
    this.problems.push(`${this.path === '' ? '' : `${this.path}.`}${key} ${rule}; ${found}`);
  }

  /** To be called last: whatever nobody has asked for is a mistake. */
  refuseOthers(): void {
    const known = [...this.asked].join(', ');
    for (const key of Object.keys(this.fields).filter((name) => !this.asked.has(name))) {
      this.problems.push(
        `${this.path === '' ? '' : `${this.path}.`}${quoted(key)} is unknown` +
          (known === '' ? '' : `; known here: ${known}`),
      );
    }
  }
}

/** A value from a file, short enough for a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
