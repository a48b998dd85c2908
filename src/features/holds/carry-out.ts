import { present } from "../../kernel/assert.ts";
import { type Failure, failureKinds } from "../../kernel/failures.ts";
import type { EndGroup } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { failureOf } from "../../operation/failure-of.ts";
import { ledgersOf } from "./group-in-ledgers.ts";
import { type Group, noteCarriedOut } from "./store.ts";

/**
 * Has each ledger of a decided group carry the decision out: settle or release what is open there, and bar what comes later. Answers what ledgers
 * could not be asked, with why. Whoever asks, and the sweep, does it again until none is left.
 */
export async function carryOut(context: OperationContext, group: Group): Promise<ReadonlyMap<number, Failure>> {
  const failures = new Map<number, Failure>();
  if (group.carriedOut) return failures;
  const numbers = ledgersOf(group);
  await Promise.all(
    numbers.map(async (ledgerNumber) => {
      const failure = await endInLedger(context, group, ledgerNumber);
      if (failure !== undefined) failures.set(ledgerNumber, failure);
    }),
  );
  const ended = numbers.filter((ledgerNumber) => !failures.has(ledgerNumber));
  await noteCarriedOut(context.db, group, ended, failures.size === 0, context.clock());
  return failures;
}

async function endInLedger(context: OperationContext, group: Group, ledgerNumber: number): Promise<Failure | undefined> {
  const { groupId, reason } = group;
  const own = group.legs.filter((leg) => leg.ledgerNumber === ledgerNumber);
  const command: EndGroup = {
    kind: "end_group",
    groupId,
    outcome: present(group.decision, "a group is carried out once it is decided"),
    holdIds: own.filter(({ state }) => state === "open").map(({ id }) => id),
    ...(reason === null ? {} : { reason }),
  };
  try {
    const outcome = await context.ledger(ledgerNumber).write([command], {
      mode: "atomic",
      answer: "one",
      actor: present(group.decidedBy, "who decided a group is stored"),
      requestId: present(group.requestId, "the request that decided a group is stored"),
      // Asked again, the ledger knows that the group has ended; a key of each time its own makes it safe to ask for a lost answer.
      idempotencyKey: `hold-group ${context.newId()}`,
    });
    if (outcome.outcome !== "refused" || isGone(outcome.failure)) return undefined;
    if (!failureKinds[outcome.failure.code].retryable) context.log.error("hold_group_refused", undefined, { groupId, ledgerNumber });
    return outcome.failure;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === "INTERNAL") context.log.error("hold_group_leg", error, { groupId, ledgerNumber });
    return failure;
  }
}

/** A ledger that is no more has nothing open. */
function isGone({ code }: Failure): boolean {
  return code === "LEDGER_RETIRED";
}
