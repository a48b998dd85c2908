import { refusal } from "../../platform/refused.ts";
import { operatorToken, sameSecret } from "../../platform/secrets.ts";
import type { RequestContext } from "../request-context.ts";
import { countAttempt } from "./attempts.ts";

/** The gate of what the operator of an installation does, not its users: there only with OPERATOR_TOKEN. */
export function requireOperator(c: RequestContext): void {
  const expected = operatorToken(c.env);
  const presented = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (expected !== undefined && presented !== undefined && sameSecret(presented, expected)) return;
  countAttempt(c);
  throw refusal("UNAUTHENTICATED", "This takes the operator's token.");
}
