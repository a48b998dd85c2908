import { findSiteScope } from "../../db/site-rows.ts";
import type { Position } from "../../kernel/page.ts";
import type { BaseContext } from "../../operation/context.ts";
import { filtersOf, type ListQuery, pageAnswer, readPage } from "../../operation/page.ts";
import { sitesAway } from "./find-letter.ts";
import { allLetters, countBySite, listDeadLetterRows } from "./store.ts";
import { bindingNamed, deadLetterView } from "./views.ts";

export interface DeadLetterQuery extends Pick<ListQuery, "limit" | "cursor"> {
  readonly siteId?: string | undefined;
  readonly queue?: string | undefined;
}

/** The messages that nothing took, of all databases, newest first. */
export async function listDeadLetters(context: BaseContext, query: DeadLetterQuery) {
  const filters = filtersOf(query);
  const { siteId, queue } = filters;
  const page = readPage({ env: context.env, site: { id: "" } }, query, {
    list: "dead-letters",
    filters,
    sorts: ["createdAt"],
  });
  const filter = { ...filters, queue: queue === undefined ? undefined : bindingNamed(queue) };
  const site = siteId === undefined ? undefined : await findSiteScope(context.directory, siteId);
  const asked = allLetters(context.env, context.directory).filter(
    ({ database }) => site === undefined || database === null || database === site.database,
  );
  const found = await Promise.all(
    asked.map(async (letters) => {
      const counts = await countBySite(letters, filter);
      const away = await sitesAway(context, letters, counts);
      const total = counts.reduce((sum, { siteId, n }) => (away.includes(siteId) ? sum : sum + n), 0);
      return { rows: await listDeadLetterRows(letters, filter, page, away), total };
    }),
  );
  const merged = found.flatMap(({ rows }) => rows).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  const onPage = merged.slice(0, page.limit);
  const last = onPage.at(-1);
  const after: Position | null = merged.length > page.limit && last !== undefined ? [last.createdAt, last.id] : null;
  const data = onPage.map(deadLetterView);
  return pageAnswer(page, { data, totalCount: found.reduce((sum, { total }) => sum + total, 0), after });
}
