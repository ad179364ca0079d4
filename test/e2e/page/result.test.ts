/** From a cell of the confusion matrix to its images, and from two results to a verdict, in a real browser. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import {
  startWithTwoResults,
  type TwoCheckpoints,
} from '../../integration/analysis/two-checkpoints';
import {
  describeWithBrowserAndReference,
  openBrowser,
  type OpenedBrowser,
} from '../../support/browser';
import { buildPage } from '../../support/page-build';
import { referenceFile } from '../../support/reference';
import { settled } from '../../support/settled';
import { violations } from './violations';

jest.setTimeout(240_000);

const SHIRT = 6;
const T_SHIRT = 0;

/** What stands in each cell of the matrix; in the page's own words, since tests know no DOM. */
const CELLS = `[...document.querySelectorAll('[role=grid] [role=row]')].slice(1).map((row) =>
  [...row.querySelectorAll('[role=gridcell]')].map((cell) => Number(cell.querySelector('text')?.textContent ?? 0)))`;
const IMAGES = `[...document.querySelectorAll('#samples .sample-image')].map((image) => image.getAttribute('src'))`;

describeWithBrowserAndReference('results on the page', () => {
  let service: TwoCheckpoints;
  let browser: OpenedBrowser;
  let counts: number[][];

  beforeAll(async () => {
    const figures = JSON.parse(
      readFileSync(referenceFile('fashion-cnn.t10k-metrics.json'), 'utf8'),
    ) as { confusionMatrix: number[][] };
    counts = figures.confusionMatrix;
    await buildPage();
    [service, browser] = await Promise.all([startWithTwoResults(), openBrowser()]);
  });

  afterAll(async () => {
    await browser.close();
    await service.end();
  });

  const rowSum = (row: number) => counts[row]?.reduce((sum, count) => sum + count, 0) ?? NaN;
  const columnSum = (column: number) =>
    counts.reduce((sum, line) => sum + (line[column] ?? NaN), 0);
  const cell = (page: Page, row: number, column: number) =>
    page.getByRole('grid').locator(`[data-place="${row}-${column}"]`);

  it('the matrix has the counts of scikit-learn, and each cell says what it is', async () => {
    const { page, complaints, strayRequests } = await browser.open();
    await page.goto(`${service.app.url}/results/${service.reference}`);
    await page.getByRole('grid', { name: 'Confusion matrix' }).waitFor();
    const shown = await page.evaluate<number[][]>(CELLS);
    expect(shown).toEqual(counts);
    expect(await cell(page, SHIRT, T_SHIRT).getAttribute('aria-label')).toBe(
      `Shirt taken for T-shirt/top: ${counts[SHIRT]?.[T_SHIRT] ?? NaN}, 20.5% of true Shirt`,
    );
    expect(complaints).toEqual([]);
    expect(strayRequests(service.app.url)).toEqual([]);
  });

  it.each([
    ['true', (row: number) => rowSum(row)],
    ['pred', (_: number, column: number) => columnSum(column)],
    ['all', () => counts.reduce((sum, _, row) => sum + rowSum(row), 0)],
  ] as const)('shares of kind %s are those of the counts', async (kind, sum) => {
    const { page } = await browser.open();
    await page.goto(`${service.app.url}/results/${service.reference}?show=${kind}`);
    await page.getByRole('grid', { name: 'Confusion matrix' }).waitFor();
    const shown = await page.evaluate<number[][]>(CELLS);
    for (const [row, line] of counts.entries()) {
      for (const [column, count] of line.entries()) {
        // Percentages with one digit behind the point.
        const off = (shown[row]?.[column] ?? NaN) - (100 * count) / sum(row, column);
        expect({ row, column, isClose: Math.abs(off) < 0.0501 }).toMatchObject({ isClose: true });
      }
    }
  });

  it('clustered, the classes that are taken for each other stand together, with the same counts', async () => {
    const { page } = await browser.open();
    await page.goto(`${service.app.url}/results/${service.reference}?sort=cluster`);
    await page.getByRole('grid', { name: 'Confusion matrix' }).waitFor();
    const { confusionMatrix } = (await service.client.field(
      'evaluationResult',
      `{ evaluationResult(id: "${service.reference}") { confusionMatrix { classNames } } }`,
    )) as { confusionMatrix: { classNames: string[] } };
    const names = (await page.locator('[role=rowheader] title').allTextContents()).map((name) =>
      confusionMatrix.classNames.indexOf(name),
    );
    expect(names.toSorted((a, b) => a - b)).toEqual(counts.map((_, index) => index));
    const shown = await page.evaluate<number[][]>(CELLS);
    expect(shown).toEqual(names.map((row) => names.map((column) => counts[row]?.[column])));
    expect(Math.abs(names.indexOf(SHIRT) - names.indexOf(T_SHIRT))).toBeLessThanOrEqual(2);
  });

  it('a click on Shirt taken for T-shirt/top shows its images, and the link shows them to others', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/results/${service.reference}`);
    await cell(page, SHIRT, T_SHIRT).click();
    const count = counts[SHIRT]?.[T_SHIRT] ?? NaN;
    await page
      .getByText(`${count} of 10,000 samples: truly Shirt, taken for T-shirt/top`)
      .waitFor();
    await page
      .getByRole('navigation', { name: 'Pages of samples' })
      .getByRole('button', { name: 'Next' })
      .click();
    await page.getByRole('button', { name: 'Previous' }).waitFor();
    const seen = await imagesOf(page);
    expect(seen.length).toBe(12);
    const other = await browser.open();
    await other.page.goto(page.url());
    await other.page.getByText(`${count} of 10,000 samples`).waitFor();
    expect(await imagesOf(other.page)).toEqual(seen);
    expect([...complaints, ...other.complaints]).toEqual([]);
  });

  it('arrows move from cell to cell, and Enter opens one', async () => {
    const { page } = await browser.open();
    await page.goto(`${service.app.url}/results/${service.reference}?show=true&sort=class`);
    await cell(page, 0, 0).focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'Home', 'ArrowRight']) {
      await page.keyboard.press(key);
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/true=2&predicted=1/);
    await page.getByText('truly Pullover, taken for Trouser').waitFor();
  });

  it('two results: verdict, differences, flips; the link keeps the whole view', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/results/${service.own}`);
    await page.getByRole('link', { name: 'Compare with another' }).click();
    await page.getByLabel('Baseline').selectOption(service.reference);
    await page.getByText('▲ Better').waitFor();
    await cell(page, SHIRT, T_SHIRT).click();
    await page.getByRole('heading', { name: 'Shirt taken for T-shirt/top' }).waitFor();
    await page.getByLabel('Which').selectOption('WRONG_TO_RIGHT');
    await page
      .getByRole('navigation', { name: 'Pages of flipped samples' })
      .getByRole('button', { name: 'Next' })
      .click();
    await page.getByText('Page 2').waitFor();
    await settled(page);
    const text = await page.locator('main').innerText();
    const other = await browser.open();
    await other.page.goto(page.url());
    await other.page.getByText('Page 2').waitFor();
    await settled(other.page);
    expect(await other.page.locator('main').innerText()).toBe(text);
    expect([...complaints, ...other.complaints]).toEqual([]);
  });

  it('the weakest slice is the class with the least recall, and it is said to be weaker', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/results/${service.reference}?slices=CLASS`);
    const first = page.getByRole('region', { name: 'Table of slices' }).getByRole('row').nth(1);
    await first.waitFor();
    const right = counts[SHIRT]?.[SHIRT] ?? NaN;
    expect(await first.innerText()).toMatch(
      new RegExp(`^class Shirt.*1,000.*${(right / 10).toFixed(1)}%.*weaker$`, 's'),
    );
    await page.getByText('not run').first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('a chart is saved as SVG, PNG and CSV', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/results/${service.reference}`);
    const save = page.getByRole('group', { name: 'Save Confusion matrix' });
    const saved = async (kind: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        save.getByRole('button', { name: kind }).click(),
      ]);
      return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
    };
    const csv = await saved('CSV');
    expect(csv.name).toBe('confusion-matrix.csv');
    const rows = csv.content.toString('utf8').trim().split('\r\n');
    expect(rows.slice(1).map((row) => row.split(',').slice(1).map(Number))).toEqual(counts);
    const svg = (await saved('SVG')).content.toString('utf8');
    expect(svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain(`>${counts[SHIRT]?.[T_SHIRT] ?? NaN}</text>`);
    expect(svg).not.toContain('var(');
    const png = (await saved('PNG')).content;
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(png.length).toBeGreaterThan(10_000);
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'axe finds nothing on both rooms in %s',
    async (colorScheme) => {
      for (const address of [
        `/results/${service.reference}?true=6&predicted=0`,
        `/compare?baseline=${service.reference}&candidate=${service.own}&true=6&predicted=0`,
        '/compare',
      ]) {
        const { page, context } = await browser.open({ colorScheme });
        await page.goto(service.app.url + address);
        if (address.startsWith('/results')) await page.getByText('Where it comes from').waitFor();
        await settled(page);
        expect(await violations(page)).toEqual([]);
        await context.close();
      }
    },
  );
});

async function imagesOf(page: Page): Promise<string[]> {
  await settled(page);
  return page.evaluate<string[]>(IMAGES);
}
