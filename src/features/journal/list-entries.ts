import type { EntriesQuery } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import type { EntriesFilter } from "./schemas.ts";

/** Where a list of a ledger starts, how it runs and how far. */
export type LedgerPage = Pick<EntriesQuery, "order" | "direction" | "after" | "offset" | "limit">;

/** A page of a ledger's entries, as the ledger's own text. */
export async function listEntries(context: OperationContext, entityId: string, filter: EntriesFilter, page: LedgerPage): Promise<string> {
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filter.ledgerId, currency: filter.currency }, "query");
  return context.ledger(ledger.number).readText({ kind: "entries", ...entriesQuery(filter), ...page });
}

/** The filters of a query that are given, as the ledger takes them. */
export function entriesQuery(filter: EntriesFilter): Omit<EntriesQuery, keyof LedgerPage> {
  const { accountId, status, sourceType, externalId, reference, startDate, endDate, minAmount, maxAmount } = filter;
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(status === undefined ? {} : { status }),
    ...(sourceType === undefined ? {} : { sourceType }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(reference === undefined ? {} : { reference }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...(minAmount === undefined ? {} : { minAmount }),
    ...(maxAmount === undefined ? {} : { maxAmount }),
  };
}
