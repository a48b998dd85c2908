import type { Actor } from "../../../kernel/role.ts";
import type { GroupOutcome, ReleaseHold, SettleHold } from "../../../ledger/domain/command.ts";

/** What a hold's placer asked for by itself, stored before the ledger is asked: whoever drives it on asks for the same under the same key. */
export interface NotedResolution {
  readonly command: SettleHold | ReleaseHold;
  readonly actor: Actor;
  readonly requestId: string;
  /** The idempotency key in the ledger. */
  readonly key: string;
}

export const groupStates = ["open", "settling", "settled", "releasing", "released"] as const;
export type GroupState = (typeof groupStates)[number];

/** How far a group has come: `settling` and `releasing` until every ledger has carried the decision out. */
export function groupStateOf({
  decision,
  carriedOut,
}: {
  readonly decision: GroupOutcome | null;
  readonly carriedOut: boolean;
}): GroupState {
  if (decision === null) return "open";
  if (decision === "settle") return carriedOut ? "settled" : "settling";
  return carriedOut ? "released" : "releasing";
}

export const legStates = ["placing", "answered", "refused", "open", "resolving", "settled", "released"] as const;

/** What of a leg decides whether its group can be decided. */
export interface LegState {
  readonly state: (typeof legStates)[number];
}

/** The first leg against which the group cannot be decided so: settling takes every hold placed and not released, releasing none settled. */
export function legAgainst<L extends LegState>(decision: GroupOutcome, legs: readonly L[]): L | undefined {
  const against: readonly LegState["state"][] = decision === "settle" ? ["placing", "released"] : ["settled"];
  return legs.find(({ state }) => against.includes(state));
}

/** Placements that are over: of those that were answered the hold is a leg of its own. */
export const placementsOver: readonly LegState["state"][] = ["answered", "refused"];

/** Whether a leg is a placement, on its way or over, and no hold. */
export function isPlacement(state: LegState["state"]): state is "placing" | "answered" | "refused" {
  return state === "placing" || placementsOver.includes(state);
}

/** The legs that are the group's: its holds and what may become one. */
export function standingLegs<L extends LegState>(legs: readonly L[]): readonly L[] {
  const standing = legs.filter(({ state }) => !placementsOver.includes(state));
  return standing.length > 0 ? standing : legs;
}
