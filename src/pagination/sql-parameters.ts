/** The parameters of a statement that is put together in parts. */
export class SqlParameters {
  readonly values: unknown[] = [];

  /** @returns the placeholder that stands for the value */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
