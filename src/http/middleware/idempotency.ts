import { createHmac } from "node:crypto";
import { idempotencyKeyLengthMax } from "../../kernel/bounds.ts";
import { findKeptAnswer } from "../../operation/commit-once.ts";
import type { IdempotencyClaim, OperationContext } from "../../operation/context.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { refusal } from "../../platform/refused.ts";
import { cursorSecret } from "../../platform/secrets.ts";
import { answerText, replayHeaders } from "../answers.ts";
import type { RequestContext } from "../router.ts";

/** The key as the client means it: bare, or quoted as a structured-field string (RFC 9651). */
function readKey(header: string): string {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header);
  const key = quoted?.[1] === undefined ? header : quoted[1].replace(/\\(["\\])/g, "$1");
  if (key.length < 1 || key.length > idempotencyKeyLengthMax || !/^[\x20-\x7e]+$/.test(key)) {
    throw refusal("IDEMPOTENCY_KEY_INVALID", `An Idempotency-Key is 1 to ${idempotencyKeyLengthMax} printable ASCII characters.`);
  }
  return key;
}

/** The request's claim to its key. The scope is the operation and its entity, not the URL: two aliases are one operation. */
export function claimOf(c: RequestContext, operationId: string, entityId: string, input: unknown): IdempotencyClaim | undefined {
  const header = c.req.header("idempotency-key");
  if (header === undefined) return undefined;
  const scope = `${operationId} ${entityId}`;
  // Keyed, because a body may hold a password, and whoever reads a database must not be able to try some.
  const fingerprint = () =>
    createHmac("sha256", cursorSecret(c.env))
      .update(`${scope} ${canonicalJson(input)}`)
      .digest("base64url");
  return { operationId, scope, key: readKey(header), fingerprint };
}

/** Puts the request's claim into its context. A public operation has none, and claims for itself. */
export function claimIdempotency(
  c: RequestContext,
  definition: { readonly operationId: string; readonly idempotency?: "required" | "accepted" | "site" },
  entityId: string,
  input: unknown,
): void {
  const claim = claimOf(c, definition.operationId, entityId, input);
  if (claim === undefined) {
    if (definition.idempotency === "required") throw refusal("IDEMPOTENCY_KEY_REQUIRED", "The operation takes an Idempotency-Key header.");
    return;
  }
  // What is the site's is the site's alone: a key of another never meets it. Tokens and sites are made in the directory, which all share.
  const context = c.get("context");
  if (context !== undefined)
    c.set("context", context.withClaim({ ...claim, scope: `${context.site.id} ${reachOf(context)}${claim.scope}` }));
}

/** A key that is restricted to entities shares no kept answer with one that reaches further. */
function reachOf(context: OperationContext): string {
  return context.entityIds === null ? "" : `[${[...context.entityIds].sort().join()}] `;
}

/** The answer of an earlier request with the key, where the effect is in the site's database. */
export async function replayFromSite(c: RequestContext): Promise<Response | undefined> {
  const kept = c.get("context") === undefined ? undefined : await findKeptAnswer(c.get("context"));
  return kept && answerText(kept.body, kept.status < 300 ? 200 : kept.status, replayHeaders(kept.status));
}
