/** A bell for those who wait for work: whoever looked before it rang, and waits after, is not left asleep. */
export class WakeUp {
  private rung = 0;
  private readonly sleepers = new Set<() => void>();

  /** How often it has rung; to be read before looking for work. */
  get count(): number {
    return this.rung;
  }

  ring(): void {
    this.rung += 1;
    for (const wake of [...this.sleepers]) wake();
  }

  /** Returns at the next ring, at once where it rang since `seen` was read, or after the time. */
  wait(seen: number, ms: number): Promise<void> {
    if (seen !== this.rung) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.sleepers.add(wake);
    });
  }
}
