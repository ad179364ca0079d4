/** The page of a service that asks for tokens. */
import { type GuardedService, startGuarded } from '../../integration/auth/guarded-service';
import { describeWithBrowser, openBrowser, type OpenedBrowser } from '../../support/browser';
import { buildPage } from '../../support/page-build';
import { violations } from './violations';

jest.setTimeout(240_000);

describeWithBrowser('a service that asks for tokens', () => {
  let service: GuardedService;
  let browser: OpenedBrowser;

  beforeAll(async () => {
    await buildPage();
    [service, browser] = await Promise.all([startGuarded('0.0.0.0'), openBrowser()]);
    await service.app.services.datasets.register('sample-shapes');
  });

  afterAll(async () => {
    await browser.close();
    await service.end();
  });

  it('asks for one, says why another is refused, and shows the room with a right one', async () => {
    const { page } = await browser.open();
    await page.goto(`${service.url}/datasets`);
    await page.getByRole('heading', { level: 1, name: 'Token' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Token').fill('assay_0000');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(service.tokens.viewer);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('link', { name: 'sample-shapes' }).click();
    // An <img> can't send the token: the images are fetched.
    const image = page.locator('.images img').first();
    await image.waitFor();
    await page.waitForFunction(
      'document.querySelector(".images img")?.src.startsWith("blob:") && document.querySelector(".images img").naturalWidth > 0',
    );
    expect(await page.locator('body').innerText()).not.toContain(service.tokens.viewer);
  });

  it('whoever may only read is told so in words with the code', async () => {
    const { page } = await browser.open();
    await page.goto(`${service.url}/checkpoints`);
    await page.getByLabel('Token').fill(service.tokens.viewer);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.locator('input[type=file]').setInputFiles({
      name: 'a.onnx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('x'),
    });
    await page.getByRole('alert').getByText('FORBIDDEN').waitFor();
  });
});
