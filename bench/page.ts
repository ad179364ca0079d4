/**
 * The page in a real Chromium: when the first page paints, when a result of ten classes can be used, and at how
 * many frames a second a matrix of 1,000 classes scrolls. Each on a cold browser; the service has answered before.
 *
 *   npm run bench:page -- [--dataset NAME] [--checkpoint PATH] [--rounds N]
 */
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startApp } from '../src/app';
import { madeCounts, storeMadeResult } from './support/made-result';
import { configuredInScratch, evaluated, runBench } from './support/scratch';
import { type SpreadRow, writeSpreadTable } from './support/spread-table';

const CHROMIUM = [process.env.ASSAY_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const FLAGS_OFFLINE = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const CLASSES = 1_000;
const SCROLL_SECONDS = 4;

/** Milliseconds from the start of the navigation until the matrix has its cells and the thread has a free frame. */
const USABLE = `new Promise((resolve) => {
  const look = () => document.querySelector('[role=gridcell]') === null
    ? requestAnimationFrame(look)
    : requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
  look();
})`;
const FIRST_PAINT = `new Promise((resolve) => {
  const look = () => {
    const [entry] = performance.getEntriesByName('first-contentful-paint');
    if (entry === undefined) setTimeout(look, 20); else resolve(entry.startTime);
  };
  look();
})`;
/** Down and to the right, and back: frames a second, and the slowest twentieth of the frames in milliseconds. */
const SCROLL = `new Promise((resolve) => {
  const box = document.querySelector('.matrix-window');
  const times = [];
  let way = 1;
  const step = (now) => {
    times.push(now);
    box.scrollBy(24 * way, 40 * way);
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) way = -1;
    if (box.scrollTop === 0) way = 1;
    if (now - times[0] < ${SCROLL_SECONDS * 1_000}) { requestAnimationFrame(step); return; }
    const frames = times.slice(1).map((time, index) => time - times[index]).sort((a, b) => a - b);
    resolve([1000 * frames.length / (times.at(-1) - times[0]), frames[Math.floor(frames.length * 0.95)]]);
  };
  requestAnimationFrame(step);
})`;

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      dataset: { type: 'string', default: 'fashion-mnist' },
      checkpoint: { type: 'string', default: 'checkpoints/fashion-cnn' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const executablePath = CHROMIUM.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) {
    throw new Error('There is no Chromium: apt-get install chromium, or name it in ASSAY_CHROMIUM');
  }
  await configuredInScratch(async (loaded) => {
    const app = await startApp(loaded);
    const browser = await chromium.launch({ executablePath, args: [...FLAGS, ...FLAGS_OFFLINE] });
    try {
      const { manager } = app.services.database.dataSource;
      const ten = await evaluated(app.services, flags.dataset, flags.checkpoint);
      const thousand = await storeMadeResult(manager, madeCounts(CLASSES, 42));
      await measure(browser, app.url, { ten, thousand }, Number(flags.rounds));
    } finally {
      await browser.close();
      await app.stop();
    }
  });
}

async function measure(
  browser: Browser,
  url: string,
  { ten, thousand }: { ten: string; thousand: string },
  rounds: number,
): Promise<void> {
  const rows: SpreadRow[] = [];
  const times = async (what: string, address: string, script: string) => {
    const found: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const value = await onPage(browser, url + address, (page) => page.evaluate<number>(script));
      if (round >= 0) found.push(value);
    }
    rows.push({ what, values: found });
  };
  await times('overview: first contentful paint, ms', '/', FIRST_PAINT);
  await times('result of 10 classes: usable, ms', `/results/${ten}`, USABLE);
  await times(`result of ${CLASSES} classes: usable, ms`, `/results/${thousand}`, USABLE);
  for (const size of ['4', '12', '24']) {
    const frames: [number, number][] = [];
    for (let round = 0; round < rounds; round++) {
      frames.push(
        await onPage(browser, `${url}/results/${thousand}?size=${size}`, async (page) => {
          await page.evaluate(USABLE);
          await page.waitForLoadState('networkidle');
          return page.evaluate<[number, number]>(SCROLL);
        }),
      );
    }
    rows.push({
      what: `scrolling at ${size} pixels a cell: frames/s`,
      values: frames.map(([rate]) => rate),
    });
    rows.push({
      what: '  slowest twentieth of the frames, ms',
      values: frames.map(([, slow]) => slow),
    });
  }
  writeSpreadTable(`${rounds} rounds`, rows);
}

async function onPage<T>(
  browser: Browser,
  address: string,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(address, { waitUntil: 'commit' });
    return await work(page);
  } finally {
    await context.close();
  }
}

runBench(main);
