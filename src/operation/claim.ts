import { createHmac } from "node:crypto";
import { idempotencyKeyLengthMax, ownKeyLengthMin } from "../kernel/bounds.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { refusal } from "../platform/refused.ts";
import { cursorSecret } from "../platform/secrets.ts";
import type { IdempotencyClaim, OperationContext } from "./context.ts";

function requireKeyForm(key: string): void {
  if (key.length >= 1 && key.length <= idempotencyKeyLengthMax && /^[\x20-\x7e]+$/.test(key)) return;
  throw refusal("IDEMPOTENCY_KEY_INVALID", `An Idempotency-Key is 1 to ${idempotencyKeyLengthMax} printable ASCII characters.`);
}

interface Claimed {
  readonly operationId: string;
  /** The entity in context, or "". */
  readonly entityId: string;
  readonly status: number;
  /** What the request asks for, as parsed. */
  readonly input: unknown;
}

/** The claim to a key. Its scope is the operation and its entity, not the URL: two aliases are one operation. */
export function claimKey(env: Cloudflare.Env, key: string, { operationId, entityId, status, input }: Claimed): IdempotencyClaim {
  requireKeyForm(key);
  const scope = `${operationId} ${entityId}`;
  // Keyed, because a body may contain a password, which nobody who reads the database may find by trying.
  const fingerprint = () =>
    createHmac("sha256", cursorSecret(env))
      .update(`${scope} ${canonicalJson(input)}`)
      .digest("base64url");
  return { operationId, scope, key, status, fingerprint };
}

/** The claim on an operation that takes no key of a site: whoever sends the same idempotency key and body is told the same. */
export function claimOfAnybody(claim: IdempotencyClaim): IdempotencyClaim {
  return claim.key.length < ownKeyLengthMin ? { ...claim, isGuessable: true } : claim;
}

/** The claim within its site: answers about tokens and sites are stored in the directory, which all sites share. */
export function claimOfSite(context: OperationContext, claim: IdempotencyClaim): IdempotencyClaim {
  return { ...claim, scope: `${context.site.id} ${reachOf(context)}${claim.scope}` };
}

/** A key that is restricted to entities shares no stored answer with one that reaches further. */
function reachOf(context: OperationContext): string {
  return context.entityIds === null ? "" : `[${[...context.entityIds].sort().join()}] `;
}
