/** A confusion matrix too large for an element a cell: painted, yet each cell is reached by mouse and keys. */
import { madeCounts, storeMadeResult } from '../../../bench/support/made-result';
import { describeWithBrowser, openBrowser, type OpenedBrowser } from '../../support/browser';
import { buildPage } from '../../support/page-build';
import { settled } from '../../support/settled';
import { startTestService, type TestService } from '../../support/test-service';
import { violations } from './violations';

jest.setTimeout(240_000);

const CLASSES = 1_000;
const counts = madeCounts(CLASSES, 42);

/** Colours of the canvas under a cell's centre; the cell is where the focus is. */
const PIXEL = `(() => {
  const canvas = document.querySelector('.matrix-canvas');
  const box = document.querySelector('.matrix-active').getBoundingClientRect();
  const ground = canvas.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2 - ground.x, box.y + box.height / 2 - ground.y];
  return [...canvas.getContext('2d').getImageData(x * devicePixelRatio, y * devicePixelRatio, 1, 1).data];
})()`;

describeWithBrowser('a matrix of 1,000 classes', () => {
  let service: TestService;
  let browser: OpenedBrowser;
  let address: string;

  beforeAll(async () => {
    await buildPage();
    [service, browser] = await Promise.all([startTestService(), openBrowser()]);
    const { manager } = service.app.services.database.dataSource;
    address = `${service.app.url}/results/${await storeMadeResult(manager, counts)}`;
  });

  afterAll(async () => {
    await browser.close();
    await service.end();
  });

  it('keys reach its corners, and what is told and painted is what is stored', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(address);
    const cell = page.getByRole('gridcell');
    await cell.focus();
    expect(await cell.getAttribute('aria-label')).toMatch(
      new RegExp(`^class 0 rightly called class 0: ${counts[0]?.[0] ?? NaN}, `),
    );
    await page.keyboard.press('Control+End');
    expect(await cell.getAttribute('aria-label')).toMatch(
      new RegExp(`^class 999 rightly called class 999: ${counts[999]?.[999] ?? NaN}, `),
    );
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('1000');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/true=998&predicted=999/);
    expect(complaints).toEqual([]);
  });

  it('a cell with many samples is darker than one with few, and an empty one has no colour', async () => {
    const { page } = await browser.open();
    await page.goto(`${address}?size=12`);
    await page.getByRole('gridcell').focus();
    const brightness = async () => {
      const [red = NaN, green = NaN, blue = NaN] = await page.evaluate<number[]>(PIXEL);
      return red + green + blue;
    };
    const found: [count: number, brightness: number][] = [];
    for (let column = 0; column < 25; column++) {
      found.push([counts[0]?.[column] ?? NaN, await brightness()]);
      await page.keyboard.press('ArrowRight');
    }
    const empty = found.filter(([count]) => count === 0);
    expect(empty.length).toBeGreaterThan(5);
    expect(empty.every(([, bright]) => bright === 3 * 255)).toBe(true);
    const filled = found.filter(([count]) => count > 0).sort(([a], [b]) => a - b);
    expect(filled.length).toBeGreaterThan(2);
    for (const [index, [count, bright]] of filled.slice(1).entries()) {
      const [fewer, brighter] = filled[index] ?? [NaN, NaN];
      if (count > fewer) expect(bright).toBeLessThan(brighter);
    }
  });

  it('the mouse reads and opens the cell under it, scrolled as well', async () => {
    const { page } = await browser.open();
    await page.goto(`${address}?size=24`);
    await page.getByRole('gridcell').focus();
    await page.keyboard.press('Control+End');
    const box = await page.locator('.matrix-active').boundingBox();
    if (box === null) throw new Error('the last cell is not in view');
    const last = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(last.x - 24, last.y - 48);
    await page.getByText(/^class 997 taken for class 998: /).waitFor();
    await page.mouse.click(last.x - 24, last.y - 48);
    await page.waitForURL(/true=997&predicted=998/);
  });

  it.each(['light', 'dark'] as const)('axe finds nothing in %s', async (colorScheme) => {
    const { page } = await browser.open({ colorScheme });
    await page.goto(address);
    await page.getByText('Where it comes from').waitFor();
    await settled(page);
    expect(await violations(page)).toEqual([]);
  });
});
