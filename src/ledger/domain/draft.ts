import type { DraftStatus, Preparer, Principal } from "./approval.ts";
import type { DraftContent } from "./fact.ts";

/** Versions of a draft, each a fact of its own. */
export const draftVersionsMax = 100;

/** A draft as it stands. Numbered by the sequence of the fact that created it. */
export interface Draft {
  readonly no: number;
  readonly id: string;
  readonly status: DraftStatus;
  /** Counts its facts, from 1: an approval names the version that it saw. */
  readonly version: number;
  /** Everyone who wrote a version of the content, with the humans behind them. */
  readonly preparers: readonly Preparer[];
  readonly content: DraftContent;
  /** Who wrote the content; null where it is not known, which counts as somebody else. */
  readonly writtenBy: Principal | null;
  /** The sequence of the fact that has the content. */
  readonly contentSequence: number;
  /** The sequence of the fact of this version. */
  readonly savedSequence: number;
  /** Why it was rejected or voided. */
  readonly reason: string | null;
  /** The sequence of the entry that it became. */
  readonly entry: number | null;
}

/** What may be done with an entry in a state, for the refusal to say. */
export const allowedFrom: Readonly<Record<DraftStatus, readonly string[]>> = {
  draft: ["edit", "submit", "post", "void"],
  pending_approval: ["approve", "reject"],
  posted: ["reverse", "void"],
  voided: [],
};
