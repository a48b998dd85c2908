import { z } from "@hono/zod-openapi";
import { answer, answerNothing, answerOnce, noStore } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import { issuedExample } from "../sites/index.ts";
import { createToken } from "./create-token.ts";
import { listTokens } from "./list-tokens.ts";
import { revokeToken } from "./revoke-token.ts";
import { rotateToken } from "./rotate-token.ts";
import { CreateTokenRequest, IssuedToken, ListTokensQuery, RotateTokenRequest, TokenPage, tokenExample } from "./schemas.ts";

const byId = z.object({ id: idField });

export const keyRoutes: readonly Route[] = [
  route(
    {
      operationId: "listTokens",
      method: "get",
      path: "/tokens",
      tag: "Keys",
      summary: "List the site's keys, without their secrets",
      permission: "tokens:write",
      query: ListTokensQuery,
      answers: {
        200: {
          schema: TokenPage,
          description: "A page of keys.",
          example: pageExample(tokenExample),
        },
      },
      refusals: ["INVALID_CURSOR"],
    },
    (context, { query }) => listTokens(context, query),
    (value) => answer(value),
  ),
  route(
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
    (context, { body }) => createToken(context, body),
    (once) => answerOnce(once, { status: 201, collection: "tokens", headers: noStore }),
  ),
  route(
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
    (context, { params }) => revokeToken(context, params.id),
    () => answerNothing(),
  ),
  route(
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
    (context, { params, body }) => rotateToken(context, params.id, body),
    (once) => answerOnce(once, { status: 201, collection: "tokens", headers: noStore }),
  ),
];
