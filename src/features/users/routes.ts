import { z } from "@hono/zod-openapi";
import { publicKeys } from "../../access/signing-keys.ts";
import { answer, answerNothing, answerOnce, answerText, noStore } from "../../http/answers.ts";
import { etagOf } from "../../http/etag.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import type { Router } from "../../http/request-context.ts";
import { publicRoute, type Route, route } from "../../http/route.ts";
import { confirmUser } from "./confirm-user.ts";
import { createAuthToken } from "./create-auth-token.ts";
import { createUser } from "./create-user.ts";
import { deleteUser } from "./delete-user.ts";
import { getMe } from "./get-me.ts";
import { getUser } from "./get-user.ts";
import { listUsers } from "./list-users.ts";
import { logOut } from "./log-out.ts";
import {
  AuthToken,
  AuthTokenRequest,
  authTokenExample,
  CreateUserRequest,
  ListUsersQuery,
  Me,
  meExample,
  SetPasswordRequest,
  UpdateUserRequest,
  UserPage,
  UserView,
  userExample,
} from "./schemas.ts";
import { setPassword } from "./set-password.ts";
import { updateUser } from "./update-user.ts";
import { userView } from "./views.ts";

const byId = z.object({ id: idField });

export const userRoutes: readonly Route[] = [
  publicRoute(
    {
      operationId: "createAuthToken",
      method: "post",
      path: "/auth/token",
      tag: "Users",
      summary: "Sign a user in to a site, or go on with a session",
      description:
        "With email and password, or with the refresh token of the answer before. The access token lives 15 minutes; its keys are at /.well-known/jwks.json. A refresh token is good once: used again, it ends the session. An email may have users in several firms: `siteId` says which is meant; without it at most five are tried, those who signed in last, then the oldest. Wrong passwords are counted by email and network (/24 of IPv4, /64 of IPv6), with waits that double, and up to 100 a day by email from all who show no `device`. Whoever sends the `device` of an earlier answer to the same user is held up by its own wrong passwords alone. No answer is kept for a repetition: an Idempotency-Key does nothing here. Where the user has `mustChangePassword`, the session does nothing but change it until that is done.",
      permission: "public",
      body: AuthTokenRequest,
      bodyExample: { email: "ada@example.com", password: "correct horse battery staple" },
      answers: { 200: { schema: AuthToken, description: "The tokens, the session and the user.", example: authTokenExample } },
      refusals: ["CREDENTIALS_INVALID", "SIGN_IN_LOCKED"],
    },
    (context, { body }) => createAuthToken(context, body),
    (value) => answer(value, 200, noStore),
  ),
  route(
    {
      operationId: "logOut",
      method: "post",
      path: "/auth/logout",
      tag: "Users",
      summary: "End the session in use: everywhere within five seconds",
      description: "Its refresh token is worth nothing from then on. A key is ended with DELETE /tokens/{id}.",
      permission: "self",
      idempotency: "accepted",
      answers: { 204: { description: "Ended." } },
      refusals: ["SESSION_REQUIRED"],
    },
    (context) => logOut(context),
    () => answerNothing(),
  ),
  route(
    {
      operationId: "getMe",
      method: "get",
      path: "/me",
      tag: "Sites",
      summary: "The key or session in use, its user, its site and its plan",
      permission: "self",
      answers: { 200: { schema: Me, description: "Who asks.", example: meExample } },
    },
    (context) => getMe(context),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "listUsers",
      method: "get",
      path: "/users",
      tag: "Users",
      summary: "List the firm's users",
      permission: "users:write",
      query: ListUsersQuery,
      answers: {
        200: {
          schema: UserPage,
          description: "A page of users.",
          example: pageExample(userExample),
        },
      },
      refusals: ["INVALID_CURSOR", "ENTITY_FORBIDDEN"],
    },
    (context, { query }) => listUsers(context, query),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "createUser",
      method: "post",
      path: "/users",
      tag: "Users",
      summary: "Make a user of the firm, of at most the caller's role",
      description: "Nothing is sent to the user: who creates one tells them their password, or sets one later.",
      permission: "users:write",
      body: CreateUserRequest,
      bodyExample: { email: "ada@example.com", name: "Ada King", role: "APPROVER", password: "correct horse battery staple" },
      idempotency: "accepted",
      answers: { 201: { schema: UserView, description: "The user.", example: { ...userExample, mustChangePassword: true } } },
      refusals: ["CODE_TAKEN", "LIVE_KEY_REQUIRED", "ENTITY_FORBIDDEN"],
    },
    (context, { body }) => createUser(context, body),
    (once) => answerOnce(once, { status: 201, collection: "users" }),
  ),
  route(
    {
      operationId: "getUser",
      method: "get",
      path: "/users/{id}",
      tag: "Users",
      summary: "Read a user of the firm",
      permission: "users:write",
      params: byId,
      answers: { 200: { schema: UserView, description: "The user.", example: userExample } },
      refusals: ["ENTITY_FORBIDDEN"],
    },
    (context, { params }) => getUser(context, params.id),
    (user) => answer(userView(user), 200, { ETag: etagOf(user.revision) }),
  ),
  route(
    {
      operationId: "updateUser",
      method: "patch",
      path: "/users/{id}",
      tag: "Users",
      summary: "Change a user's name or role; a new role holds everywhere within five seconds",
      description: "Every session of the user takes the new role, and every key of theirs has at most that. A higher role raises no key.",
      permission: "users:write",
      params: byId,
      body: UpdateUserRequest,
      bodyExample: { role: "PREPARER" },
      answers: { 200: { schema: UserView, description: "The user as changed.", example: { ...userExample, role: "PREPARER" } } },
      refusals: ["LAST_OWNER", "PRECONDITION_FAILED", "LIVE_KEY_REQUIRED", "ENTITY_FORBIDDEN"],
    },
    (context, { params, body, revisions }) => updateUser(context, params.id, body, revisions),
    (user) => answer(userView(user), 200, { ETag: etagOf(user.revision) }),
  ),
  route(
    {
      operationId: "deleteUser",
      method: "delete",
      path: "/users/{id}",
      tag: "Users",
      summary: "Take a user out of the firm: their sessions and keys end within five seconds",
      description: "What the user did stays theirs, and the email is free again. The last OWNER of a firm does not leave it.",
      permission: "users:write",
      params: byId,
      answers: { 204: { description: "Gone." } },
      refusals: ["LAST_OWNER", "PRECONDITION_FAILED", "LIVE_KEY_REQUIRED", "ENTITY_FORBIDDEN"],
    },
    (context, { params }) => deleteUser(context, params.id),
    () => answerNothing(),
  ),
  route(
    {
      operationId: "setPassword",
      method: "post",
      path: "/users/{id}/password",
      tag: "Users",
      summary: "Change one's own password, or set another user's",
      description:
        "One's own takes the present one; another's takes the role ADMIN. Every session of the user ends, but the one that asks.",
      permission: "self",
      params: byId,
      body: SetPasswordRequest,
      bodyExample: { currentPassword: "correct horse battery staple", password: "a better one that nobody else knows" },
      idempotency: "accepted",
      answers: { 200: { schema: UserView, description: "The user.", example: userExample } },
      refusals: [
        "PASSWORD_CHANGE_REQUIRED",
        "PASSWORD_INCORRECT",
        "SIGN_IN_LOCKED",
        "PRECONDITION_FAILED",
        "LIVE_KEY_REQUIRED",
        "ENTITY_FORBIDDEN",
      ],
    },
    (context, { params, body }) => setPassword(context, params.id, body),
    (once) => answerOnce(once, { status: 200, collection: "users" }),
  ),
  route(
    {
      operationId: "confirmUser",
      method: "post",
      path: "/users/{id}/confirm",
      tag: "Users",
      summary: "Say that a user's password is their own, though somebody else once set it",
      description:
        "Under `four_eyes` whoever set a user's password counts as one human with the user (`credentialSetBy`), also after the user has changed it: they could have been the one who did. A second OWNER or ADMIN, who is neither of them, lifts it in a session of their own, everywhere within five seconds.",
      permission: "users:write",
      params: byId,
      idempotency: "accepted",
      answers: { 200: { schema: UserView, description: "The user.", example: userExample } },
      refusals: ["SESSION_REQUIRED", "PASSWORD_CHANGE_REQUIRED", "PRECONDITION_FAILED", "LIVE_KEY_REQUIRED", "ENTITY_FORBIDDEN"],
    },
    (context, { params }) => confirmUser(context, params.id),
    (once) => answerOnce(once, { status: 200, collection: "users" }),
  ),
];

/** The public keys of access tokens, where RFC 8615 has such things: beside the API and not in its document. Cached for less time than a new key is published before it signs. */
export function registerPublicKeys(router: Router): void {
  router.get("/.well-known/jwks.json", async (c) =>
    answerText(JSON.stringify({ keys: await publicKeys(c.env, Date.now()) }), 200, {
      "Cache-Control": "public, max-age=300",
      "Access-Control-Allow-Origin": "*",
    }),
  );
}
