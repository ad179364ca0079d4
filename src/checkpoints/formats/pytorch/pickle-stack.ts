/** The stack, the marks and the memo of a pickle machine, each within its limit. */
import { pickleInvalid } from './pickle-cursor';
import { limitExceeded, PICKLE_LIMITS } from './pickle-limits';
import type { PickleValue } from './pickle-values';

export class PickleStack {
  private readonly values: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private containers = 0;

  push(value: PickleValue): void {
    if (this.values.length >= PICKLE_LIMITS.stack) throw limitExceeded('stack');
    this.values.push(value);
  }

  /** For values that take more memory than the bytes that make them. */
  pushContainer(value: PickleValue): void {
    if (++this.containers > PICKLE_LIMITS.containers) throw limitExceeded('containers');
    this.push(value);
  }

  pop(): PickleValue {
    const value = this.top();
    this.values.pop();
    return value;
  }

  /** Never reaches below the last mark, as in Python. */
  top(): PickleValue {
    const value = this.values.at(-1);
    if (value === undefined || this.values.length <= (this.marks.at(-1) ?? 0)) {
      throw pickleInvalid('it takes more values than it made');
    }
    return value;
  }

  mark(): void {
    if (this.marks.length >= PICKLE_LIMITS.marks) throw limitExceeded('marks');
    this.marks.push(this.values.length);
  }

  /** Everything above the last mark, and the mark. */
  popToMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw pickleInvalid('it ends a group that it did not begin');
    return this.values.splice(mark);
  }

  remember(index: number): void {
    if (this.memo.size >= PICKLE_LIMITS.memo) throw limitExceeded('memo');
    this.memo.set(index, this.top());
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw pickleInvalid('it recalls a value that it did not remember');
    this.push(value);
  }

  /** The result: the only value, outside all groups. */
  finish(): PickleValue {
    if (this.values.length !== 1 || this.marks.length !== 0) {
      throw pickleInvalid('it ends with values left over, or without one');
    }
    return this.pop();
  }
}
