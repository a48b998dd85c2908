import type { Whole } from "../../kernel/whole.ts";
import type { PlaceHold } from "../../ledger/rpc.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import type { LedgerAnswer } from "../../operation/ledger-write.ts";
import { writeOne } from "../../operation/ledger-write.ts";
import { type EntryBody, entryCommand } from "../journal/index.ts";
import { type LedgerChoice, ledgerInContext } from "../ledgers/index.ts";
import { placeInGroup } from "./place-in-group.ts";
import type { HoldRequest } from "./schemas.ts";

/** Places a hold. */
export async function placeHold(context: OperationContext, entityId: string, request: HoldRequest): Promise<LedgerAnswer> {
  requirePermission(context, "entries:prepare");
  request satisfies Whole<HoldRequest, keyof LedgerChoice | Exclude<keyof EntryBody, "replaces"> | "groupId" | "expiresAt">;
  const { groupId, expiresAt, ledgerId, currency, ...body } = request;
  const ledger = await ledgerInContext(context, { entityId, ledgerId, currency }, "body");
  const command: PlaceHold = {
    ...entryCommand(body),
    kind: "place_hold",
    ...(groupId === undefined ? {} : { groupId }),
    ...(expiresAt === undefined ? {} : { expiresAtMs: Date.parse(expiresAt) }),
  };
  return groupId === undefined ? writeOne(context, ledger, command) : placeInGroup(context, ledger, { ...command, groupId });
}
