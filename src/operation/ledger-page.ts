/** Pages of lists that a ledger answers: its items are text, and say by one text where the next page starts. */
import type { Page } from "../kernel/page.ts";
import type { Whole } from "../kernel/whole.ts";
import type { ListFilters, PageQuery } from "../ledger/rpc.ts";
import type { OperationContext } from "./context.ts";

/** A page as the ledger wrote its items, with figures that a JavaScript number might not hold. */
export interface LedgerPage {
  /** JSON text of the list of items. */
  readonly items: string;
  readonly totalCount: number;
  readonly totalCountCapped?: true;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** Filters as a query of the API has them: one that is not given is undefined. */
type Given<F> = { readonly [N in keyof F]?: F[N] | undefined };

/** A ledger's query of a list with the filters that are given. One that the list of the ledger does not have, in `ListFilters`, does not compile. */
export function ledgerFilters<K extends keyof ListFilters, F extends Given<ListFilters[K]>>(
  kind: K,
  filters: F & Whole<F, keyof F & keyof ListFilters[K]>,
): { readonly kind: K } & ListFilters[K] {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  // Entries lose the names and types that `F` has been checked for.
  return { kind, ...(Object.fromEntries(given) as unknown as ListFilters[K]) };
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
