import type { SharedRecord } from "../../db/shared-records.ts";
import type { OperationContext } from "../../operation/context.ts";
import { Refused } from "../../platform/refused.ts";
import { prepareLedger } from "../ledgers/index.ts";
import { openCommand, requestOfChart } from "./domain/account-commands.ts";
import { builtInCharts, type ChartName } from "./domain/charts/built-in.ts";
import { accountsIn } from "./open-accounts.ts";
import { upsertAccountStatements } from "./store.ts";

/** The functional ledger of an entity in the making, and the accounts of its chart: opened in the ledger, and as statements for the batch that makes them exist. */
export async function prepareBooks(
  context: OperationContext,
  books: {
    readonly entityId: string;
    readonly currency: string;
    readonly scale: number;
    readonly fiscalYearStart: string;
    readonly shared: SharedRecord;
    readonly chart?: ChartName | undefined;
  },
) {
  const { chart, shared, ...identity } = books;
  const wish = { ...identity, functional: true, name: identity.currency, description: null, metadata: {} };
  const { row: ledger, statement } = await prepareLedger(context, wish, shared);
  const statements = [statement];
  if (chart === undefined) return { ledgerId: ledger.id, ledgerNumber: ledger.number, statements };
  const outcome = await context.ledger(ledger.number).write(builtInCharts[chart].map(requestOfChart).map(openCommand), {
    mode: "atomic",
    answer: "many",
    actor: context.actor,
    requestId: context.requestId,
  });
  if (outcome.outcome === "refused") throw new Refused(outcome.failure);
  return {
    ledgerId: ledger.id,
    ledgerNumber: ledger.number,
    statements: [...statements, ...upsertAccountStatements(context.db, accountsIn(outcome.body))],
  };
}
