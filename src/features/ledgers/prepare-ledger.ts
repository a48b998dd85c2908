import { allocateLedgerNumber } from "../../db/ledger-numbers.ts";
import type { SharedRecord } from "../../db/shared-records.ts";
import type { OperationContext } from "../../operation/context.ts";
import { writeOne } from "../../operation/ledger-write.ts";
import { insertLedger, type LedgerRow } from "./store.ts";

export type LedgerWish = Pick<
  LedgerRow,
  "entityId" | "currency" | "scale" | "functional" | "fiscalYearStart" | "name" | "description" | "metadata"
>;

/** A ledger that is about to exist, under what its entity's ledgers share: its row, and the statement that inserts it, for the batch that makes it known. */
export async function prepareLedger(context: OperationContext, wish: LedgerWish, shared: SharedRecord) {
  const row = await newLedger(context, wish);
  await holdRecord(context, row, shared);
  return { row, statement: insertLedger(context.db, row) };
}

/** Has a ledger that nobody can name yet hold the record. Nothing is in it that could be in the way of that. */
export async function holdRecord(context: OperationContext, { number }: Pick<LedgerRow, "number">, shared: SharedRecord): Promise<void> {
  const { revision, content } = shared;
  // Not under the request's key, which is of the entity and not of its ledgers.
  if (revision > 0) await writeOne(context.withClaim(undefined), { number }, { kind: "set_shared_record", revision, content });
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
