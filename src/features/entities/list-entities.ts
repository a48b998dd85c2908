import { type EntityFilter, listEntityRows } from "../../db/entities.ts";
import type { Whole } from "../../kernel/whole.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { filtersOf, pageAnswer, readPage } from "../../operation/page.ts";
import type { ListCompaniesQuery, ListEntitiesQuery } from "./schemas.ts";
import { entityView } from "./views.ts";

/** The site's entities; of a restricted key's only. */
export async function listEntities(context: OperationContext, query: ListEntitiesQuery) {
  requirePermission(context, "read");
  const filters = filtersOf(query);
  filters satisfies Whole<typeof filters, keyof EntityFilter>;
  const page = readPage(context, query, { list: "entities", filters, sorts: ["createdAt", "name"], direction: "asc" });
  const found = await listEntityRows(context.db, filters, context.entityIds, page);
  return pageAnswer(page, { ...found, data: found.rows.map((row) => entityView(row)) });
}

/** The entities of kind company, which partners call companies and organizations. */
export function listCompanies(context: OperationContext, query: ListCompaniesQuery) {
  return listEntities(context, { ...query, kind: "company" });
}
