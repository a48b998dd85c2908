/** Pages of lists that a ledger tells. Its answer (`PageView` in src/ledger/rpc.ts) is text, and says by one text where the next page starts. */

import type { Page } from "../kernel/page.ts";
import type { ReadPage } from "../ledger/client.ts";
import type { ListQuery } from "./page.ts";

/** What of a list's query decides what the list holds: all but where the page starts, how long it is and how it is ordered. */
export function filtersOf<Q extends ListQuery>(query: Q): Omit<Q, keyof ListQuery> {
  const { limit: _limit, pageSize: _pageSize, cursor: _cursor, offset: _offset, sort: _sort, ...filters } = query;
  return filters;
}

/** The position from which the ledger goes on. Only `pageText` and `nextCursor` put it into cursors. */
export function afterOf(page: Page): string | undefined {
  return page.after === undefined ? undefined : String(page.after[0]);
}

/** The page as a ledger's query takes it. What was created first has the lower sequence. */
export function ledgerPage(page: Page<"sequence" | "createdAt" | "date">) {
  const after = afterOf(page);
  return {
    order: page.sort === "date" ? "date" : "sequence",
    direction: page.direction,
    limit: page.limit,
    ...(after === undefined ? {} : { after }),
    ...(page.offset === 0 ? {} : { offset: page.offset }),
  } as const;
}

/** A ledger's page as it is answered, from `readPage`. */
export function answeredPage(page: Page, { items, after, ...counts }: ReadPage): string {
  const rest = { ...counts, hasMore: after !== null, nextCursor: after === null ? null : page.cursorAt([after]) };
  return `{"data":${items},${JSON.stringify(rest).slice(1)}`;
}

/** A ledger's page as it is answered: its items go on as the text they are, with figures that a JavaScript number might not hold. */
export function pageText(page: Page, found: string): string {
  // Every page ends with these fields; inside a string of the items the quotes would be escaped.
  const end = found.lastIndexOf('],"totalCount":');
  const { after, ...counts } = JSON.parse(`{${found.slice(end + 2)}`) as {
    totalCount: number;
    totalCountCapped?: true;
    after: string | null;
  };
  const rest = { ...counts, hasMore: after !== null, nextCursor: after === null ? null : page.cursorAt([after]) };
  return `${found.slice(0, end + 1)},${JSON.stringify(rest).slice(1)}`;
}
