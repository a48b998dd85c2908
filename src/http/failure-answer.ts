import { type Failure, failureKinds } from "../kernel/failures.ts";

/** A refusal as HTTP says it: plain data, which the Worker and the launcher's front each send in their own way. */
export interface FailureAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The envelope of a refusal, or the same facts as RFC 9457 where the caller prefers `application/problem+json`. */
export function failureAnswer(failure: Failure, requestId: string, accept: string | undefined): FailureAnswer {
  const kind = failureKinds[failure.code];
  const headers: Record<string, string> = {};
  const retryAfter = failure.retryAfterSeconds ?? (failure.code === "IDEMPOTENCY_IN_PROGRESS" || kind.status === 503 ? 1 : undefined);
  if (retryAfter !== undefined) headers["Retry-After"] = String(retryAfter);
  if (kind.status === 401) headers["WWW-Authenticate"] = 'Bearer realm="countinghouse"';
  const details = failure.details ?? [];
  if (accept?.includes("application/problem+json")) {
    headers["Content-Type"] = "application/problem+json";
    const problem = {
      type: `/docs/errors#${failure.code}`,
      title: kind.meaning,
      status: kind.status,
      detail: failure.message,
      code: failure.code,
      requestId,
      retryable: kind.retryable,
      errors: details,
    };
    return { status: kind.status, headers, text: JSON.stringify(problem) };
  }
  headers["Content-Type"] = "application/json";
  const body = { error: { code: failure.code, message: failure.message, requestId, retryable: kind.retryable, details } };
  return { status: kind.status, headers, text: JSON.stringify(body) };
}
