/** Checkpoints and datasets in the database that is copied to: the same content is one row, whoever registered it. */
import type { EntityManager } from 'typeorm';
import { conflict } from './conflicts';
import { type CopiedTable, copiedTable, insertRow, readRows } from './table-rows';

/** What makes a row the same thing as another: its unique key. */
const IDENTITY = {
  checkpoint: ['digest', 'preprocessing_digest'],
  dataset: ['name', 'digest'],
} as const;

export type NamedTable = keyof typeof IDENTITY;

/** Ids that are remembered at a time. */
const REMEMBERED = 10_000;

export class NamedRows {
  readonly copied: Record<NamedTable, number> = { checkpoint: 0, dataset: 0 };
  private readonly known = new Map<string, string>();
  private readonly tables = new Map<NamedTable, CopiedTable>();

  constructor(
    private readonly source: EntityManager,
    private readonly target: EntityManager,
  ) {}

  /**
   * Copies the row where the target has none of its identity.
   *
   * @returns the id that it bears there
   * @throws UserError EXPORT_CONFLICT where another row there bears its id
   */
  async idOf(name: NamedTable, sourceId: string): Promise<string> {
    const remembered = this.known.get(sourceId);
    if (remembered !== undefined) return remembered;
    const table = await this.table(name);
    const [row] = await readRows(this.source, table, 'id = $1', [sourceId]);
    if (!row) throw new Error(`there is no ${name} ${sourceId}`);
    if (await insertRow(this.target, table, row)) this.copied[name] += 1;
    const keys = IDENTITY[name];
    const [found] = await this.target.query<{ id: string }[]>(
      `SELECT id FROM ${name} WHERE ${keys.map((key, index) => `${key} = $${index + 1}`).join(' AND ')}`,
      keys.map((key) => row[key]),
    );
    if (!found) throw conflict(`the ${name} ${sourceId} is another one there`);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(sourceId, found.id);
    return found.id;
  }

  private async table(name: NamedTable): Promise<CopiedTable> {
    const table = this.tables.get(name) ?? (await copiedTable(this.source, name));
    this.tables.set(name, table);
    return table;
  }
}
