/**
 * Pictures of every page in both themes and three widths, of a service with real results.
 *
 *   npm run screenshots -- [FOLDER] [--url http://127.0.0.1:4000] [--readme .github/page.png]
 *
 * With --url a service that runs is taken as it is; without, one is started on a folder of its own and filled.
 * --readme takes the README's picture too: the best result down to its matrix, light, with a cell opened.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../support/chromium';
import { programArguments } from '../../support/program';
import { buildPage } from '../../support/page-build';
import { GraphQLClient } from '../../support/graphql-client';
import { fillService } from '../../support/filled-service';
import { settled } from '../../support/settled';
import { addressesOf } from '../../support/page-addresses';

const WIDTHS = [390, 1024, 1680];
const THEMES = ['light', 'dark'] as const;
/** Queries that follow each other, charts that are drawn, images that come. */
const SETTLE_MS = 400;
const README_WIDTH = 1280;
const README_MARGIN = 16;
/** Shirts taken for T-shirts, the CNN's most frequent error. */
const README_CELL = '?true=6&predicted=0';

async function takePictures(url: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pages = await addressesOf(url);
  const browser = await openBrowser();
  try {
    for (const colorScheme of THEMES) {
      for (const width of WIDTHS) {
        const { page, context } = await browser.open({ colorScheme, width, height: 900 });
        for (const [name, address] of pages) {
          await openSettled(page, new URL(address, url).href);
          const file = path.join(folder, `${name}-${colorScheme}-${width}.png`);
          await page.screenshot({ path: file, fullPage: true });
          process.stdout.write(`${file}\n`);
        }
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
}

async function openSettled(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('h1, .graphiql-container').first().waitFor();
  await settled(page);
  await page.waitForTimeout(SETTLE_MS);
}

async function takeReadmePicture(url: string, file: string): Promise<void> {
  const [best] = (await new GraphQLClient(url).nodes(
    'evaluationResults',
    '{ evaluationResults(first: 1, orderBy: { by: ACCURACY }) { nodes { id } } }',
  )) as { id: string }[];
  if (best === undefined) throw new Error('the service has no result');
  const browser = await openBrowser();
  try {
    const { page } = await browser.open({ width: README_WIDTH, height: 900 });
    await openSettled(page, `${url}/results/${best.id}${README_CELL}`);
    const matrix = await page.getByRole('region', { name: 'Confusion matrix' }).boundingBox();
    if (matrix === null) throw new Error('the result has no matrix');
    const height = Math.round(matrix.y + matrix.height + README_MARGIN);
    await page.screenshot({
      path: file,
      fullPage: true,
      clip: { x: 0, y: 0, width: README_WIDTH, height },
    });
    process.stdout.write(`${file}\n`);
  } finally {
    await browser.close();
  }
}

/** The program itself, on a free port. */
async function withService(use: (url: string) => Promise<void>): Promise<void> {
  const dataPath = await mkdtemp(path.join(tmpdir(), 'assay-screenshots-'));
  const child = spawn(process.execPath, programArguments('serve'), {
    env: { ...process.env, PORT: '0', ASSAY_DATA_PATH: path.join(dataPath, 'state') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let told = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        told += text;
        const [, address] = /GraphQL answers at (http:\/\/[^/\s]+)\/graphql/.exec(told) ?? [];
        if (address !== undefined) resolve(address);
      });
      child.once('close', () => {
        reject(new Error(`the service ended:\n${told}`));
      });
    });
    await fillService(url, process.env.ASSAY_REFERENCE);
    await use(url);
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(dataPath, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, readme: { type: 'string' } },
  });
  const [folder] = positionals;
  if (folder === undefined && values.readme === undefined) {
    throw new Error('Say where to: npm run screenshots -- FOLDER');
  }
  const take = async (url: string) => {
    if (folder !== undefined) await takePictures(url, folder);
    if (values.readme !== undefined) await takeReadmePicture(url, values.readme);
  };
  if (values.url !== undefined) {
    await take(values.url);
    return;
  }
  await buildPage();
  await withService(take);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
});
