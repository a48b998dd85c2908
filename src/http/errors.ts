import { z } from "@hono/zod-openapi";
import { type Failure, type FailureCode, failureKinds } from "../kernel/failures.ts";
import { failureAnswer } from "./failure-answer.ts";
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

/** The answer to a refusal. */
export function answerFailure(failure: Failure, requestId: string, accept: string | undefined): Response {
  const { status, headers, text } = failureAnswer(failure, requestId, accept);
  return new Response(text, { status, headers });
}
