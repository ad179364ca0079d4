/** Each page by itself: nobody is shut out, nothing is loaded from elsewhere, nothing complains. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describeWithBrowser, openBrowser, type OpenedBrowser } from '../../support/browser';
import { eventually } from '../../support/eventually';
import { fillService } from '../../support/filled-service';
import { settled } from '../../support/settled';
import { addressesOf } from '../../support/page-addresses';
import { buildPage } from '../../support/page-build';
import { startTestService, type TestService } from '../../support/test-service';
import { violations } from './violations';

jest.setTimeout(300_000);

const CHECKPOINTS = path.resolve(__dirname, '../../../checkpoints');

/** A tab of GraphiQL's holds the button that closes it. That is GraphiQL's markup, and its alone. */
const OF_GRAPHIQL = /^nested-interactive: <li [^>]*class="graphiql-tab\b/;

describeWithBrowser('the rooms', () => {
  let service: TestService;
  let browser: OpenedBrowser;
  let checkpointId: string;
  let datasetId: string;

  beforeAll(async () => {
    await buildPage();
    [service, browser] = await Promise.all([
      startTestService({ configure: (config) => (config.checkpointRoots = [CHECKPOINTS]) }),
      openBrowser(),
    ]);
    datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
    checkpointId = await service.client.register(path.join(CHECKPOINTS, 'sample-cnn'));
    await fillService(service.app.url);
  });

  afterAll(async () => {
    await browser.close();
    await service.end();
  });

  it.each(['light', 'dark'] as const)(
    'every page in the %s theme: axe finds nothing, no request leaves, the console is silent',
    async (colorScheme) => {
      const { page, complaints, strayRequests } = await browser.open({ colorScheme });
      const found: Record<string, string[]> = {};
      for (const [name, address] of await addressesOf(service.app.url)) {
        const answer = await page.goto(new URL(address, service.app.url).href);
        const policy = answer?.headers()['content-security-policy'] ?? '';
        expect(policy).toContain("default-src 'none'; script-src 'self';");
        expect(policy.includes('unsafe')).toBe(name === 'explorer');
        await page.locator('h1').first().waitFor();
        await settled(page);
        // Under the page's own policy nothing may be evaluated; the checker goes in by the debugger.
        const broken = await violations(page);
        found[name] = broken.filter((one) => !OF_GRAPHIQL.test(one));
      }
      expect(Object.entries(found).filter(([, broken]) => broken.length > 0)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(strayRequests(service.app.url)).toEqual([]);
    },
  );

  it('no page is wider than a phone', async () => {
    const { page } = await browser.open({ width: 390, height: 800 });
    for (const [name, address] of await addressesOf(service.app.url)) {
      if (name === 'explorer') continue;
      await page.goto(new URL(address, service.app.url).href);
      await settled(page);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect({ name, width }).toEqual({ name, width: expect.any(Number) as number });
      expect({ name, fits: Number(width) <= 390 }).toEqual({ name, fits: true });
    }
  });

  it('an alias is given to a checkpoint, taken away, and its history stays', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints/${checkpointId}`);
    await page.getByLabel('Alias', { exact: true }).fill('candidate');
    await page.getByRole('button', { name: 'Set alias' }).click();
    await page.getByText('candidate', { exact: true }).click();
    await page
      .locator('details[open]')
      .getByText(/to now/)
      .waitFor();
    await page.getByRole('button', { name: 'Remove candidate' }).click();
    await page.getByRole('button', { name: 'Remove candidate' }).waitFor({ state: 'detached' });
    const history = (await service.client.field(
      'checkpointAliasHistory',
      '{ checkpointAliasHistory(alias: "candidate") { checkpoint { id } endedAt } }',
    )) as { checkpoint: { id: string }; endedAt: string | null }[];
    expect(history).toEqual([
      { checkpoint: { id: checkpointId }, endedAt: expect.any(String) as string },
    ]);
    expect(complaints).toEqual([]);
  });

  it('a file that is no checkpoint is refused in words with a code', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'assay-upload-'));
    const file = path.join(folder, 'picture.onnx');
    await writeFile(file, 'not a model');
    const { page } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints`);
    await page.locator('input[type=file]').setInputFiles(file);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.locator('code').innerText()).toMatch(/^[A-Z_]+$/);
    await rm(folder, { recursive: true });
  });

  it('a queued run is cancelled, and it can be started again', async () => {
    const idle = await startTestService({
      worker: false,
      configure: (config) => (config.checkpointRoots = [CHECKPOINTS]),
    });
    await idle.app.services.datasets.register('sample-shapes');
    await idle.client.register(path.join(CHECKPOINTS, 'sample-cnn'));
    const { page, complaints } = await browser.open();
    await page.goto(idle.app.url);
    await page.getByRole('link', { name: 'Run the first evaluation' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('waits for a worker').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('status').getByText('Cancelled').waitFor();
    await page.getByRole('link', { name: 'Run again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Run an evaluation' }).waitFor();
    expect(complaints).toEqual([]);
    await page.goto('about:blank');
    await idle.end();
  });

  it('says when the service is gone, and when it is back shows what is new', async () => {
    const { page, context } = await browser.open();
    await page.goto(`${service.app.url}/runs`);
    await page.getByRole('region', { name: 'Table of runs' }).waitFor();
    await context.setOffline(true);
    await page.getByText('The service does not answer').first().waitFor({ timeout: 30_000 });
    // What was there stays.
    expect(await page.getByRole('region', { name: 'Table of runs' }).isVisible()).toBe(true);
    const { id } = await service.client.runEvaluation({ checkpointId, datasetId });
    await service.client.settled(id);
    await context.setOffline(false);
    await page.locator(`a[href="/runs/${id}"]`).waitFor({ timeout: 30_000 });
    await page.getByText('The service does not answer').first().waitFor({ state: 'detached' });
  });

  it('an example of the explorer runs as it is, and a subscription brings the run', async () => {
    const { page, complaints, strayRequests } = await browser.open();
    await page.goto(`${service.app.url}/explorer?example=matrix`);
    await page.getByText('columns predicted ones').waitFor();
    await runIn(page, 'classNames');
    await page.getByRole('link', { name: 'Follow a run' }).click();
    await page.getByText('The run as it is now').waitFor();
    await runIn(page, 'SUCCEEDED');
    expect(complaints).toEqual([]);
    expect(strayRequests(service.app.url)).toEqual([]);
  });
});

/** Until the editor has its schema the button does nothing. */
async function runIn(page: Page, answer: string): Promise<void> {
  await eventually(
    `${answer} in the answer`,
    async () => {
      await page.locator('.graphiql-execute-button').click();
      const shown = page.locator('.result-window').getByText(answer);
      return shown.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    },
    60_000,
  );
}
