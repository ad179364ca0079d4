/** What a person does on the page beside reading: retry, robustness, comparing many, all by keys, through an outage. */
import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type App, startApp } from '../../../src/app';
import { describeWithBrowser, openBrowser, type OpenedBrowser } from '../../support/browser';
import { buildPage } from '../../support/page-build';
import { writeLayersModel } from '../../support/layers-models';
import { settled } from '../../support/settled';
import { startTestService, type TestService } from '../../support/test-service';
import { violations } from './violations';

jest.setTimeout(300_000);

const SAMPLE_CNN = path.resolve(__dirname, '../../../checkpoints/sample-cnn');
const LONG = { timeout: 120_000 };
/** Six corruptions at five strengths. */
const CORRUPTED = 30;

describeWithBrowser('actions on the page', () => {
  let service: TestService;
  let browser: OpenedBrowser;
  let datasetId: string;
  let restarted: App | undefined;
  /** Of the same weights, prepared in three ways; the first is the right one. */
  const checkpoints: string[] = [];
  const results: string[] = [];

  beforeAll(async () => {
    await buildPage();
    [service, browser] = await Promise.all([startTestService(), openBrowser()]);
    const { datasets, registration } = service.app.services;
    datasetId = (await datasets.register('sample-shapes')).id;
    for (const [name, mean] of [
      ['right', 0],
      ['darker', 0.1],
      ['dark', 0.6],
    ] as const) {
      const details = { name, ...(mean > 0 && { preprocessing: { mean: [mean] } }) };
      const { checkpoint } = await registration.fromPath(SAMPLE_CNN, details);
      const { id } = await service.client.runEvaluation({ checkpointId: checkpoint.id, datasetId });
      expect((await service.client.settled(id)).state).toBe('SUCCEEDED');
      checkpoints.push(checkpoint.id);
      results.push(id);
    }
  });

  afterAll(async () => {
    await browser.close();
    await restarted?.stop();
    await service.end();
  });

  it('a failed run says why, and succeeds when it is retried after the cause is gone', async () => {
    // Of one that no shard has needed yet: a worker keeps the last in memory.
    const fresh = await writeLayersModel(path.join(service.root, 'fresh'));
    const checkpointId = await service.client.register(fresh);
    const { digest } = await service.app.services.checkpoints.get(checkpointId);
    const folder = path.join(service.store, digest);
    await rename(folder, `${folder}.away`);
    const run = await service.client.runEvaluation({ checkpointId, datasetId });
    expect((await service.client.settled(run.id)).state).toBe('FAILED');
    await rename(`${folder}.away`, folder);
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/runs/${run.id}`);
    await page.getByRole('alert').getByText('CHECKPOINT_MISSING').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('status').getByText('Succeeded').waitFor(LONG);
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.getByRole('link', { name: 'Open the result' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('robustness is evaluated at a click, and each cell leads to its result', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/results/${results[0] ?? ''}`);
    const button = page.getByRole('button', { name: 'Evaluate on corrupted images' });
    await button.click();
    await page.getByRole('button', { name: 'Running…' }).waitFor();
    const cells = page
      .getByRole('region', { name: 'Accuracy by corruption' })
      .locator('a[href^="/results/"]');
    await cells.nth(CORRUPTED - 1).waitFor(LONG);
    await button.waitFor({ state: 'detached' });
    await cells.first().click();
    await page.getByText(/Split test~noise-1-s42/).waitFor();
    expect(complaints).toEqual([]);
  });

  it('many results are held against one baseline, and the link keeps them', async () => {
    const [right = '', darker = '', dark = ''] = results;
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/compare?baseline=${right}&candidate=${darker}`);
    await page.getByLabel('One more candidate').selectOption(dark);
    const table = page.getByRole('region', { name: 'Table of candidates' });
    await table.getByRole('row').filter({ hasText: 'dark' }).first().waitFor();
    const told = (await service.client.field(
      'compareManyResults',
      `{ compareManyResults(baselineId: "${right}", candidateIds: ["${darker}", "${dark}"]) {
        rows { delta verdict result { id } } } }`,
    )) as { rows: { delta: number; verdict: string | null; result: { id: string } }[] };
    const words = {
      BETTER: '▲ Better',
      WORSE: '▼ Worse',
      NOT_DISTINGUISHABLE: '= Not distinguishable',
    };
    for (const { delta, verdict, result } of told.rows) {
      const row = table
        .getByRole('row')
        .filter({ has: page.locator(`a[href="/results/${result.id}"]`) });
      const text = await row.innerText();
      if (verdict === null) expect(text).toContain('baseline');
      else {
        expect(text).toContain(words[verdict as keyof typeof words]);
        expect(text).toContain(Math.abs(100 * delta).toFixed(2));
      }
    }
    expect(told.rows.map(({ verdict }) => verdict)).toContain('WORSE');
    await page.getByRole('button', { name: 'Look closer at dark', exact: true }).click();
    await page.getByRole('region', { name: 'Verdict' }).getByText('▼ Worse').waitFor();
    await settled(page);
    const shown = await page.locator('main').innerText();
    const other = await browser.open({ colorScheme: 'dark' });
    await other.page.goto(page.url());
    await other.page.getByRole('region', { name: 'Verdict' }).getByText('▼ Worse').waitFor();
    await settled(other.page);
    expect(await other.page.locator('main').innerText()).toBe(shown);
    expect([...(await violations(page)), ...(await violations(other.page))]).toEqual([]);
    await page.getByRole('button', { name: 'Take out darker' }).click();
    await table.waitFor({ state: 'detached' });
    expect([...complaints, ...other.complaints]).toEqual([]);
  });

  it('keys alone lead from the first page to the images of a cell', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(service.app.url);
    await page.getByRole('region', { name: 'Table of leaderboard' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('To the content');
    await page.keyboard.press('Enter');
    await tabTo(page, 'right');
    await page.keyboard.press('Enter');
    await page.getByRole('grid', { name: 'Confusion matrix' }).waitFor();
    await page.locator('h1:focus').waitFor();
    await tabTo(page, / rightly called /);
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toMatch(/ taken for /);
    await page.keyboard.press('Enter');
    await page.waitForURL(/true=0&predicted=1/);
    await page.getByText(/truly .+, taken for /).waitFor();
    expect(complaints).toEqual([]);
  });

  it('while the service is down what was read stays, and a run is followed on when it is back', async () => {
    const port = Number(new URL(service.app.url).port);
    const { page } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints/${checkpoints[0] ?? ''}`);
    await page.getByRole('region', { name: 'Table of layers' }).waitFor();
    const { page: another } = await browser.open();
    await another.goto(`${service.app.url}/runs`);
    await another.getByRole('region', { name: 'Table of runs' }).waitFor();
    await service.app.stop();
    await another.getByText('The service does not answer').first().waitFor(LONG);
    expect(await another.getByRole('region', { name: 'Table of runs' }).isVisible()).toBe(true);
    // A mutation meanwhile fails in words.
    await page.getByLabel('Alias', { exact: true }).fill('candidate');
    await page.getByRole('button', { name: 'Set alias' }).click();
    await page.getByRole('alert').getByText('NO_ANSWER').waitFor();
    service.loaded.config.server.port = port;
    restarted = await startApp(service.loaded);
    await another
      .getByText('The service does not answer')
      .first()
      .waitFor({ state: 'detached', ...LONG });
    const [checkpointId = ''] = checkpoints;
    const { id } = await service.client.runEvaluation({ checkpointId, datasetId });
    await another.locator(`a[href="/results/${id}"]`).waitFor(LONG);
    await page.getByRole('button', { name: 'Set alias' }).click();
    await page.locator('summary').getByText('candidate', { exact: true }).waitFor(LONG);
  });
});

const focused = (page: Page) =>
  page.evaluate<string>(
    `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
  );

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    seen.push(now);
  }
  throw new Error(`no Tab leads to ${String(name)}, only to ${seen.join(', ')}`);
}
