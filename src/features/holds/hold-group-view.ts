import { instant } from "../../kernel/clock.ts";
import type { HoldView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { type GroupState, groupStateOf, isPlacement } from "./domain/hold-group.ts";
import { holdsInLedger, ledgersOf } from "./group-in-ledgers.ts";
import { type GroupWithLedgers, ledgerOfLeg } from "./hold-group-in-request.ts";

export interface HoldGroupView {
  readonly groupId: string;
  readonly state: GroupState;
  readonly decision: "settle" | "release" | null;
  readonly decidedBy: { readonly kind: "person" | "service" | "agent"; readonly id: string } | null;
  readonly decidedAt: string | null;
  readonly reason: string | null;
  readonly holds: readonly {
    readonly holdId: string;
    readonly ledgerId: string;
    readonly entityId: string;
    readonly currency: string;
    readonly status: HoldView["status"];
    readonly entryId: string | null;
  }[];
}

/** A group, with its holds as their ledgers have them: ledger after ledger, each in the order in which they were placed. */
export async function viewHoldGroup(context: OperationContext, found: GroupWithLedgers): Promise<HoldGroupView> {
  const { group } = found;
  const { groupId, decision, decidedBy, decidedAt, reason } = group;
  const ofLedgers = await Promise.all(
    ledgersOf(group).map(async (ledgerNumber) => {
      const { id: ledgerId, entityId, currency } = ledgerOfLeg(found, ledgerNumber);
      const holds = await holdsIn(context, found, ledgerNumber);
      return holds.map(({ holdId, status, entryId }) => ({ holdId, ledgerId, entityId, currency, status, entryId }));
    }),
  );
  return {
    groupId,
    state: groupStateOf(group),
    decision,
    decidedBy: decidedBy && { kind: decidedBy.kind, id: decidedBy.id },
    decidedAt: decidedAt === null ? null : instant(decidedAt),
    reason,
    holds: ofLedgers.flat(),
  };
}

interface HoldOfGroup {
  readonly holdId: string;
  readonly status: HoldView["status"];
  readonly entryId: string | null;
}

/** Where the ledger has gone, or cannot be asked, as the group knows them: what is on its way is still open. */
async function holdsIn(context: OperationContext, { group }: GroupWithLedgers, ledgerNumber: number): Promise<readonly HoldOfGroup[]> {
  try {
    const holds = await holdsInLedger(context, group.groupId, ledgerNumber);
    if (holds !== undefined) return holds.map(({ id, status, entryId }) => ({ holdId: id, status, entryId }));
  } catch (error) {
    if (group.decision === null) throw error;
  }
  return group.legs.flatMap(({ id, ledgerNumber: own, state }): HoldOfGroup[] => {
    if (own !== ledgerNumber || isPlacement(state)) return [];
    return [{ holdId: id, status: state === "resolving" ? "open" : state, entryId: null }];
  });
}
