import { eq, sql } from "drizzle-orm";
import { type FilterConditions, type FoundRows, listRows } from "../../db/list-rows.ts";
import type { SiteDatabase } from "../../db/site-database.ts";
import type { Page } from "../../kernel/page.ts";
import type { TermsFilter } from "./schemas.ts";
import { terms } from "./tables.ts";

export type TermRow = typeof terms.$inferSelect;

export function insertTerm(db: SiteDatabase, row: TermRow) {
  return db.orm.insert(terms).values(row);
}

const termFilters: FilterConditions<TermsFilter> = {
  key: (key) => eq(terms.key, key),
  search: (text) => sql`(instr(lower(${terms.name}), lower(${text})) > 0 OR instr(lower(${terms.key}), lower(${text})) > 0)`,
};

export function listTermRows(
  db: SiteDatabase,
  kind: TermRow["kind"],
  filter: TermsFilter,
  page: Page<"key" | "name" | "createdAt">,
): Promise<FoundRows<TermRow>> {
  return listRows(db, {
    table: terms,
    sorts: { key: terms.key, name: terms.name, createdAt: terms.createdAt },
    where: [eq(terms.kind, kind)],
    filters: termFilters,
    asked: filter,
    page,
  });
}
