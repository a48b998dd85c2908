import { type Failure, type FailureCode, type FailureDetail, failure } from "../kernel/failures.ts";

/** The one error that is no bug: a refusal on its way to the caller. Operations throw it, the router's error handler answers it. */
export class Refused extends Error {
  readonly failure: Failure;
  /** Whether this repeats the stored answer of an earlier request with the same idempotency key. */
  readonly replayed: boolean;

  constructor(reason: Failure, replayed = false) {
    super(reason.message);
    this.name = "Refused";
    this.failure = reason;
    this.replayed = replayed;
  }
}

export function refusal(code: FailureCode, message: string, details?: readonly FailureDetail[]): Refused {
  return new Refused(failure(code, message, details));
}

/** `RATE_LIMITED`, with the wait behind what the reason says. */
export function rateLimited(reason: string, retryAfterSeconds: number): Refused {
  const wait = retryAfterSeconds === 1 ? "1 second" : `${retryAfterSeconds} seconds`;
  return new Refused({ ...failure("RATE_LIMITED", `${reason}; wait ${wait}.`), retryAfterSeconds });
}

/** What nobody has, another site has, or a key does not reach: one answer for all of them, so that nothing is learnt of others. */
export function notFound(): Refused {
  return refusal("NOT_FOUND", "Nothing with this id exists in the site.");
}
