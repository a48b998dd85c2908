import type { z } from "@hono/zod-openapi";
import { issueToken } from "../../access/issue-token.ts";
import { insertSite, siteScope } from "../../db/site-rows.ts";
import { insertToken } from "../../db/tokens.ts";
import type { Once } from "../../operation/commit-once.ts";
import { commitSecretOnce, ownClaim } from "../../operation/commit-secret-once.ts";
import { isSandboxKey, type OperationContext, requireEnd, requirePermission, requireWholeSite } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { newSite } from "./new-site.ts";
import type { CreatedSite, CreateSiteRequest } from "./schemas.ts";
import { siteView } from "./views.ts";

/** Makes a further site of the firm, with a key of the caller's role. A live site's key reaches the firm's users, so that a sandbox's makes sandboxes alone. */
export async function createSite(
  context: OperationContext,
  request: z.infer<typeof CreateSiteRequest>,
): Promise<Once<z.infer<typeof CreatedSite>>> {
  requirePermission(context, "sites:write");
  requireWholeSite(context);
  if (request.environment === "live" && isSandboxKey(context))
    throw refusal("LIVE_KEY_REQUIRED", "The key is a sandbox's, and makes no live site: its key would reach the firm's users.");
  return commitSecretOnce(context.directory, ownClaim(context), context.clock, async () => {
    // The site's first key has no end, so that it is not left without one.
    requireEnd(context, null);
    const now = context.clock();
    const wish = {
      id: context.newId(),
      firmId: context.site.firmId,
      name: request.name,
      environment: request.environment,
      jurisdiction: request.jurisdiction ?? null,
      regionHint: request.regionHint ?? null,
    };
    const site = await newSite(context.env, context.directory, wish, now);
    const tokenId = context.newId();
    const { key, row } = await issueToken(
      context.env,
      siteScope(site),
      {
        id: tokenId,
        name: "First key",
        kind: "service",
        role: context.actor.role,
        principalId: tokenId,
        entityIds: null,
        expiresAtMs: null,
        heldBy: context.actor.humans ?? [],
        credentialSetBy: context.actor.credentialSetBy ?? [],
      },
      now,
    );
    return {
      statements: [insertSite(context.directory, site), insertToken(context.directory, row)],
      value: { ...siteView(site), tokenId, key },
    };
  });
}
