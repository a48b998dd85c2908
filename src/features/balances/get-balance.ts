import type { Whole } from "../../kernel/whole.ts";
import type { OperationContext } from "../../operation/context.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import type { PointInBooksQuery } from "./schemas.ts";

/** The JSON text of an account's balance, now or at a point in the books: the ledger's text, passed on as it is. */
export async function getBalance(
  context: OperationContext,
  accountId: string,
  entityId: string | undefined,
  point: PointInBooksQuery,
): Promise<string> {
  point satisfies Whole<PointInBooksQuery, "asOf" | "knownAt">;
  const ledger = await ledgerOfId(context, accountId, entityId);
  return context.ledger(ledger.number).readText({
    kind: "balance",
    accountId,
    ...(point.asOf === undefined ? {} : { asOf: point.asOf }),
    ...(point.knownAt === undefined ? {} : { knownAt: point.knownAt }),
  });
}
