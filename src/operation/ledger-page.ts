/** Pages of lists that a ledger answers: its items are text, and say by one text where the next page starts. */
import type { Page } from "../kernel/page.ts";
import type { PageQuery } from "../ledger/rpc.ts";
import type { OperationContext } from "./context.ts";
import type { ListQuery } from "./page.ts";

/** A page as the ledger wrote its items, with figures that a JavaScript number might not hold. */
export interface LedgerPage {
  /** JSON text of the list of items. */
  readonly items: string;
  readonly totalCount: number;
  readonly totalCountCapped?: true;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** The part of a list's query that decides what the list contains: all but where the page starts, how long it is and how it is ordered. */
export function filtersOf<Q extends ListQuery>(query: Q): Omit<Q, keyof ListQuery> {
  const { limit: _limit, pageSize: _pageSize, cursor: _cursor, offset: _offset, sort: _sort, ...filters } = query;
  return filters;
}

/** The position after which the ledger continues. */
export function afterOf(page: Page): string | undefined {
  return page.after === undefined ? undefined : String(page.after[0]);
}

/** The page as a ledger's query has it. What was created first has the lower sequence. */
export function ledgerOrder(page: Page<"sequence" | "createdAt" | "date">) {
  const after = afterOf(page);
  return {
    order: page.sort === "date" ? "date" : "sequence",
    direction: page.direction,
    limit: page.limit,
    ...(after === undefined ? {} : { after }),
    ...(page.offset === 0 ? {} : { offset: page.offset }),
  } as const;
}

/** A page of a ledger's list. */
export async function readLedgerPage(
  context: OperationContext,
  ledger: { readonly number: number },
  page: Page,
  query: PageQuery,
): Promise<LedgerPage> {
  const { after, ...found } = await context.ledger(ledger.number).readPage(query);
  return { ...found, hasMore: after !== null, nextCursor: after === null ? null : page.cursorAt([after]) };
}
