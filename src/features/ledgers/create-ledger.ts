import { allocateLedgerNumber } from "../../db/ledger-numbers.ts";
import { isUniqueViolation } from "../../db/run-batch.ts";
import { scaleOf } from "../../kernel/currency.ts";
import { commitOnce, findKeptAnswer, type KeptAnswer } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { holdPolicy, policyOf } from "./approval-policy.ts";
import { ledgerInContext } from "./ledger-in-context.ts";
import type { CreateLedgerRequest } from "./schemas.ts";
import { findLedgerOfCurrency, insertLedger, type LedgerRow } from "./store.ts";
import { ledgerView } from "./views.ts";

/** Gives an entity books in another currency or asset. */
export async function createLedger(context: OperationContext, entityId: string, request: CreateLedgerRequest): Promise<KeptAnswer> {
  requirePermission(context, "catalogue:write");
  const scale = scaleOf(request.currency, request.scale);
  if (!scale.ok) throw new Refused(scale.failure);
  const { fiscalYearStart, number: functional } = await ledgerInContext(context, { entityId }, "body");
  const taken = refusal("CODE_TAKEN", `The entity has a ledger in ${request.currency}.`, [
    { pointer: "/currency", code: "CODE_TAKEN", message: `The entity has a ledger in ${request.currency}.` },
  ]);
  if (await findLedgerOfCurrency(context.db, entityId, request.currency)) {
    const kept = await findKeptAnswer(context);
    if (kept) return kept;
    throw taken;
  }
  const row = await newLedger(context, {
    entityId,
    currency: request.currency,
    scale: scale.value,
    functional: false,
    fiscalYearStart,
    name: request.name ?? request.currency,
    description: request.description ?? null,
    metadata: request.metadata ?? {},
  });
  const policy = await policyOf(context, functional);
  if (policy !== "none") await holdPolicy(context, row.number, policy);
  try {
    return await commitOnce(context, [insertLedger(context.db, row)], { status: 201, body: JSON.stringify(ledgerView(row)) });
  } catch (error) {
    throw isUniqueViolation(error) ? taken : error;
  }
}

/** A ledger that is about to be inserted: numbered in the directory, so that its object can be opened. A number that comes to nothing stays unused. */
export async function newLedger(
  context: OperationContext,
  ledger: Pick<LedgerRow, "entityId" | "currency" | "scale" | "functional" | "fiscalYearStart" | "name" | "description" | "metadata">,
): Promise<LedgerRow> {
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
