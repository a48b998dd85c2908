import { isSiteMoving, siteMoving } from "../db/site-fence.ts";
import { failure } from "../kernel/failures.ts";
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
  if (isOverload(error))
    return answerFailure(
      { ...failure("OVERLOADED", "The service has too much to do at this moment."), retryAfterSeconds: 1 },
      requestId,
      accept,
    );
  if (isSiteMoving(error)) return answerFailure(siteMoving().failure, requestId, accept);
  c.get("log")?.error("unexpected", error, { method: c.req.method, path: c.req.path });
  return answerFailure(failure("INTERNAL", "Something went wrong on our side."), requestId, accept);
}

/** The platform sheds load: a D1 database or an object that has too much to do. */
function isOverload(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (Reflect.get(at, "overloaded") === true || /D1_ERROR.*overloaded|D1 DB is overloaded/.test(at.message)) return true;
  }
  return false;
}
