import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { filteredCountMax } from "../kernel/bounds.ts";
import { applied, type FilterRows } from "../kernel/filter-rows.ts";
import type { Page, Position } from "../kernel/page.ts";
import type { SiteDatabase } from "./site-database.ts";

type Listed = SQLiteTable & { readonly siteId: SQLiteColumn; readonly id: SQLiteColumn };

/** The condition of each filter. */
export type FilterConditions<F> = FilterRows<F, undefined, SQL>;

export interface RowList<T extends Listed, S extends string, F extends object> {
  readonly table: T;
  /** What each sort orders by. None of them is ever null: a comparison with null would lose rows. */
  readonly sorts: Readonly<Record<S, SQLiteColumn>>;
  /** Conditions of every row of the list, whatever is asked; one that is undefined narrows nothing. */
  readonly where: readonly (SQL | undefined)[];
  readonly filters: FilterConditions<F>;
  /** What is asked: a filter that is not given is undefined. */
  readonly asked: F;
  readonly page: Page<S>;
}

export interface FoundRows<R> {
  readonly rows: readonly R[];
  readonly totalCount: number;
  readonly totalCountCapped: boolean;
  readonly after: Position | null;
}

/** A page of a site's rows in a stable order: nothing that is there throughout is skipped or comes twice while others are inserted. */
export async function listRows<T extends Listed, S extends string, F extends object>(
  db: SiteDatabase,
  list: RowList<T, S, F>,
): Promise<FoundRows<T["$inferSelect"]>> {
  const { table, page } = list;
  const column = list.sorts[page.sort];
  const all = and(eq(table.siteId, db.siteId), ...list.where, ...applied(list.filters, list.asked, undefined));
  const order = page.direction === "asc" ? asc : desc;
  const chosen = db.orm
    .select()
    // The generic table loses drizzle's own mapping type; the rows are the table's.
    .from(table as SQLiteTable)
    .where(and(all, after(page, column, table.id)))
    .orderBy(order(column), order(table.id))
    .limit(page.limit + 1)
    .offset(page.offset);
  const counted = db.orm.select({ count: sql<number>`count(*)` }).from(
    db.orm
      .select({ one: sql<number>`1`.as("one") })
      .from(table as SQLiteTable)
      .where(all)
      .limit(page.filtered ? filteredCountMax + 1 : -1)
      .as("counted"),
  );
  const [found, counts] = await db.orm.batch([chosen, counted]);
  const rows = found.slice(0, page.limit) as T["$inferSelect"][];
  const count = counts[0]?.count ?? 0;
  const totalCountCapped = page.filtered && count > filteredCountMax;
  return {
    rows,
    totalCount: totalCountCapped ? filteredCountMax : count,
    totalCountCapped,
    after: found.length > page.limit ? mark(rows.at(-1), table, column) : null,
  };
}

function mark(row: unknown, table: SQLiteTable, column: SQLiteColumn): Position {
  // A row of the table, under the table's own property names.
  const values = row as Readonly<Record<string, unknown>>;
  const key = Object.entries(table).find(([, candidate]) => candidate === column)?.[0] ?? "";
  return [values[key] as string | number, values.id as string];
}

function after(page: Page, column: SQLiteColumn, id: SQLiteColumn): SQL | undefined {
  if (page.after === undefined) return undefined;
  const [value, lastId] = page.after;
  return page.direction === "asc" ? sql`(${column}, ${id}) > (${value}, ${lastId})` : sql`(${column}, ${id}) < (${value}, ${lastId})`;
}
