import { endTokens } from "../../access/end-tokens.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";

/** Ends the session in use: here at once, everywhere within five seconds. Its refresh token is worth nothing from now on. */
export async function logOut(context: OperationContext): Promise<void> {
  requirePermission(context, "self");
  if (context.session === null) throw refusal("SESSION_REQUIRED", "The request came with a key, which is no session.");
  await endTokens(context, [context.tokenId]);
}
