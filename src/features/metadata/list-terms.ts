import { instant } from "../../kernel/clock.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import type { ListTermsQuery, Term } from "./schemas.ts";
import { listTermRows, type TermRow } from "./store.ts";

/** The site's event types, products or categories. */
export async function listTerms(context: OperationContext, kind: TermRow["kind"], query: ListTermsQuery) {
  requirePermission(context, "read");
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: kind, filters, sorts: ["key", "name", "createdAt"], direction: "asc" });
  const found = await listTermRows(context.db, kind, filters, page);
  return pageAnswer(page, { ...found, data: found.rows.map(termView) });
}

export function termView(row: TermRow): Term {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    description: row.description,
    metadata: row.metadata,
    createdAt: instant(row.createdAt),
  };
}
