import { groupRule, type ReleaseHold, type SettleHold, type WriteOutcome } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { accepted, type LedgerAnswer, writeOne } from "../../operation/ledger-write.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { type LedgerInContext, ledgerOfId } from "../ledgers/index.ts";
import { adoptGroups } from "./adopt-groups.ts";
import { carryOut } from "./carry-out.ts";
import type { NotedResolution } from "./domain/hold-group.ts";
import { resolveNoted } from "./resolve-noted.ts";
import { findGroup, noteHolds, noteResolution } from "./store.ts";

/** Others may ask for the same hold, or decide its group, between looking and noting. */
const attemptsMax = 10;

/**
 * Settles or releases a hold by itself. One of a group is led to its group by the ledger: there it is noted before the ledger is asked again, so that
 * no decision of the group contradicts it.
 */
export async function resolveHold(
  context: OperationContext,
  entityId: string | undefined,
  command: SettleHold | ReleaseHold,
): Promise<LedgerAnswer> {
  const ledger = await ledgerOfId(context, command.holdId, entityId);
  try {
    return await writeOne(context, ledger, command);
  } catch (error) {
    const inGroup = groupIn(error);
    if (inGroup === undefined) throw error;
    return accepted(await resolveInGroup(context, ledger, command, inGroup));
  }
}

interface InGroup {
  readonly groupId: string;
  readonly placedBy: string;
}

/** What the ledger says of a hold that it leads to its group. */
function groupIn(error: unknown): InGroup | undefined {
  const detail = error instanceof Refused ? error.failure.details?.[0] : undefined;
  if (detail?.rule !== groupRule) return undefined;
  // Written by `unknownToGroup`.
  const { groupId, placedBy } = detail as unknown as { readonly groupId: string; readonly placedBy: { readonly id: string } };
  return { groupId, placedBy: placedBy.id };
}

async function resolveInGroup(
  context: OperationContext,
  ledger: LedgerInContext,
  command: SettleHold | ReleaseHold,
  { groupId, placedBy }: InGroup,
): Promise<WriteOutcome> {
  const { actor, requestId, idempotency: claim } = context;
  const key = claim === undefined ? `noted ${context.newId()}` : `${claim.operationId}/noted ${claim.key}`;
  const asked: NotedResolution = { command, actor, requestId, key };
  await adoptGroups(context);
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const group = await findGroup(context.db, groupId);
    const leg = group?.legs.find(({ id }) => id === command.holdId);
    if (group === undefined || leg === undefined) {
      // An interrupted placement, or one of an earlier build while it was replaced.
      await noteHolds(
        context.db,
        groupId,
        [{ holdId: command.holdId, ledgerNumber: ledger.number, placedBy, state: "open" }],
        context.clock(),
      );
      continue;
    }
    if (group.decision !== null) {
      const failed = (await carryOut(context, group)).get(ledger.number);
      if (failed !== undefined) throw new Refused(failed);
    } else if (leg.state === "resolving") {
      const outcome = await resolveNoted(context, leg);
      // Another request under the same key is told by the ledger that it is another.
      if (leg.resolution?.key === key && isSame(leg.resolution, asked)) return outcome;
      continue;
    } else if (leg.state === "open" && placedBy === actor.id) {
      await noteResolution(context.db, groupId, command.holdId, asked, context.clock());
      continue;
    }
    // Resolved, decided, or not the caller's: the ledger says so, or repeats what it answered.
    const noted = { ...command, noted: true } as const;
    return context.ledger(ledger.number).write([noted], { mode: "atomic", answer: "one", actor, requestId, idempotencyKey: key });
  }
  throw refusal("OVERLOADED", "The hold's group is being changed by others.");
}

function isSame({ command }: NotedResolution, other: NotedResolution): boolean {
  return canonicalJson(command) === canonicalJson(other.command);
}
