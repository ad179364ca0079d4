/** Checkpoints and datasets in the database that is copied to: the same content is one row, whoever registered it. */
import type { EntityManager } from 'typeorm';
import { conflict } from './conflicts';
import { type CopiedRow, type CopiedTable, copiedTable, insertRow, readRows } from './table-rows';

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
   * Copies the row where the target has none of its identity, and before it what it was made from: a row that is there
   * keeps its parent, as it keeps its name, and one that is new has no descendants, so that no cycle comes of it.
   *
   * @returns the id that it bears there
   * @throws UserError EXPORT_CONFLICT where another row there bears its id
   */
  async idOf(name: NamedTable, sourceId: string): Promise<string> {
    const table = await this.table(name);
    // Not by recursion: a line may be long.
    const line = new Map<string, CopiedRow>();
    let next: string | undefined = sourceId;
    while (next !== undefined && !this.known.has(next) && !line.has(next)) {
      const row = await this.row(table, next);
      line.set(next, row);
      next = row['parent_id']?.toString();
    }
    let there = next === undefined ? undefined : this.known.get(next);
    for (const [id, row] of [...line].reverse()) {
      const named = 'parent_id' in row ? { ...row, parent_id: there ?? null } : row;
      there = await this.place(name, table, id, named);
    }
    if (there === undefined) throw new Error(`the ${name} ${sourceId} was not placed`);
    return there;
  }

  private async row(table: CopiedTable, id: string): Promise<CopiedRow> {
    const [row] = await readRows(this.source, table, 'id = $1', [id]);
    if (!row) throw new Error(`there is no ${table.name} ${id}`);
    return row;
  }

  private async place(
    name: NamedTable,
    table: CopiedTable,
    sourceId: string,
    row: CopiedRow,
  ): Promise<string> {
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
