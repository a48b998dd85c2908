import { historyPointsMax } from "../../kernel/bounds.ts";
import { dayOf } from "../../kernel/calendar-date.ts";
import type { Whole } from "../../kernel/whole.ts";
import type { OperationContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { ledgerOfId } from "../ledgers/index.ts";
import { intervalEnds } from "./domain/interval-ends.ts";
import type { BalanceHistoryQuery } from "./schemas.ts";

/** The JSON text of an account's balance at the end of each day, week or month of a range. */
export async function getBalanceHistory(
  context: OperationContext,
  accountId: string,
  entityId: string | undefined,
  query: BalanceHistoryQuery,
): Promise<string> {
  query satisfies Whole<BalanceHistoryQuery, "startDate" | "endDate" | "interval" | "knownAt">;
  const ledger = await ledgerOfId(context, accountId, entityId);
  const startDay = dayOf(query.startDate);
  const endDay = dayOf(query.endDate);
  const days = intervalEnds(startDay, endDay, query.interval, historyPointsMax);
  if (days === undefined) {
    const message = `The range has more than ${historyPointsMax} points; ask for a shorter one or a longer interval.`;
    throw refusal("VALIDATION_ERROR", message, [{ pointer: "endDate", code: "too_big", message }]);
  }
  const points = await context
    .ledger(ledger.number)
    .readText({ kind: "balance_history", accountId, days, ...(query.knownAt === undefined ? {} : { knownAt: query.knownAt }) });
  // The points are the ledger's text, whose figures may exceed an exact JavaScript number.
  return `{"accountId":"${accountId}","currency":"${ledger.currency}","interval":"${query.interval}","startDate":"${query.startDate}","endDate":"${query.endDate}","knownAt":${query.knownAt ?? "null"},"data":${points}}`;
}
