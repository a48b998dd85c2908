import { ledgerKey } from "../../http/answers.ts";
import type { PlaceHold, WriteOutcome } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../platform/context.ts";
import { refusal } from "../../platform/refused.ts";
import { entryCommand } from "../journal/index.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import type { HoldRequest } from "./schemas.ts";

/** Places a hold. An end that has passed already is refused: it would be over before it was answered. */
export async function placeHold(context: OperationContext, entityId: string, request: HoldRequest): Promise<WriteOutcome> {
  requirePermission(context, "entries:prepare");
  const { groupId, expiresAt, ledgerId, currency, ...body } = request;
  const expiresAtMs = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  if (expiresAtMs !== undefined && expiresAtMs <= context.clock()) {
    const message = "The hold would end before it begins.";
    throw refusal("VALIDATION_ERROR", message, [{ pointer: "/expiresAt", code: "invalid", message }]);
  }
  const ledger = await ledgerInContext(context, { entityId, ledgerId, currency }, "body");
  const command: PlaceHold = {
    ...entryCommand(body),
    kind: "place_hold",
    ...(groupId === undefined ? {} : { groupId }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
  return context.ledger(ledger.number).write([command], {
    mode: "atomic",
    answer: "one",
    actor: context.actor,
    requestId: context.requestId,
    ...ledgerKey(context.idempotency),
  });
}
