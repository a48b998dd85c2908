import type { HoldsQuery } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import type { HoldsFilter } from "./schemas.ts";

type HoldsPage = Pick<HoldsQuery, "order" | "direction" | "after" | "offset" | "limit">;

/** A page of a ledger's holds, as the ledger's own text. */
export async function listHolds(context: OperationContext, entityId: string, filter: HoldsFilter, page: HoldsPage): Promise<string> {
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filter.ledgerId, currency: filter.currency }, "query");
  const { accountId, status, groupId, externalId, startDate, endDate } = filter;
  return context.ledger(ledger.number).readText({
    kind: "holds",
    ...(accountId === undefined ? {} : { accountId }),
    ...(status === undefined ? {} : { status }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
    ...page,
  });
}
