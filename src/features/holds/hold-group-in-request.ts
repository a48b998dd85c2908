import { ledgerIdentity } from "../../db/ledger-numbers.ts";
import { present } from "../../kernel/assert.ts";
import { reaches } from "../../kernel/role.ts";
import type { OperationContext } from "../../operation/context.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { type LedgerInContext, ledgerOfNumber } from "../ledgers/index.ts";
import { adoptGroups } from "./adopt-groups.ts";
import { standingLegs } from "./domain/hold-group.ts";
import { ledgersOf } from "./group-in-ledgers.ts";
import { findGroup, type Group } from "./store.ts";

/** How a request names a group. */
export interface GroupInRequest {
  readonly groupId: string;
  /** The entity that the path scopes, to whose books every leg must belong. */
  readonly entityId: string | undefined;
}

/** A ledger that a group is in, or was: it may have gone with its entity since. */
type LedgerOfGroup = Pick<LedgerInContext, "id" | "entityId" | "currency">;

/** A group with the ledgers that it is in. */
export interface GroupWithLedgers {
  readonly group: Group;
  readonly ledgers: ReadonlyMap<number, LedgerOfGroup>;
}

/** The group that a request means. One of which a leg is out of the key's reach is as unknown as what nobody has. */
export async function groupInRequest(context: OperationContext, { groupId, entityId }: GroupInRequest): Promise<GroupWithLedgers> {
  await adoptGroups(context);
  const group = await findGroup(context.db, groupId);
  if (group === undefined) throw notFound();
  const ledgers = new Map<number, LedgerOfGroup>();
  for (const ledgerNumber of ledgersOf(group)) ledgers.set(ledgerNumber, await ledgerOfGroup(context, ledgerNumber));
  const found = { group, ledgers };
  for (const { ledgerNumber } of standingLegs(group.legs))
    if (!isReached(context, ledgerOfLeg(found, ledgerNumber), entityId)) throw notFound();
  return found;
}

/** What has gone with its entity is still known by its number: what is left of the group is decided all the same. */
async function ledgerOfGroup(context: OperationContext, ledgerNumber: number): Promise<LedgerOfGroup> {
  const listed = await ledgerOfNumber(context, ledgerNumber);
  if (listed !== undefined) return listed;
  const { ledgerId, entityId, currency } = present(await ledgerIdentity(context.directory, ledgerNumber), "a leg's ledger had a number");
  return { id: ledgerId, entityId, currency };
}

function isReached({ entityIds }: OperationContext, { entityId: own }: LedgerOfGroup, entityId: string | undefined): boolean {
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
export function ledgerOfLeg({ ledgers }: GroupWithLedgers, ledgerNumber: number): LedgerOfGroup {
  return present(ledgers.get(ledgerNumber), "the ledgers of a group are those of its legs");
}
