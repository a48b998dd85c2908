import { failure } from "../kernel/failures.ts";
import { failureOf } from "../operation/failure-of.ts";
import { Refused } from "../platform/refused.ts";
import { replayHeaders } from "./answers.ts";
import { answerFailure } from "./errors.ts";
import type { RequestContext } from "./request-context.ts";
import type { RouteTable } from "./route-table.ts";

/** The answer to whatever was thrown: a refusal as it says, anything else as a bug of ours with nothing leaked. */
export function answerThrown(error: Error, c: RequestContext, { methodsOf }: Pick<RouteTable, "methodsOf">): Response {
  const accept = c.req.header("accept");
  const requestId = c.get("requestId");
  if (error instanceof Refused) {
    const { failure: reason, replayed } = error;
    const allowed = reason.code === "ROUTE_NOT_FOUND" ? methodsOf(c.req.path) : [];
    if (allowed.length > 0) {
      const answer = answerFailure(failure("METHOD_NOT_ALLOWED", `The route takes ${allowed.join(", ")}.`), requestId, accept);
      answer.headers.set("Allow", allowed.join(", "));
      return answer;
    }
    const answer = answerFailure(reason, requestId, accept);
    if (replayed) for (const [name, value] of Object.entries(replayHeaders(answer.status))) answer.headers.set(name, value);
    return answer;
  }
  const reason = failureOf(error);
  if (reason.code === "INTERNAL") c.get("log")?.error("unexpected", error, { method: c.req.method, path: c.req.path });
  return answerFailure(reason, requestId, accept);
}
