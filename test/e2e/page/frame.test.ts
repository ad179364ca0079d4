/** The frame around the page's rooms, in a real browser on the real service. */
import { describeWithBrowser, openBrowser, type OpenedBrowser } from '../../support/browser';
import { buildPage } from '../../support/page-build';
import { startTestService, type TestService } from '../../support/test-service';

jest.setTimeout(120_000);

describeWithBrowser('the frame', () => {
  let service: TestService;
  let browser: OpenedBrowser;

  beforeAll(async () => {
    await buildPage();
    [service, browser] = await Promise.all([startTestService(), openBrowser()]);
  });

  afterAll(async () => {
    await browser.close();
    await service.end();
  });

  it('leads to each room by links, without a reload and without a complaint', async () => {
    const { page, complaints, strayRequests } = await browser.open();
    await page.goto(service.app.url);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const room of ['Runs', 'Compare', 'Checkpoints', 'Datasets', 'Workers', 'Overview']) {
      await page.getByRole('navigation').getByRole('link', { name: room }).click();
      // Focus goes along, so that the next Tab and a screen reader begin there.
      await page.locator('h1:focus').filter({ hasText: room }).waitFor();
      expect(await page.title()).toBe(`${room} · Assay`);
    }
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Workers' }).waitFor();
    expect(complaints).toEqual([]);
    expect(strayRequests(service.app.url)).toEqual([]);
  });
});
