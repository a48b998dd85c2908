import { env } from "cloudflare:workers";
import { type Answer, request } from "./site.ts";

/** What the operator sends. The token is bound for the tests alone, so that the generated type does not know it. */
export const operator = {
  authorization: `Bearer ${(env as unknown as { readonly OPERATOR_TOKEN: string }).OPERATOR_TOKEN}`,
  "content-type": "application/json",
};

/** Asks for an OWNER's key of a site, by default as the operator. */
export function operatorKey(siteId: string, more: object = {}, headers: Readonly<Record<string, string>> = operator): Promise<Answer> {
  return request("POST", `/operator/sites/${siteId}/tokens`, { ...headers }, JSON.stringify({ name: "Way back", ...more }));
}
