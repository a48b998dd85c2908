import { z } from "@hono/zod-openapi";
import { type Failure, type FailureCode, failureKinds } from "../kernel/failures.ts";
import { countField } from "./fields.ts";

// The catalogue's keys are its codes; Object.keys has the type of any object's.
const errorCode = z.enum(Object.keys(failureKinds) as FailureCode[]).openapi("ErrorCode", {
  description: "Never changes. Every code is explained at /docs/errors.",
  example: "ENTRY_UNBALANCED",
});

export const ErrorEnvelope = z
  .object({
    error: z.object({
      code: errorCode,
      message: z.string().openapi({ description: "For people; may change." }),
      requestId: z.string(),
      retryable: z.boolean().openapi({ description: "Whether the same request may succeed later, unchanged." }),
      details: z.array(
        z.looseObject({
          pointer: z.string().openapi({ description: "JSON pointer (RFC 6901) into the body, or the name of a parameter or header." }),
          code: z.string(),
          message: z.string(),
        }),
      ),
    }),
  })
  .openapi("Error");

/** The same facts as RFC 9457 writes them. */
export const Problem = z
  .object({
    type: z.string().openapi({ description: "Where the code is explained." }),
    title: z.string(),
    status: countField,
    detail: z.string(),
    code: ErrorEnvelope.shape.error.shape.code,
    requestId: z.string(),
    retryable: z.boolean(),
    errors: ErrorEnvelope.shape.error.shape.details,
  })
  .openapi("Problem", { description: "An error, where `Accept` asks for `application/problem+json`." });

/** The answer to a refusal: the envelope, or the same facts as RFC 9457 where the caller prefers `application/problem+json`. */
export function answerFailure(failure: Failure, requestId: string, accept: string | undefined): Response {
  const kind = failureKinds[failure.code];
  const headers = new Headers();
  const retryAfter = failure.retryAfterSeconds ?? (failure.code === "IDEMPOTENCY_IN_PROGRESS" || kind.status === 503 ? 1 : undefined);
  if (retryAfter !== undefined) headers.set("Retry-After", String(retryAfter));
  if (kind.status === 401) headers.set("WWW-Authenticate", 'Bearer realm="countinghouse"');
  const details = failure.details ?? [];
  if (accept?.includes("application/problem+json")) {
    headers.set("Content-Type", "application/problem+json");
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
    return new Response(JSON.stringify(problem), { status: kind.status, headers });
  }
  headers.set("Content-Type", "application/json");
  const body = { error: { code: failure.code, message: failure.message, requestId, retryable: kind.retryable, details } };
  return new Response(JSON.stringify(body), { status: kind.status, headers });
}
