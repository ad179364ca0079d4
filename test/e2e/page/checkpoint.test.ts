/** One checkpoint on the page: dropped, looked into, renamed, deleted and brought back, in a real browser. */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { listLayers } from '../../../src/checkpoints/formats/list-layers';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import { describeWithBrowser, openBrowser, type OpenedBrowser } from '../../support/browser';
import { writeOnnxModel } from '../../support/layers-models';
import { buildPage } from '../../support/page-build';
import { temporaryFolder } from '../../support/temporary-folder';
import { settled } from '../../support/settled';
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
  let seed = 100;

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

  /** A checkpoint of its own, on images of the samples' size. */
  async function register(name: string): Promise<string> {
    const folder = await temporaryFolder();
    const file = path.join(folder, `${name}.onnx`);
    await writeOnnxModel(file, path.join(folder, 'layers'), { seed: ++seed });
    const { registration } = service.app.services;
    return (await registration.fromPath(file, { name })).checkpoint.id;
  }

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

  it('gets a parent, shows the line with what each reached, and is held against its parent', async () => {
    const datasetId = (await service.app.services.datasets.register('sample-shapes')).id;
    const [grandparent, parent, child] = await Promise.all(
      ['grandparent', 'parent', 'child'].map(register),
    );
    const name =
      'mutation ($input: UpdateCheckpointInput!) { updateCheckpoint(input: $input) { id } }';
    const input = { id: parent, parentId: grandparent };
    await service.client.field('updateCheckpoint', name, { input });
    for (const checkpointId of [parent, child]) {
      const { id: run } = await service.client.runEvaluation({ checkpointId, datasetId });
      expect((await service.client.settled(run)).state).toBe('SUCCEEDED');
    }
    const { page, complaints } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints/${child}`);
    await page.getByRole('button', { name: 'Edit name, tags, notes, parent' }).click();
    const field = page.getByRole('combobox', { name: 'Parent', exact: true });
    await field.locator(`option[value="${parent}"]`).waitFor({ state: 'attached' });
    expect(await field.locator(`option[value="${child}"]`).count()).toBe(0);
    await field.selectOption(String(parent));
    await page.getByRole('button', { name: 'Save' }).click();
    const line = page.getByText('Made from, the nearest first').locator('..').getByRole('listitem');
    await line.nth(1).waitFor();
    const accuracy = /^parent, \d+(\.\d+)?\s?% on sample-shapes \/ test$/;
    expect(await line.nth(0).innerText()).toMatch(accuracy);
    expect(await line.nth(1).innerText()).toBe('grandparent');
    await settled(page);
    expect(await violations(page)).toEqual([]);

    await page.getByRole('link', { name: 'Compare with its parent' }).click();
    await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
    const { baseline, candidate } = Object.fromEntries(new URL(page.url()).searchParams);
    const checkpointOf = (result: string | undefined) =>
      service.client.field(
        'evaluationResult',
        `{ evaluationResult(id: "${result}") { checkpoint { id } } }`,
      );
    expect(await checkpointOf(baseline)).toEqual({ checkpoint: { id: parent } });
    expect(await checkpointOf(candidate)).toEqual({ checkpoint: { id: child } });

    await page.goto(`${service.app.url}/checkpoints/${grandparent}`);
    const children = page.getByText('Made from it, the newest first').locator('..');
    await children.getByRole('link', { name: 'parent' }).click();
    await page.getByRole('heading', { level: 1, name: 'parent', exact: true }).waitFor();
    await children.getByRole('link', { name: 'child' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('refuses a parent that was made from it, says a deleted one is deleted, and lets it go', async () => {
    const [first, second] = await Promise.all(['first', 'second'].map(register));
    const change = (input: Record<string, unknown>) =>
      service.client.field(
        'updateCheckpoint',
        'mutation ($input: UpdateCheckpointInput!) { updateCheckpoint(input: $input) { id } }',
        { input },
      );
    await change({ id: second, parentId: first });
    const { page } = await browser.open();
    await page.goto(`${service.app.url}/checkpoints/${first}`);
    const edit = page.getByRole('button', { name: 'Edit name' });
    const field = page.getByRole('combobox', { name: 'Parent', exact: true });
    await edit.click();
    await field.selectOption(String(second));
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('CHECKPOINT_LINEAGE_CYCLE').waitFor();

    const remove = 'mutation ($id: ID!) { deleteCheckpoint(id: $id) { id } }';
    await service.client.field('deleteCheckpoint', remove, { id: first });
    await page.goto(`${service.app.url}/checkpoints/${second}`);
    const line = page.getByText('Made from, the nearest first').locator('..');
    await line.getByText('first (deleted)').waitFor();
    await edit.click();
    expect(await field.locator('option:checked').innerText()).toMatch(/^first · .+ \(deleted\)$/);
    await field.selectOption('');
    await page.getByRole('button', { name: 'Save' }).click();
    await line.getByText('none').waitFor();
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
      await settled(page);
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
