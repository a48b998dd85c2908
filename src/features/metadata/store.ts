import { eq, sql } from "drizzle-orm";
import { type FoundRows, listRows } from "../../db/list-rows.ts";
import type { SiteDatabase } from "../../db/site-database.ts";
import type { Page } from "../../kernel/page.ts";
import { terms } from "./tables.ts";

export type TermRow = typeof terms.$inferSelect;

export function insertTerm(db: SiteDatabase, row: TermRow) {
  return db.orm.insert(terms).values(row);
}

export interface TermFilter {
  readonly key: string | undefined;
  readonly search: string | undefined;
}

export function listTermRows(
  db: SiteDatabase,
  kind: TermRow["kind"],
  filter: TermFilter,
  page: Page<"key" | "name" | "createdAt">,
): Promise<FoundRows<TermRow>> {
  const { key, search } = filter;
  return listRows(db, {
    table: terms,
    sorts: { key: terms.key, name: terms.name, createdAt: terms.createdAt },
    where: [
      eq(terms.kind, kind),
      key === undefined ? undefined : eq(terms.key, key),
      search === undefined
        ? undefined
        : sql`(instr(lower(${terms.name}), lower(${search})) > 0 OR instr(lower(${terms.key}), lower(${search})) > 0)`,
    ],
    page,
  });
}
