/** The whole way of somebody who opens the page for the first time, on the real images, in a real browser. */
import path from 'node:path';
import {
  describeWithBrowserAndReference,
  openBrowser,
  type OpenedBrowser,
} from '../../support/browser';
import { buildPage } from '../../support/page-build';
import { mirrorFolder, referenceFolder } from '../../support/reference';
import { settled } from '../../support/settled';
import { startTestService, type TestService } from '../../support/test-service';

jest.setTimeout(300_000);

const CHECKPOINTS = path.resolve(__dirname, '../../../checkpoints');
const SHIRT = 6;
const T_SHIRT = 0;
const LONG = { timeout: 90_000 };

describeWithBrowserAndReference('a newcomer', () => {
  let service: TestService;
  let browser: OpenedBrowser;

  beforeAll(async () => {
    await buildPage();
    [service, browser] = await Promise.all([
      startTestService({
        dataMirror: mirrorFolder,
        configure: (config) => (config.checkpointRoots = [CHECKPOINTS]),
      }),
      openBrowser(),
    ]);
    await service.app.services.datasets.register('fashion-mnist');
  });

  afterAll(async () => {
    await browser.close();
    await service.end();
  });

  it('uploads, runs, watches, opens the result, looks into a cell, compares and shares the link', async () => {
    const { page, complaints, strayRequests } = await browser.open();
    await page.goto(service.app.url);
    await page.getByRole('link', { name: 'Upload a checkpoint' }).click();
    await page
      .locator('input[type=file]')
      .setInputFiles(path.join(referenceFolder ?? '', 'fashion-cnn.onnx'));
    await page.getByRole('heading', { level: 1, name: 'fashion-cnn' }).waitFor(LONG);

    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'Run the first evaluation' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('progressbar', { name: 'Samples done' }).waitFor();
    await page.getByText('10,000 of 10,000 samples').waitFor(LONG);
    await page.getByRole('link', { name: 'Open the result' }).click(LONG);

    const cell = `[data-place="${SHIRT}-${T_SHIRT}"]`;
    await page.getByRole('grid', { name: 'Confusion matrix' }).locator(cell).click(LONG);
    await page.getByText('truly Shirt, taken for T-shirt/top').waitFor();
    await page.locator('.sample-image').first().waitFor();

    const own = await service.client.register(path.join(CHECKPOINTS, 'fashion-cnn'));
    await page.goto(`${service.app.url}/checkpoints/${own}`);
    await page.getByRole('link', { name: 'Evaluate it' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('link', { name: 'Open the result' }).click(LONG);

    await page.goto(service.app.url);
    await page.getByRole('region', { name: 'Table of leaderboard' }).waitFor();
    await page.getByRole('link', { name: /^Compare .+ with the first/ }).click();
    await page.getByText('▼ Worse').waitFor(LONG);
    await settled(page);
    const verdict = await page.locator('main').innerText();
    const other = await browser.open();
    await other.page.goto(page.url());
    await other.page.getByText('▼ Worse').waitFor(LONG);
    await settled(other.page);
    expect(await other.page.locator('main').innerText()).toBe(verdict);
    expect([...complaints, ...other.complaints]).toEqual([]);
    expect(strayRequests(service.app.url)).toEqual([]);
  });
});
