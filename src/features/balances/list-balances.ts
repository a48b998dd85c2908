import type { Page } from "../../kernel/page.ts";
import type { OperationContext } from "../../operation/context.ts";
import { afterOf } from "../../operation/ledger-page.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import type { BalancesFilter } from "./schemas.ts";

/** A page of the balances of one ledger's accounts, in the order of their codes, as the ledger's own text. */
export async function listBalances(
  context: OperationContext,
  entityId: string,
  filter: BalancesFilter,
  page: Page<"code">,
): Promise<string> {
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filter.ledgerId, currency: filter.currency }, "query");
  const after = afterOf(page);
  const { accountIds, type, asOf, knownAt } = filter;
  return context.ledger(ledger.number).readText({
    kind: "balances",
    direction: page.direction,
    limit: page.limit,
    offset: page.offset,
    ...(after === undefined ? {} : { afterCode: after }),
    ...(accountIds === undefined ? {} : { accountIds }),
    ...(type === undefined ? {} : { types: type }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(knownAt === undefined ? {} : { knownAt }),
  });
}
