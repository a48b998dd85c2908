/** What the generations of a ledger remember of the way from one to the next. */

import { writeMeta } from "../log/meta.ts";
import { markTables } from "../state/eager-tables.ts";
import type { Beginning, Slice } from "./hand-over.ts";

/** Of a generation that is closed. */
export interface CloseOut {
  readonly jobId: string;
  readonly atMs: number;
  readonly idempotencyKey: string | null;
  /** The id of the next generation's object. */
  readonly nextObject: string;
  /** Whether the next generation has everything, and is about to answer in this one's place. */
  readonly isTakenOver: boolean;
  readonly isNextOpen: boolean;
  /** When its log was in R2, whole. */
  readonly archivedAtMs: number | null;
}

/** Of a generation that is not open yet: whom it asks, and for what. */
export interface TakeOver {
  /** The id of the object of the generation before. */
  readonly previous: string;
  readonly cursor: string;
}

/** What the objects of a ledger's generations ask of each other. */
export interface GenerationRpc {
  earlier(question: string): Promise<string>;
  handOver(cursor: string): Promise<Slice>;
  handedOver(): Promise<void>;
  takeOver(previous: string): Promise<"open" | "going_on">;
  closed(): Promise<string>;
  check(): Promise<string>;
  checked(jobId: string): Promise<string | null>;
}

/** Writes what a generation knows of those before it. In the transaction of its first fact. */
export function begin(sql: SqlStorage, { generations, head, termKey, lastRun, closing }: Beginning): void {
  markTables(sql);
  writeMeta(sql, "generations", generations);
  writeMeta(sql, "term_key", termKey);
  writeMeta(sql, "last_run", lastRun);
  writeMeta(sql, "closed_before", closing);
  // The catalogue was told of them, or still is, by the generation that changed them.
  writeMeta(sql, "outbox_accounts", head.sequence);
}
