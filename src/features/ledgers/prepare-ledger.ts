import { allocateLedgerNumber } from "../../db/ledger-numbers.ts";
import type { ApprovalPolicy } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { applyPolicy } from "./approval-policy.ts";
import { insertLedger, type LedgerRow } from "./store.ts";

export type LedgerWish = Pick<
  LedgerRow,
  "entityId" | "currency" | "scale" | "functional" | "fiscalYearStart" | "name" | "description" | "metadata"
>;

/** A ledger that is about to exist, under its policy: its row, and the statement that inserts it, for the batch that makes it known. */
export async function prepareLedger(context: OperationContext, wish: LedgerWish, policy: ApprovalPolicy) {
  const row = await newLedger(context, wish);
  if (policy !== "none") await applyPolicy(context, row.number, policy);
  return { row, statement: insertLedger(context.db, row) };
}

/** A ledger's row, numbered in the directory, so that its object can be opened. A number that comes to nothing stays unused. */
async function newLedger(context: OperationContext, ledger: LedgerWish): Promise<LedgerRow> {
  const id = context.newId();
  const now = context.clock();
  const { entityId, currency, scale } = ledger;
  const number = await allocateLedgerNumber(context.directory, {
    ledgerId: id,
    siteId: context.site.id,
    entityId,
    currency,
    scale,
    createdAt: now,
  });
  return { siteId: context.site.id, id, number, ...ledger, revision: 1, createdAt: now, updatedAt: now };
}
