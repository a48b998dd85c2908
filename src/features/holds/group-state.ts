/** What reads of holds say of their groups. */
import type { OperationContext } from "../../operation/context.ts";
import { groupStateOf } from "./domain/hold-group.ts";
import { findGroupRows } from "./store.ts";

interface OfGroup {
  readonly groupId: string | null;
}

/** Only of a hold that has a group: within a string of a client's the quotes would be escaped. */
const hasGroup = /"groupId":"/;

/** A hold's text with the state of its group. */
export async function withGroupState(context: OperationContext, text: string): Promise<string> {
  if (!hasGroup.test(text)) return text;
  // Written by the ledger: its numbers are ones that JavaScript holds exactly.
  const [hold] = await describedWithGroups(context, [JSON.parse(text) as OfGroup]);
  return JSON.stringify(hold);
}

/** The same for the text of a list of holds. */
export async function withGroupStates(context: OperationContext, items: string): Promise<string> {
  if (!hasGroup.test(items)) return items;
  return JSON.stringify(await describedWithGroups(context, JSON.parse(items) as readonly OfGroup[]));
}

async function describedWithGroups(context: OperationContext, holds: readonly OfGroup[]): Promise<readonly OfGroup[]> {
  const groupIds = new Set(holds.flatMap(({ groupId }) => groupId ?? []));
  const rows = await findGroupRows(context.db, [...groupIds]);
  const states = new Map(rows.map((row) => [row.groupId, groupStateOf(row)]));
  return holds.map((hold) => {
    const groupState = hold.groupId === null ? undefined : states.get(hold.groupId);
    return groupState === undefined ? hold : { ...hold, groupState };
  });
}
