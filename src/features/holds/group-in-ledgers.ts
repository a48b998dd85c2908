/** What the ledgers of a group have of it. */
import { pageLimitMax } from "../../kernel/bounds.ts";
import type { HoldView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { Refused } from "../../platform/refused.ts";
import { type Group, type KnownHold, noteGone, noteHolds } from "./store.ts";

/** The ledgers that a group is in, or may be. */
export function ledgersOf({ legs }: Pick<Group, "legs">): readonly number[] {
  return [...new Set(legs.map(({ ledgerNumber }) => ledgerNumber))];
}

/** The group's holds in a ledger, in the order in which they were placed; undefined where the ledger has gone with its entity, and shows nothing. */
export function holdsInLedger(context: OperationContext, groupId: string, ledgerNumber: number): Promise<readonly HoldView[] | undefined> {
  return unlessGone(holdsFound(context, groupId, ledgerNumber));
}

/** What a ledger answers; undefined where it has gone with its entity. For queries that name nothing else that could be unknown. */
export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Refused && error.failure.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

async function holdsFound(context: OperationContext, groupId: string, ledgerNumber: number): Promise<readonly HoldView[]> {
  const holds: HoldView[] = [];
  for (let after: string | undefined; ; ) {
    const page = await context.ledger(ledgerNumber).readPage({
      kind: "holds",
      groupId,
      order: "sequence",
      direction: "asc",
      limit: pageLimitMax,
      ...(after === undefined ? {} : { after }),
    });
    // The items are holds, as the ledger describes them.
    holds.push(...(JSON.parse(page.items) as HoldView[]));
    if (page.after === null) return holds;
    after = String(page.after);
  }
}

/**
 * Has the group know of holds that its ledgers have and nobody noted: whoever placed them was interrupted. Of a ledger that has gone nothing is open or on
 * its way any more: an entity with an open hold is not deleted.
 */
export async function noteUnknownHolds(context: OperationContext, group: Group): Promise<void> {
  const known = new Set(group.legs.map(({ id }) => id));
  const found = await Promise.all(
    ledgersOf(group).map(async (ledgerNumber) => {
      const holds = await holdsInLedger(context, group.groupId, ledgerNumber);
      if (holds === undefined) {
        await noteGone(context.db, group.groupId, ledgerNumber);
        return [];
      }
      return holds.flatMap(({ id, status, actor }): KnownHold[] =>
        known.has(id) || status === "expired" ? [] : [{ holdId: id, ledgerNumber, placedBy: actor.id, state: status }],
      );
    }),
  );
  await noteHolds(context.db, group.groupId, found.flat(), context.clock());
}
