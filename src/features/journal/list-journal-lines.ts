import type { OperationContext } from "../../operation/context.ts";
import { type LedgerPage, ledgerFilters, ledgerOrder, readLedgerPage } from "../../operation/ledger-page.ts";
import { filtersOf, readPage } from "../../operation/page.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { newestFirst } from "./list-entries.ts";
import type { LinesQuery } from "./schemas.ts";

/** A page of a ledger's lines, of all accounts or of one. */
export async function listJournalLines(context: OperationContext, entityId: string, query: LinesQuery): Promise<LedgerPage> {
  const filters = filtersOf(query);
  const page = readPage(context, query, { list: "journal-lines", ...newestFirst, filters: { ...filters, entityId } });
  const { entityId: _entityId, ledgerId, currency, ...asked } = filters;
  const ledger = await ledgerInContext(context, { entityId, ledgerId, currency }, "query");
  try {
    return await readLedgerPage(context, ledger, page, { ...ledgerFilters("lines", asked), ...ledgerOrder(page) });
  } catch (error) {
    // To the ledger an account is what the path names; here it is a filter.
    if (asked.accountId === undefined || !(error instanceof Refused) || error.failure.code !== "NOT_FOUND") throw error;
    const message = "The ledger has no account with this accountId.";
    throw refusal("REFERENCE_NOT_FOUND", message, [{ pointer: "accountId", code: "REFERENCE_NOT_FOUND", message }]);
  }
}
