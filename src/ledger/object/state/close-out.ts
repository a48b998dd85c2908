/** What a generation stores of its beginning and of its end. */

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

/** The close-out that a generation came from. */
export interface ClosedBefore {
  readonly atMs: number;
  readonly jobId: string;
  readonly idempotencyKey: string | null;
}
