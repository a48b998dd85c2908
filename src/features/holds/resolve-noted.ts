import { present } from "../../kernel/assert.ts";
import { failureKinds } from "../../kernel/failures.ts";
import type { WriteOutcome } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { type Group, type LegRow, noteResolved } from "./store.ts";

/** Has a ledger do what the placer of a hold has asked for, as they asked, and notes what became of it. */
export async function resolveNoted(context: OperationContext, leg: LegRow): Promise<WriteOutcome> {
  const { command, actor, requestId, key } = present(leg.resolution, "what is asked of a hold is stored");
  const outcome = await context
    .ledger(leg.ledgerNumber)
    .write([{ ...command, noted: true }], { mode: "atomic", answer: "one", actor, requestId, idempotencyKey: key });
  const state = stateAfter(command.kind, outcome);
  if (state !== undefined) await noteResolved(context.db, leg, state);
  return outcome;
}

/** What a hold is after its ledger's answer; undefined where the ledger could not say. */
function stateAfter(kind: "settle_hold" | "release_hold", outcome: WriteOutcome): "open" | "settled" | "released" | undefined {
  if (outcome.outcome !== "refused") return kind === "settle_hold" ? "settled" : "released";
  if (failureKinds[outcome.failure.code].status >= 500) return undefined;
  // The ledger has gone with its entity, which no open hold was left in: the request had come there, and its answer was lost.
  if (outcome.failure.code === "LEDGER_RETIRED") return "released";
  const status = outcome.failure.code === "HOLD_STATE" ? outcome.failure.details?.[0]?.status : undefined;
  return status === "settled" || status === "released" ? status : "open";
}

/** Brings to its end what placers have asked for by themselves. Whether any of it could not be, because a ledger does not answer, is thrown. */
export async function resolveAllNoted(context: OperationContext, { legs }: Group): Promise<void> {
  for (const leg of legs) if (leg.state === "resolving") await resolveNoted(context, leg);
}
