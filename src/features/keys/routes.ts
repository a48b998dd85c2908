import { z } from "@hono/zod-openapi";
import { answer, answerText, idOf, replayHeaders } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { listQuery } from "../../http/page-query.ts";
import { mount, type Router } from "../../http/router.ts";
import type { KeptAnswer } from "../../operation/commit-once.ts";
import { readPage } from "../../operation/page.ts";
import { issuedExample } from "../sites/index.ts";
import { createToken } from "./create-token.ts";
import { listTokens } from "./list-tokens.ts";
import { revokeToken } from "./revoke-token.ts";
import { rotateToken } from "./rotate-token.ts";
import { CreateTokenRequest, IssuedToken, RotateTokenRequest, TokenPage, tokenExample } from "./schemas.ts";

const byId = z.object({ id: idField });
const pageQuery = z.object(listQuery);

/** The answer that holds a secret: as made, or as repeated. */
function answerKept(kept: KeptAnswer): Response {
  if (kept.replayed) return answerText(kept.body, 200, replayHeaders(kept.status));
  return answerText(kept.body, kept.status, { Location: `/api/v1/tokens/${idOf(kept.body)}`, "Cache-Control": "no-store" });
}

export function registerKeyRoutes(router: Router): void {
  mount(
    router,
    {
      operationId: "listTokens",
      method: "get",
      path: "/tokens",
      tag: "Keys",
      summary: "List the site's keys, without their secrets",
      permission: "tokens:write",
      query: pageQuery,
      answers: {
        200: {
          schema: TokenPage,
          description: "A page of keys.",
          example: { data: [tokenExample], totalCount: 1, hasMore: false, nextCursor: null },
        },
      },
      refusals: ["INVALID_CURSOR"],
    },
    async (context, { query }) =>
      answer(await listTokens(context, readPage(context, query, { list: "tokens", filters: {}, sorts: ["createdAt"] }))),
  );
  mount(
    router,
    {
      operationId: "createToken",
      method: "post",
      path: "/tokens",
      tag: "Keys",
      summary: "Make a key of the site; it is shown this once",
      permission: "tokens:write",
      body: CreateTokenRequest,
      description:
        "Who acts with a key is a service or an agent, by its name: keys of one name and kind are one principal's. With the kind `person` it is a user: whom userId names, or who asks for it with a session.",
      bodyExample: { name: "Payout service", role: "PREPARER" },
      idempotency: "accepted",
      answers: {
        201: { schema: IssuedToken, description: "The key.", example: { ...tokenExample, lastUsedAt: null, key: issuedExample.key } },
      },
      refusals: ["ENTITY_FORBIDDEN", "REFERENCE_NOT_FOUND", "SITE_MOVING"],
    },
    async (context, { body }) => answerKept(await createToken(context, body)),
  );
  mount(
    router,
    {
      operationId: "revokeToken",
      method: "delete",
      path: "/tokens/{id}",
      tag: "Keys",
      summary: "Revoke a key: everywhere within five seconds",
      description:
        "For good: what the key did stays, and nothing brings it back. Make another key in its place. The last OWNER key of a site that neither expires nor is revoked is rotated, not revoked.",
      permission: "tokens:write",
      params: byId,
      answers: { 204: { description: "Revoked." } },
      refusals: ["IN_USE", "ENTITY_FORBIDDEN"],
    },
    async (context, { params }) => {
      await revokeToken(context, params.id);
      return new Response(null, { status: 204 });
    },
  );
  mount(
    router,
    {
      operationId: "rotateToken",
      method: "post",
      path: "/tokens/{id}/rotate",
      tag: "Keys",
      summary: "Replace a key by a new one; the old one goes on for the overlap",
      permission: "tokens:write",
      params: byId,
      body: RotateTokenRequest,
      bodyExample: { overlapSeconds: 3600 },
      idempotency: "accepted",
      answers: {
        201: { schema: IssuedToken, description: "The new key.", example: { ...tokenExample, lastUsedAt: null, key: issuedExample.key } },
      },
      refusals: ["IN_USE", "ENTITY_FORBIDDEN", "SITE_MOVING"],
    },
    async (context, { params, body }) => answerKept(await rotateToken(context, params.id, body)),
  );
}
