import { present } from "../../kernel/assert.ts";
import { reaches } from "../../kernel/role.ts";
import type { OperationContext } from "../../operation/context.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { type LedgerInContext, ledgerOfNumber } from "../ledgers/index.ts";
import { adoptGroups } from "./adopt-groups.ts";
import { standingLegs } from "./domain/hold-group.ts";
import { findGroup, type Group } from "./store.ts";

/** How a request names a group. */
export interface GroupInRequest {
  readonly groupId: string;
  /** The entity that the path scopes, to whose books every leg must belong. */
  readonly entityId: string | undefined;
}

/** A group with the ledgers that it is in. */
export interface GroupWithLedgers {
  readonly group: Group;
  readonly ledgers: ReadonlyMap<number, LedgerInContext>;
}

/** The group that a request means. One of which a leg is out of the key's reach is as unknown as what nobody has. */
export async function groupInRequest(context: OperationContext, { groupId, entityId }: GroupInRequest): Promise<GroupWithLedgers> {
  await adoptGroups(context);
  const group = await findGroup(context.db, groupId);
  if (group === undefined) throw notFound();
  const ledgers = new Map<number, LedgerInContext>();
  for (const { ledgerNumber } of group.legs) {
    const ledger = ledgers.get(ledgerNumber) ?? (await ledgerOfNumber(context, ledgerNumber));
    if (ledger !== undefined) ledgers.set(ledgerNumber, ledger);
  }
  for (const { ledgerNumber } of standingLegs(group.legs)) {
    const ledger = ledgers.get(ledgerNumber);
    if (ledger === undefined || !isReached(context, ledger, entityId)) throw notFound();
  }
  return { group, ledgers };
}

function isReached({ entityIds }: OperationContext, { entityId: own }: LedgerInContext, entityId: string | undefined): boolean {
  return (entityIds === null || entityIds.includes(own)) && (entityId === undefined || entityId === own);
}

/** Refuses, as `FORBIDDEN`, to decide a group: an agent, and who is no ADMIN and has not placed every hold of it. */
export function requireDecider({ actor }: OperationContext, { legs }: Group): void {
  requireNoAgent(actor);
  if (reaches(actor.role, "ADMIN") || standingLegs(legs).every(({ placedBy }) => placedBy === actor.id)) return;
  throw refusal("FORBIDDEN", "A group of holds is settled or released by who placed all of them, or by an ADMIN.");
}

/** Before the group is looked for. */
export function requireNoAgent({ kind }: OperationContext["actor"]): void {
  if (kind === "agent")
    throw refusal("FORBIDDEN", "An agent does not settle or release a group of holds: who placed them or an ADMIN does.");
}

/** The ledger of a leg. */
export function ledgerOfLeg({ ledgers }: GroupWithLedgers, ledgerNumber: number): LedgerInContext {
  return present(ledgers.get(ledgerNumber), "a leg is in one of the site's ledgers");
}
