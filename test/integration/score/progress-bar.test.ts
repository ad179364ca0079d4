import { formatBytes, formatDuration, formatScore } from '../../../src/cli/output/numbers';
import { ProgressBar } from '../../../src/cli/output/progress-bar';
import { Capture } from './capture';

function evaluate(out: Capture, isTty: boolean, msPerBatch: number): void {
  let clock = 5_000;
  const bar = new ProgressBar({
    out,
    isTty,
    title: 'Evaluating',
    total: 10_000,
    batchSize: 64,
    now: () => clock,
  });
  for (let done = 64; done < 10_064; done += 64) {
    clock += msPerBatch;
    bar.update(Math.min(done, 10_000));
  }
  bar.end();
}

test('on a terminal the bar is redrawn in place at most ten times a second and fits the line', () => {
  const out = new Capture(80);
  evaluate(out, true, 10);
  // 157 batches in 1.57 s: the first draw, one every 100 ms, the last state, the line end.
  expect(out.chunks.length).toBeLessThanOrEqual(1 + 15 + 1 + 1);
  expect(out.chunks.length).toBeGreaterThan(10);
  for (const chunk of out.chunks.slice(0, -1)) {
    expect(chunk).toMatch(/^\r[^\r\n]{1,79}\u001b\[K$/);
  }
  expect(out.chunks[5]).toBe(
    '\rEvaluating [####----------] 32.6%  batch 51/157  6,400 images/s  1s left\u001b[K',
  );
  expect(out.chunks.at(-2)).toContain(
    '[##############] 100.0%  batch 157/157  6,369 images/s  took 1.6s',
  );
  expect(out.chunks.at(-1)).toBe('\n');
});

test('on a narrow terminal the bar gives way to the facts', () => {
  const out = new Capture(50);
  evaluate(out, true, 10);
  expect(out.chunks[5]).toMatch(/^\rEvaluating 32\.6% {2}batch 51\/157 {2}6,400 images\/s/);
});

test('elsewhere plain lines come every three seconds, and one at the end', () => {
  const out = new Capture();
  evaluate(out, false, 100);
  expect(out.text).not.toContain('\r');
  expect(out.lines).toHaveLength(6);
  expect(out.lines[0]).toBe(
    'Evaluating: 19.2%, batch 30/157, 1,920/10,000 images, 640 images/s, 13s left',
  );
  expect(out.lines.at(-1)).toBe(
    'Evaluating: 100.0%, batch 157/157, 10,000/10,000 images, 637 images/s, took 15.7s',
  );
});

test('bytes without a known total are counted without bar, share and time left', () => {
  const out = new Capture();
  let clock = 0;
  const bar = new ProgressBar({
    out,
    isTty: true,
    title: 'Fetching\u001b[2J',
    unit: 'bytes',
    now: () => clock,
  });
  clock = 2_000;
  bar.update(3_000_000);
  expect(out.text).toBe('\rFetching\\u{1b}[2J 3.0 MB  1.5 MB/s\u001b[K');
  clock = 4_000;
  bar.update(6_000_000, 12_000_000);
  bar.end();
  expect(out.text).toMatch(/\[#+-+\] 50\.0% {2}6\.0 MB\/12\.0 MB {2}1\.5 MB\/s {2}4s left/);
});

test('work that ends before its first update leaves no trace', () => {
  const out = new Capture();
  new ProgressBar({ out, isTty: true, title: 'Evaluating', total: 10 }).end();
  expect(out.text).toBe('');
});

test('numbers are written for people', () => {
  expect([999, 1000, 12_345_678, 4e9].map(formatBytes)).toEqual([
    '999 B',
    '1.0 kB',
    '12.3 MB',
    '4.0 GB',
  ]);
  expect([400, 59_400, 125_000, 3_720_000].map(formatDuration)).toEqual([
    '0s',
    '59s',
    '2m05s',
    '1h02m',
  ]);
  expect([0, 0.80334, 66_666_668.17, 1e-7, NaN].map(formatScore)).toEqual([
    '0.0000',
    '0.8033',
    '6.667e+7',
    '1.000e-7',
    'NaN',
  ]);
});
