import { and, asc, count, desc, eq, gt, lt, or, type SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Page, Position } from "../kernel/page.ts";
import type { DirectoryDatabase } from "./directory-database.ts";

type Listed = SQLiteTable & { readonly createdAt: SQLiteColumn; readonly id: SQLiteColumn };
interface ListedRow {
  readonly createdAt: number;
  readonly id: string;
}

/** A page of the directory's rows by (createdAt, id), how many there are in all, and where the page ended. */
export async function pageOfDirectory<T extends Listed>(
  directory: DirectoryDatabase,
  table: T,
  where: SQL | undefined,
  page: Page<"createdAt">,
): Promise<{ readonly rows: T["$inferSelect"][]; readonly total: number; readonly after: Position | null }> {
  const [at, id] = page.after ?? [];
  const later = page.direction === "asc" ? gt : lt;
  const beyond =
    at === undefined
      ? undefined
      : or(later(table.createdAt, Number(at)), and(eq(table.createdAt, Number(at)), later(table.id, String(id))));
  const order = page.direction === "asc" ? asc : desc;
  // The generic table loses drizzle's own mapping type; the rows are the table's.
  const found = (await directory.orm
    .select()
    .from(table as SQLiteTable)
    .where(and(where, beyond))
    .orderBy(order(table.createdAt), order(table.id))
    .limit(page.limit + 1)
    .offset(page.offset)) as (T["$inferSelect"] & ListedRow)[];
  const counted = await directory.orm
    .select({ n: count() })
    .from(table as SQLiteTable)
    .where(where)
    .get();
  const rows = found.slice(0, page.limit);
  const last = rows.at(-1);
  return { rows, total: counted?.n ?? 0, after: found.length > page.limit && last !== undefined ? [last.createdAt, last.id] : null };
}
