import { isUniqueViolation } from "../../db/run-batch.ts";
import { isSharedRecordMoved, requireSharedRevision } from "../../db/shared-records.ts";
import { isBrokenByReset } from "../../db/site-resets.ts";
import { isEntityLeaving } from "../../db/standing-entity.ts";
import { scaleOf } from "../../kernel/currency.ts";
import { commitOnce, findStoredAnswer, type Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { brokenByReset, refusedByRemoval } from "../../operation/entity.ts";
import { whileSharedMoves } from "../../operation/shared-record.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { ledgerInContext } from "./ledger-in-context.ts";
import { holdRecord, prepareLedger } from "./prepare-ledger.ts";
import type { CreateLedgerRequest, Ledger } from "./schemas.ts";
import { sharedRecordOf } from "./shared-record.ts";
import { findLedgerOfCurrency } from "./store.ts";
import { ledgerView } from "./views.ts";

/** Gives an entity books in another currency or asset. */
export async function createLedger(context: OperationContext, entityId: string, request: CreateLedgerRequest): Promise<Once<Ledger>> {
  requirePermission(context, "catalogue:write");
  const scale = scaleOf(request.currency, request.scale);
  if (!scale.ok) throw new Refused(scale.failure);
  const { fiscalYearStart } = await ledgerInContext(context, { entityId }, "body");
  const taken = refusal("CODE_TAKEN", `The entity has a ledger in ${request.currency}.`, [
    { pointer: "/currency", code: "CODE_TAKEN", message: `The entity has a ledger in ${request.currency}.` },
  ]);
  if (await findLedgerOfCurrency(context.db, entityId, request.currency)) {
    const earlier = await findStoredAnswer(context);
    if (earlier) return earlier;
    throw taken;
  }
  const identity = {
    entityId,
    currency: request.currency,
    scale: scale.value,
    functional: false,
    fiscalYearStart,
    name: request.name ?? request.currency,
    description: request.description ?? null,
    metadata: request.metadata ?? {},
  };
  let shared = await sharedRecordOf(context, entityId);
  const { row, statement } = await prepareLedger(context, identity, shared);
  return whileSharedMoves(async () => {
    try {
      // Listed where it holds what the others are told from then on: whoever wishes something else later finds it listed.
      return await commitOnce(context, [requireSharedRevision(context.db, shared), statement], ledgerView(row));
    } catch (error) {
      if (isEntityLeaving(error)) throw await refusedByRemoval(context, entityId, "body");
      if (isBrokenByReset(error)) throw brokenByReset();
      if (!isSharedRecordMoved(error)) throw isUniqueViolation(error) ? taken : error;
      shared = await sharedRecordOf(context, entityId);
      await holdRecord(context, row, shared);
      return "moved";
    }
  });
}
