/** How much processor time a process has used, all its threads together. Reads /proc, thus works on Linux. */
import { readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second on every platform that Node runs on. */
const MS_A_TICK = 10;

/** @param options.withEnded also that of its children that have ended */
export async function cpuMsOf(pid: number, { withEnded = false } = {}): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything, begins field 3; 14 and 15 are the process's own time (in the program
  // and in the kernel), 16 and 17 that of its children that have ended.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, withEnded ? 15 : 13).map(Number);
  return MS_A_TICK * ticks.reduce((sum, count) => sum + count, 0);
}
