import type { HoldPlaced } from "./fact.ts";

export const holdStatuses = ["open", "settled", "released", "expired"] as const;
export type HoldStatus = (typeof holdStatuses)[number];

/** A pending entry as it stands. Numbered by the sequence of the fact that placed it. It resolves once, for good. */
export interface Hold {
  readonly no: number;
  readonly id: string;
  readonly status: HoldStatus;
  readonly fact: HoldPlaced;
  /** The sequence of the fact that settled, released or expired it. */
  readonly resolved: number | null;
}
