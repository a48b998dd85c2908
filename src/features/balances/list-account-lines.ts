import type { Query } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import type { AccountLinesFilter } from "./schemas.ts";

type LinesPage = Pick<Extract<Query, { kind: "lines" }>, "order" | "direction" | "after" | "offset" | "limit">;

/** A page of one account's lines, in date order with the running balance or in commit order, as the ledger's own text. */
export async function listAccountLines(
  context: OperationContext,
  accountId: string,
  entityId: string | undefined,
  filter: AccountLinesFilter,
  page: LinesPage,
): Promise<string> {
  const ledger = await ledgerOfId(context, accountId, entityId);
  const { startDate, endDate, knownAt } = filter;
  return context.ledger(ledger.number).readText({
    kind: "lines",
    accountId,
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...(knownAt === undefined ? {} : { knownAt }),
    ...page,
  });
}
