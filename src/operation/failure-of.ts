import { isSiteMoving, siteMoving } from "../db/site-fence.ts";
import { causesOf, hasMessage } from "../kernel/error-causes.ts";
import { type Failure, failure } from "../kernel/failures.ts";
import { Refused } from "../platform/refused.ts";

/** What is said of whatever was thrown: a refusal as it is, anything else as a bug of ours with nothing leaked. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) return error.failure;
  if (isOverload(error)) return failure("OVERLOADED", "The service has too much to do at this moment.");
  return isSiteMoving(error) ? siteMoving().failure : failure("INTERNAL", "Something went wrong on our side.");
}

/** The platform sheds load: a D1 database or an object that has too much to do. */
function isOverload(error: unknown): boolean {
  for (const cause of causesOf(error)) if (Reflect.get(cause, "overloaded") === true) return true;
  return hasMessage(error, /D1_ERROR.*overloaded|D1 DB is overloaded/);
}
