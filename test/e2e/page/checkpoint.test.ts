/** One checkpoint on the page: dropped, looked into, renamed, deleted and brought back, in a real browser. */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { listLayers } from '../../../src/checkpoints/formats/list-layers';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import { describeWithBrowser, openBrowser, type OpenedBrowser } from '../../support/browser';
import { writeOnnxModel } from '../../support/layers-models';
import { buildPage } from '../../support/page-build';
import { temporaryFolder } from '../../support/temporary-folder';
import { startTestService, type TestService } from '../../support/test-service';
import { violations } from './violations';

jest.setTimeout(240_000);

const CHECKPOINTS = path.resolve(__dirname, '../../../checkpoints');
/** Each row of the table of layers, as it is read. */
const ROWS = `[...document.querySelectorAll('.layers tbody tr')].map((row) =>
  [...row.cells].map((cell) => cell.textContent))`;

describeWithBrowser('a checkpoint on the page', () => {
  let service: TestService;
  let browser: OpenedBrowser;
  let id: string;

  beforeAll(async () => {
    await buildPage();
    [service, browser] = await Promise.all([
      startTestService({ configure: (config) => (config.checkpointRoots = [CHECKPOINTS]) }),
      openBrowser(),
    ]);
    await service.app.services.datasets.register('sample-shapes');
    id = await service.client.register(path.join(CHECKPOINTS, 'sample-cnn'));
  });

  afterAll(async () => {
    await browser.close();
    await service.end();
  });

  it('is uploaded by dragging its file onto the page', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'dropped.onnx');
    await writeOnnxModel(file, path.join(folder, 'layers'), { filters: [3] });
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints`);
    await drag(page, file, '.drop-zone');
    await page.getByRole('heading', { level: 1, name: 'dropped.onnx' }).waitFor();
    const listed = listLayers(await readCheckpoint(file));
    await page.getByRole('region', { name: 'Table of layers' }).waitFor();
    const rows = await page.evaluate<string[][]>(ROWS);
    expect(rows.map(([, kind]) => kind)).toEqual(listed.map(({ kind }) => kind));
    expect(complaints).toEqual([]);
  });

  it('shows its layers with shapes and parameters, and the data that it was trained on', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints/${id}`);
    await page.getByRole('region', { name: 'Table of layers' }).waitFor();
    const listed = listLayers(await readCheckpoint(path.join(CHECKPOINTS, 'sample-cnn')));
    const rows = await page.evaluate<string[][]>(ROWS);
    expect(
      rows.map(([number, kind, , output, , parameters]) => [number, kind, output, parameters]),
    ).toEqual(
      listed.map(({ kind, outputShape, parameterCount }, index) => [
        String(index + 1),
        kind,
        outputShape?.join('×'),
        parameterCount === 0 ? '–' : parameterCount.toLocaleString('en-GB'),
      ]),
    );
    await page.getByText('weights.bin: ').waitFor();
    await page.getByRole('link', { name: 'sample-shapes' }).last().click();
    await page.getByRole('heading', { level: 1, name: 'sample-shapes' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('gets another name, tags and notes, and what the service refuses stays in the form', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints/${id}`);
    await page.getByRole('button', { name: 'Edit name, tags, notes' }).click();
    await page.getByLabel('Name', { exact: true }).fill('renamed');
    await page.getByLabel('Tags').fill('a, !');
    await page.getByLabel('Notes').fill('two\nlines');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('BAD_USER_INPUT').waitFor();
    expect(await page.getByLabel('Notes').inputValue()).toBe('two\nlines');
    await page.getByLabel('Tags').fill('baseline, run:7, baseline');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'renamed' }).waitFor();
    await page.locator('button:focus').filter({ hasText: 'Edit name' }).waitFor();
    await page.getByText('baseline, run:7', { exact: true }).waitFor();
    const stored = await service.client.field(
      'checkpoint',
      `{ checkpoint(id: "${id}") { name tags notes } }`,
    );
    expect(stored).toEqual({ name: 'renamed', tags: ['baseline', 'run:7'], notes: 'two\nlines' });
    expect(complaints).toEqual([]);
  });

  it('is deleted after a second word, and restored', async () => {
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints/${id}`);
    const asked = page.getByRole('button', { name: 'Delete it…' });
    await asked.click();
    // The keyboard stands on what does no harm, and then where it began.
    await page.locator('button:focus').filter({ hasText: 'Keep it' }).press('Enter');
    await page.locator('button:focus').filter({ hasText: 'Delete it…' }).waitFor();
    await asked.click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('deleted: it can not be evaluated any more').waitFor();
    expect(await page.getByRole('link', { name: 'Evaluate it' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Restore it' }).click();
    await page.getByRole('link', { name: 'Evaluate it' }).waitFor();
    await asked.waitFor();
    expect(complaints).toEqual([]);
  });

  it('one that has an alias is not deleted, and the reason is said', async () => {
    await service.app.services.aliases.set('champion', id);
    const { page } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints/${id}`);
    await page.getByRole('button', { name: 'Delete it…' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('alert').getByText('CHECKPOINT_HAS_ALIASES').waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'axe finds nothing while it is edited and deleted, in %s',
    async (colorScheme) => {
      const { page } = await browser.open({ colorScheme });
      await page.goto(`${service.app.url}/checkpoints/${id}`);
      await page.getByRole('button', { name: 'Edit name, tags, notes' }).click();
      await page.getByRole('button', { name: 'Delete it…' }).click();
      await page.waitForLoadState('networkidle');
      expect(await violations(page)).toEqual([]);
    },
  );
});

/** A file from the desktop, by the browser's own events of a drag. */
async function drag(page: Page, file: string, onto: string): Promise<void> {
  const box = await page.locator(onto).boundingBox();
  if (box === null) throw new Error(`${onto} is not in view`);
  const browser = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      data: { items: [], files: [file], dragOperationsMask: 1 },
    });
  }
}
