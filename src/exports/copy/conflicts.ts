/** What stands in the way of a copy: told when all else is copied. */
import { UserError } from '../../errors';

const CODE = 'EXPORT_CONFLICT';
/** Those that the error names; the others are counted. */
const NAMED = 5;

/** @param reason what is there instead */
export function conflict(reason: string): UserError {
  return new UserError(CODE, reason);
}

export class Conflicts {
  private readonly named: string[] = [];
  private count = 0;

  add(reason: string): void {
    this.count += 1;
    if (this.named.length < NAMED) this.named.push(reason);
  }

  /** Goes on after a conflict that the work throws. */
  async gathered(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== CODE) throw error;
      this.add(error.message);
    }
  }

  /** @throws UserError EXPORT_CONFLICT */
  throwIfAny(): void {
    if (this.count === 0) return;
    const more = this.count > NAMED ? `\nand ${this.count - NAMED} more` : '';
    throw new UserError(
      CODE,
      `${this.count} rows of the target stand in the way, and were left as they are; all else is copied:\n` +
        `${this.named.join('\n')}${more}\n` +
        'Compare them; delete there what is wrong and copy again, or copy into another database.',
      { details: { count: this.count } },
    );
  }
}
