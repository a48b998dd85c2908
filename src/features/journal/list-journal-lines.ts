import type { OperationContext } from "../../operation/context.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import type { LedgerPage } from "./list-entries.ts";
import type { LinesFilter } from "./schemas.ts";

/** A page of a ledger's lines, of all accounts or of one, as the ledger's own text. */
export async function listJournalLines(
  context: OperationContext,
  entityId: string,
  filter: LinesFilter,
  page: LedgerPage,
): Promise<string> {
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filter.ledgerId, currency: filter.currency }, "query");
  const { accountId, startDate, endDate, knownAt } = filter;
  const query = {
    kind: "lines",
    ...(accountId === undefined ? {} : { accountId }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...(knownAt === undefined ? {} : { knownAt }),
    ...page,
  } as const;
  try {
    return await context.ledger(ledger.number).readText(query);
  } catch (error) {
    // To the ledger an account is what the path names; here it is a filter.
    if (accountId === undefined || !(error instanceof Refused) || error.failure.code !== "NOT_FOUND") throw error;
    const message = "The ledger has no account with this accountId.";
    throw refusal("REFERENCE_NOT_FOUND", message, [{ pointer: "accountId", code: "REFERENCE_NOT_FOUND", message }]);
  }
}
