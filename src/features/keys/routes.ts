import { z } from "@hono/zod-openapi";
import { answer, answerNothing, answerOnce, noStore } from "../../http/answers.ts";
import { etagOf } from "../../http/etag.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import { issuedExample } from "../sites/index.ts";
import { changeToken } from "./change-token.ts";
import { createToken } from "./create-token.ts";
import { listTokens } from "./list-tokens.ts";
import { revokeToken } from "./revoke-token.ts";
import { rotateToken } from "./rotate-token.ts";
import {
  ChangeTokenRequest,
  CreateTokenRequest,
  IssuedToken,
  ListTokensQuery,
  RotateTokenRequest,
  TokenPage,
  TokenView,
  tokenExample,
} from "./schemas.ts";
import { tokenView } from "./views.ts";

const byId = z.object({ id: idField });

export const keyRoutes: readonly Route[] = [
  route(
    {
      operationId: "listTokens",
      method: "get",
      path: "/tokens",
      tag: "Keys",
      summary: "List the site's keys, without their secrets",
      description: "A key that is restricted to entities sees those that reach no further.",
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
      permissionInSession: "read",
      body: CreateTokenRequest,
      description:
        "Who acts with a key is a service or an agent, by its name: keys of one name and kind are one principal's. Every key names the users behind it (`heldBy`). With the kind `person` it is the key of the user who asks for it in a session, of whatever role, and of nobody else.",
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
      operationId: "changeToken",
      method: "patch",
      path: "/tokens/{id}",
      tag: "Keys",
      summary: "Say whether a key is independent of who holds it",
      description:
        "Only an OWNER does, in a session. Under `four_eyes` those who hold an independent key may approve what it prepares, for instance what an importer brings in by itself. It is shown with each entry that it prepares, and counts everywhere within five seconds.",
      permission: "tokens:write",
      params: byId,
      body: ChangeTokenRequest,
      bodyExample: { independent: true },
      answers: {
        200: {
          schema: TokenView,
          description: "The key.",
          example: {
            ...tokenExample,
            independent: true,
            independentSetBy: tokenExample.heldBy[0],
            independentSetAt: tokenExample.lastUsedAt,
          },
        },
      },
      refusals: ["PRECONDITION_FAILED"],
    },
    async (context, { params, body, revisions }) => {
      const row = await changeToken(context, params.id, body, revisions);
      return { view: tokenView(row, context.clock()), revision: row.independenceRevision };
    },
    ({ view, revision }) => answer(view, 200, { ETag: etagOf(revision) }),
  ),
  route(
    {
      operationId: "revokeToken",
      method: "delete",
      path: "/tokens/{id}",
      tag: "Keys",
      summary: "Revoke a key: everywhere within five seconds",
      description:
        "For good: what the key did stays, and nothing brings it back. Make another key in its place. The last OWNER key of a site that neither expires nor is revoked is rotated, not revoked. In a session everyone revokes their own.",
      permission: "tokens:write",
      permissionInSession: "read",
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
      description:
        "Once: a key has one successor. Who rotates it stands behind the new one with those who did before, and unless an OWNER does it in a session the new one is not `independent`. A person's key is rotated by that person alone, in a session of whatever role.",
      permission: "tokens:write",
      permissionInSession: "read",
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
