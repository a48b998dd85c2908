import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { readAccessToken } from "../../src/access/access-token.ts";
import { admit, admitSession } from "../../src/access/leases.ts";
import type { Role } from "../../src/kernel/role.ts";
import { operationContext } from "../../src/operation/build-context.ts";
import type { OperationContext } from "../../src/operation/context.ts";
import { logFor } from "../../src/platform/log.ts";
import { type Answer, type Api, apiWith, request, type Site } from "./site.ts";

export const password = "correct horse battery staple";

export interface Firm {
  readonly id: string;
  readonly email: string;
  readonly ownerId: string;
  readonly live: { readonly siteId: string; readonly tokenId: string; readonly api: Api };
  readonly sandbox: { readonly siteId: string; readonly tokenId: string; readonly api: Api };
}

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly api: Api;
}

/** Sends a body to a route that takes no key, from an address of its own. */
export function postWithoutKey(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const own = { "content-type": "application/json", "cf-connecting-ip": crypto.randomUUID(), ...headers };
  return request("POST", `/api/v1${path}`, own, JSON.stringify(body));
}

/** A fresh firm, its owner with a password. */
export async function newFirm(more: Readonly<Record<string, unknown>> = {}): Promise<Firm> {
  const email = `${crypto.randomUUID()}@example.com`;
  const { status, body } = await postWithoutKey("/signup", { firmName: "Acme", ownerEmail: email, ownerPassword: password, ...more });
  expect(status).toBe(201);
  const site = async ({ siteId, tokenId, key }: { readonly siteId: string; readonly tokenId: string; readonly key: string }) => {
    await env.ACCESS.getByName(tokenId).setPlan(1_000_000);
    return { siteId, tokenId, api: apiWith(key) };
  };
  return {
    id: body.firm.id,
    email: body.owner.email,
    ownerId: body.owner.id,
    live: await site(body.live),
    sandbox: await site(body.sandbox),
  };
}

/** From an address of its own, or the one that the headers say. */
export function tryToSignIn(
  email: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  return postWithoutKey("/auth/token", { email, password, ...more }, headers);
}

export function refresh(refreshToken: string): Promise<Answer> {
  return postWithoutKey("/auth/token", { refreshToken });
}

export async function signIn(email: string, more: Readonly<Record<string, unknown>> = {}): Promise<Session> {
  return sessionOf(await tryToSignIn(email, more));
}

export function sessionOf({ status, body }: Answer): Session {
  expect(status).toBe(200);
  const { accessToken, refreshToken, session, user } = body;
  return { id: session.id, userId: user.id, accessToken, refreshToken, api: apiWithToken(accessToken) };
}

/** The API through an access token. */
export function apiWithToken(accessToken: string): Api {
  return apiWith(accessToken, { authorization: `Bearer ${accessToken}` });
}

/** A user of the firm of a role, with the password of the tests and nothing to change about it. */
export async function newUser(firm: Firm, role: Role, more: Readonly<Record<string, unknown>> = {}) {
  const email = `${crypto.randomUUID()}@example.com`;
  const wish = { email, role, password, mustChangePassword: false, ...more };
  const { status, body } = await firm.live.api.post("/users", wish);
  expect(status).toBe(201);
  return { id: body.id as string, email: body.email as string };
}

/** A key of a user, which they make in a session. */
export async function keyOf(
  { email }: { readonly email: string },
  role: Role,
  more: { readonly siteId?: string; readonly password?: string } = {},
): Promise<Api & { readonly id: string }> {
  const { api } = await signIn(email, more);
  const { status: made, body } = await api.post("/tokens", { name: "A person's", kind: "person", role });
  expect(made).toBe(201);
  await api.post("/auth/logout", undefined);
  return { ...apiWith(body.key), id: body.id };
}

/** A fresh user of a site's firm, signed in there, with no limit on their requests. */
export async function personAt({ siteId, live }: Pick<Site, "siteId" | "live">, role: Role, name = "A person"): Promise<Session> {
  const email = `${crypto.randomUUID()}@example.com`;
  const { status, body } = await live.post("/users", { email, name, role, password, mustChangePassword: false });
  expect(status, JSON.stringify(body)).toBe(201);
  const session = await signIn(email, { siteId });
  await env.ACCESS.getByName(session.id).setPlan(1_000_000);
  return session;
}

/** What an operation works with that the firm's OWNER key calls, or who is signed in. */
export async function contextOf(firm: Firm, given = env, session?: Session): Promise<OperationContext> {
  const admitted =
    session === undefined
      ? await admit(env.ACCESS, firm.live.api.key, Date.now)
      : await admitSession(env.ACCESS, session.accessToken, Date.now, (accessToken, nowMs) => readAccessToken(env, accessToken, nowMs));
  if (!admitted.ok) throw new Error("the key is good");
  return operationContext({
    env: given,
    authority: admitted.authority,
    requestId: "req_test",
    log: logFor("req_test"),
    bookmark: undefined,
    waitUntil: () => undefined,
  });
}
