import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { NewToken } from "../../../src/access/token.ts";
import { directoryDatabase } from "../../../src/db/directory-database.ts";
import { findSite } from "../../../src/db/site-rows.ts";
import { createToken } from "../../../src/features/keys/create-token.ts";
import { startSession } from "../../../src/features/users/start-session.ts";
import {
  changeUser,
  findUser,
  isChangedMeanwhile,
  markPasswordSet,
  passwordsOfEmail,
  putPassword,
} from "../../../src/features/users/store.ts";
import { type Role, reaches, roles } from "../../../src/kernel/role.ts";
import { anonymousContext } from "../../../src/operation/build-context.ts";
import { logFor } from "../../../src/platform/log.ts";
import { Refused } from "../../../src/platform/refused.ts";
import { runEveryCron } from "../../support/background.ts";
import {
  contextOf,
  type Firm,
  keyOf,
  newFirm,
  newUser,
  password,
  refresh,
  type Session,
  signIn,
  tryToSignIn,
} from "../../support/people.ts";
import { type Answer, type Api, apiWith } from "../../support/site.ts";

afterEach(() => vi.restoreAllMocks());

const outcome = ({ status, body }: Answer) => [status, body?.error?.code];
const status = async (session: { readonly api: Api }) => (await session.api.get("/me")).status;
const anyEmail = () => `${crypto.randomUUID()}@example.com`;
const everyPair = roles.flatMap((actor) => roles.map((target) => [actor, target] as const));
const ownersOf = async (firm: Firm) =>
  (
    await env.DIRECTORY.prepare("SELECT count(*) AS n FROM users WHERE firm_id = ? AND role = 'OWNER' AND deleted_at IS NULL")
      .bind(firm.id)
      .first<{ n: number }>()
  )?.n;

const liveTokensOf = async (userId: string) =>
  (await env.DIRECTORY.prepare("SELECT id FROM tokens WHERE principal_id = ? AND revoked_at IS NULL").bind(userId).all()).results;

describe("a user", () => {
  test("is made, read, listed and changed; no answer shows a password or its hash", async () => {
    const firm = await newFirm();
    const { api } = firm.live;
    const made = await api.post("/users", { email: "Ada@Example.com", name: "Ada King", role: "APPROVER", password });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/users/${made.body.id}`);
    expect(made.body).toEqual({
      id: made.body.id,
      firmId: firm.id,
      email: "ada@example.com",
      name: "Ada King",
      role: "APPROVER",
      passwordSetAt: expect.any(String),
      mustChangePassword: true,
      credentialSetBy: null,
      credentialConfirmedBy: null,
      createdAt: made.body.createdAt,
    });
    const read = await api.get(`/users/${made.body.id}`);
    expect(read.body).toEqual(made.body);
    const etag = read.headers.get("etag") ?? "";
    const changed = await api.patch(`/users/${made.body.id}`, { name: "Ada Lovelace" }, { "if-match": etag });
    expect(changed.body).toEqual({ ...made.body, name: "Ada Lovelace" });
    expect(changed.headers.get("etag")).not.toBe(etag);
    expect(outcome(await api.patch(`/users/${made.body.id}`, { role: "ADMIN" }, { "if-match": etag }))).toEqual([
      412,
      "PRECONDITION_FAILED",
    ]);
    const list = await api.get("/users");
    expect(list.body).toMatchObject({ totalCount: 2, hasMore: false, nextCursor: null });
    expect(list.body.data[0]).toEqual(changed.body);
    expect(made.text + read.text + list.text).not.toMatch(/scrypt|correct horse/);
  });

  test("is listed page by page, none twice and none left out", async () => {
    const firm = await newFirm();
    for (let made = 0; made < 5; made += 1) await newUser(firm, "REVIEWER", { password: undefined });
    const seen: string[] = [];
    for (let path = "/users?limit=2"; path !== ""; ) {
      const { body } = await firm.live.api.get(path);
      seen.push(...body.data.map((user: { id: string }) => user.id));
      path = body.nextCursor === null ? "" : `/users?limit=2&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([6, 6]);
  });

  test("has an email of its own in the firm, in lower case; in another firm it may be another's", async () => {
    const [firm, other] = await Promise.all([newFirm(), newFirm()]);
    const wish = { email: anyEmail(), role: "REVIEWER" };
    expect((await firm.live.api.post("/users", wish)).status).toBe(201);
    const again = await firm.live.api.post("/users", { ...wish, email: wish.email.toUpperCase() });
    expect(outcome(again)).toEqual([409, "CODE_TAKEN"]);
    expect(again.body.error.details[0].pointer).toBe("/email");
    expect((await other.live.api.post("/users", wish)).status).toBe(201);
  });

  test("made with one idempotency key is one; the answer is the first's, and the directory keeps no password to guess", async () => {
    const firm = await newFirm();
    const wish = { email: anyEmail(), role: "REVIEWER", password };
    const headers = { "idempotency-key": "make-ada" };
    const answers = await Promise.all(Array.from({ length: 4 }, () => firm.live.api.post("/users", wish, headers)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect((await firm.live.api.get("/users")).body.totalCount).toBe(2);
    expect(outcome(await firm.live.api.post("/users", { ...wish, password: `${password}.` }, headers))).toEqual([
      422,
      "IDEMPOTENCY_KEY_REUSED",
    ]);
    const { createHash } = await import("node:crypto");
    const { canonicalJson } = await import("../../../src/platform/canonical-json.ts");
    const kept = JSON.stringify((await env.DIRECTORY.prepare("SELECT fingerprint FROM sealed_answers").all()).results);
    const guess = createHash("sha256").update(`createUser  ${canonicalJson({ params: undefined, query: undefined, body: wish })}`);
    expect(kept).not.toContain(guess.digest("base64url"));
  });

  test.each([
    ["without a role", { email: "ada@example.com" }, ""],
    ["with an unknown role", { role: "ROOT" }, "/role"],
    ["with no address", { email: "ada" }, "/email"],
    ["with a short password", { password: "short" }, "/password"],
    ["with a password of 201 characters", { password: "a".repeat(201) }, "/password"],
    ["with the email as its password", { email: "ada.lovelace@example.com", password: "Ada.Lovelace@Example.com" }, "/password"],
    ["with a hash", { hash: "$scrypt$" }, "/hash"],
  ])("%s is refused", async (_name, wrong, pointer) => {
    const { live } = await newFirm();
    const answer = await live.api.post("/users", pointer === "" ? wrong : { email: anyEmail(), role: "REVIEWER", ...wrong });
    expect(outcome(answer)).toEqual([400, "VALIDATION_ERROR"]);
    if (pointer !== "") expect(answer.body.error.details[0].pointer).toBe(pointer);
  });

  test("of another firm is not there", async () => {
    const [firm, other] = await Promise.all([newFirm(), newFirm()]);
    const { api } = firm.live;
    const path = `/users/${other.ownerId}`;
    for (const answer of [
      await api.get(path),
      await api.patch(path, { role: "REVIEWER" }),
      await api.delete(path),
      await api.post(`${path}/password`, { password: "a password of mine" }),
    ])
      expect(outcome(answer)).toEqual([404, "NOT_FOUND"]);
    expect((await tryToSignIn(other.email)).status).toBe(200);
  });

  test("is not changed with a sandbox's key, nor with one that is restricted to entities; with a session of the sandbox it is", async () => {
    const firm = await newFirm();
    const wish = () => ({ email: anyEmail(), role: "REVIEWER" });
    const path = `/users/${firm.ownerId}`;
    const { api } = firm.sandbox;
    expect((await api.get("/users")).status).toBe(200);
    for (const answer of [
      await api.post("/users", wish()),
      await api.patch(path, { name: "Mine" }),
      await api.delete(path),
      await api.post(`${path}/password`, { password: "a password of mine" }),
    ])
      expect(outcome(answer)).toEqual([403, "LIVE_KEY_REQUIRED"]);
    const entity = await firm.live.api.post("/entities", { name: "Blue Bottle", functionalCurrency: "USD" });
    const restricted = await firm.live.api.withRole("OWNER", { entityIds: [entity.body.id] });
    expect(outcome(await restricted.post("/users", wish()))).toEqual([403, "ENTITY_FORBIDDEN"]);
    const session = await signIn(firm.email, { siteId: firm.sandbox.siteId });
    expect((await session.api.post("/users", wish())).status).toBe(201);
  });
});

describe("who may touch whom", () => {
  const sessions = new Map<Role, Session>();
  let firm: Firm;
  const sessionOf = async (role: Role) => {
    firm ??= await newFirm();
    const known = sessions.get(role) ?? (await signIn((await newUser(firm, role)).email));
    sessions.set(role, known);
    await env.ACCESS.getByName(known.id).setPlan(1_000_000);
    return known.api;
  };

  test.each(everyPair)("a session of %s with a user of the role %s", async (actor, target) => {
    const api = await sessionOf(actor);
    const allowed = reaches(actor, "ADMIN") && reaches(actor, target);
    const made = await api.post("/users", { email: anyEmail(), role: target });
    expect(made.status).toBe(allowed ? 201 : 403);
    const { id, email } = await newUser(firm, target);
    const path = `/users/${id}`;
    const answers = [
      await api.patch(path, { name: "Renamed" }),
      await api.patch(path, { role: "REVIEWER" }),
      await api.patch(path, { role: target }),
      await api.post(`${path}/password`, { password: "set by somebody else" }),
      await api.post("/tokens", { name: "Theirs", kind: "person", userId: id, role: "REVIEWER" }),
      await api.delete(path),
    ];
    expect(answers.map((answer) => answer.status)).toEqual(allowed ? [200, 200, 200, 200, 403, 204] : answers.map(() => 403));
    for (const answer of allowed ? [] : answers) expect(answer.body.error.code).toBe("FORBIDDEN");
    expect((await tryToSignIn(email)).status).toBe(allowed ? 401 : 200);
  });

  test.each(everyPair)("a session of %s gives the role %s", async (actor, role) => {
    const api = await sessionOf(actor);
    const { id } = await newUser(firm, "REVIEWER", { password: undefined });
    const allowed = reaches(actor, "ADMIN") && reaches(actor, role);
    expect((await api.patch(`/users/${id}`, { role })).status).toBe(allowed ? 200 : 403);
    expect((await firm.live.api.get(`/users/${id}`)).body.role).toBe(allowed ? role : "REVIEWER");
  });

  test.each(roles.map((role) => [role] as const))("a session of %s lists and reads users where its role may", async (role) => {
    const api = await sessionOf(role);
    const expected = reaches(role, "ADMIN") ? 200 : 403;
    expect([(await api.get("/users")).status, (await api.get(`/users/${firm.ownerId}`)).status]).toEqual([expected, expected]);
  });

  test("an ADMIN who has read a user that is made OWNER meanwhile changes nothing", async () => {
    const owned = await newFirm();
    const { id } = await newUser(owned, "REVIEWER");
    const directory = directoryDatabase(env);
    const before = await findUser(directory, owned.id, id);
    if (before === undefined) throw new Error("the user was just made");
    expect((await owned.live.api.patch(`/users/${id}`, { role: "OWNER" })).status).toBe(200);
    expect(await changeUser(directory, before, { role: "PREPARER" })).toBeUndefined();
    expect(await changeUser(directory, before, { deletedAt: Date.now() })).toBeUndefined();
    const reset = directory.orm.batch([
      markPasswordSet(directory, before, { mustChangePassword: true, atMs: Date.now(), isOwn: false, credential: undefined }),
      putPassword(directory, id, "of an ADMIN"),
    ]);
    const failed = await reset.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(isChangedMeanwhile(failed)).toBe(true);
    expect((await findUser(directory, owned.id, id))?.role).toBe("OWNER");
    expect((await env.DIRECTORY.prepare("SELECT hash FROM passwords WHERE user_id = ?").bind(id).first<{ hash: string }>())?.hash).toMatch(
      /^\$scrypt/,
    );
  });
});

describe("the last OWNER", () => {
  test("cannot be demoted, deleted or leave; once there is another, can", async () => {
    const firm = await newFirm();
    const { api } = await signIn(firm.email);
    const path = `/users/${firm.ownerId}`;
    await newUser(firm, "ADMIN");
    for (const by of [api, firm.live.api]) {
      expect(outcome(await by.patch(path, { role: "ADMIN" }))).toEqual([409, "LAST_OWNER"]);
      expect(outcome(await by.delete(path))).toEqual([409, "LAST_OWNER"]);
    }
    expect((await api.patch(path, { name: "Still here", role: "OWNER" })).status).toBe(200);
    const gone = await newUser(firm, "OWNER");
    expect((await api.delete(`/users/${gone.id}`)).status).toBe(204);
    expect(outcome(await api.delete(path))).toEqual([409, "LAST_OWNER"]);
    await newUser(firm, "OWNER");
    expect((await api.delete(path)).status).toBe(204);
    expect(await status({ api })).toBe(401);
    expect(await ownersOf(firm)).toBe(1);
  });

  test.each([
    ["demoted", (api: Api, id: string) => api.patch(`/users/${id}`, { role: "ADMIN" })],
    ["deleted", (api: Api, id: string) => api.delete(`/users/${id}`)],
    [
      "demoted and deleted",
      (api: Api, id: string, n: number) => (n % 2 === 0 ? api.patch(`/users/${id}`, { role: "REVIEWER" }) : api.delete(`/users/${id}`)),
    ],
  ])("of several that are %s at once is left", async (_name, remove) => {
    for (let round = 0; round < 3; round += 1) {
      const firm = await newFirm();
      const owners = [
        firm.ownerId,
        ...(await Promise.all([1, 2, 3].map(() => newUser(firm, "OWNER", { password: undefined })))).map(({ id }) => id),
      ];
      const answers = await Promise.all(owners.map((id, n) => remove(firm.live.api, id, n)));
      expect(await ownersOf(firm)).toBe(1);
      expect(answers.filter((answer) => answer.status < 300).length).toBe(3);
      expect(answers.filter((answer) => answer.status >= 300).map(outcome)).toEqual([[409, "LAST_OWNER"]]);
    }
  });

  test("of two who demote themselves at once stays", async () => {
    const firm = await newFirm();
    const other = await newUser(firm, "OWNER");
    const sessions = [await signIn(firm.email), await signIn(other.email)];
    const answers = await Promise.all(sessions.map(({ api, userId }) => api.patch(`/users/${userId}`, { role: "PREPARER" })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await ownersOf(firm)).toBe(1);
  });
});

describe("who leaves", () => {
  test("loses every session and key, in every site; repeated it is the same", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "PREPARER");
    const sessions = [await signIn(user.email), await signIn(user.email, { siteId: firm.sandbox.siteId })];
    const own = await sessions[1]?.api.get("/me");
    expect(own?.status).toBe(200);
    const keys = [await keyOf(user, "PREPARER"), await keyOf(user, "REVIEWER", { siteId: firm.sandbox.siteId })];
    const all = [...sessions.map(({ api }) => api), ...keys];
    expect(await Promise.all(all.map((api) => status({ api })))).toEqual([200, 200, 200, 200]);
    for (let times = 0; times < 2; times += 1) {
      expect((await firm.live.api.delete(`/users/${user.id}`)).status).toBe(204);
      expect(await Promise.all(all.map((api) => status({ api })))).toEqual([401, 401, 401, 401]);
    }
    expect((await firm.live.api.get(`/users/${user.id}`)).status).toBe(404);
    expect((await firm.live.api.get("/users")).body.totalCount).toBe(1);
    expect((await tryToSignIn(user.email)).status).toBe(401);
    expect((await refresh(sessions[0]?.refreshToken ?? "")).status).toBe(401);
    expect((await env.DIRECTORY.prepare("SELECT 1 FROM passwords WHERE user_id = ?").bind(user.id).all()).results).toEqual([]);
  });

  test("leaves the email free for another", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "PREPARER");
    await firm.live.api.delete(`/users/${user.id}`);
    const next = await newUser(firm, "REVIEWER", { email: user.email });
    expect(next.id).not.toBe(user.id);
    expect((await signIn(user.email)).userId).toBe(next.id);
  });

  test("while a key is made for them, has none in the end", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "PREPARER");
    const session = await signIn(user.email);
    let leaving = true;
    // Leaves between the look at the user and the key's row: when the key's object is looked for.
    const ACCESS = new Proxy(env.ACCESS, {
      get(namespace, name) {
        if (name !== "get" || !leaving) return Reflect.get(namespace, name).bind(namespace);
        leaving = false;
        return (id: DurableObjectId) => ({
          create: async (token: NewToken) => {
            expect((await firm.live.api.delete(`/users/${user.id}`)).status).toBe(204);
            return namespace.get(id).create(token);
          },
        });
      },
    });
    const wish = { name: "A person's", kind: "person", role: "PREPARER" } as const;
    const refused = await createToken(await contextOf(firm, { ...env, ACCESS }, session), wish).then(
      () => undefined,
      (error: unknown) => (error instanceof Refused ? error.failure.code : error),
    );
    expect(refused).toBe("REFERENCE_NOT_FOUND");
    expect(await liveTokensOf(user.id)).toEqual([]);
  });
});

describe("a session that is being made while its user", () => {
  const made = async (firm: Firm, email: string, meanwhile: (userId: string) => Promise<Answer>) => {
    const context = anonymousContext({
      env,
      requestId: "req_test",
      log: logFor("req_test"),
      address: "nobody",
      waitUntil: () => undefined,
    });
    const [kept] = await passwordsOfEmail(context.directory, email);
    const [user, site] = [
      await findUser(context.directory, firm.id, kept?.userId ?? ""),
      await findSite(context.directory, firm.live.siteId),
    ];
    if (kept === undefined || user === undefined || site === undefined) throw new Error("they were just made");
    expect((await meanwhile(user.id)).status).toBeLessThan(300);
    return startSession(context, user, kept.hash, site).then(
      async ({ refreshToken }) => {
        const lease = await env.ACCESS.getByName(refreshToken.sessionId).lease(null);
        return lease.ok ? `${lease.lease.authority.role}, ${lease.lease.authority.site.origins.length} origins` : "over";
      },
      (error: unknown) => (error instanceof Refused ? error.failure.code : error),
    );
  };

  test.each([
    ["leaves", (firm: Firm, id: string) => firm.live.api.delete(`/users/${id}`), "CREDENTIALS_INVALID", 0],
    [
      "is given another password",
      (firm: Firm, id: string) => firm.live.api.post(`/users/${id}/password`, { password: "set by somebody else" }),
      "CREDENTIALS_INVALID",
      0,
    ],
    [
      "is given another role",
      (firm: Firm, id: string) => firm.live.api.patch(`/users/${id}`, { role: "REVIEWER" }),
      "REVIEWER, 0 origins",
      1,
    ],
    [
      "'s site is given an origin",
      (firm: Firm) => firm.live.api.patch(`/sites/${firm.live.siteId}`, { origins: ["https://books.example.com"] }),
      "ADMIN, 1 origins",
      1,
    ],
  ] as const)("%s is held to it", async (_name, meanwhile, expected, left) => {
    const firm = await newFirm();
    const user = await newUser(firm, "ADMIN");
    expect(await made(firm, user.email, (id) => meanwhile(firm, id))).toBe(expected);
    expect((await liveTokensOf(user.id)).length).toBe(left);
  });
});

describe("a new role", () => {
  test("lowers the user's keys, in the list too; a higher one raises none", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "ADMIN");
    const [admin, reviewer] = [await keyOf(user, "ADMIN"), await keyOf(user, "REVIEWER")];
    const rolesNow = async () => Promise.all([admin, reviewer].map(async (key) => (await key.get("/me")).body.token.role));
    expect(await rolesNow()).toEqual(["ADMIN", "REVIEWER"]);
    expect((await firm.live.api.patch(`/users/${user.id}`, { role: "PREPARER" })).status).toBe(200);
    expect(await rolesNow()).toEqual(["PREPARER", "REVIEWER"]);
    const listed = (await firm.live.api.get("/tokens")).body.data.filter((token: { principalId: string }) => token.principalId === user.id);
    expect(listed.map((token: { role: string }) => token.role)).toEqual(["REVIEWER", "PREPARER"]);
    expect((await firm.live.api.patch(`/users/${user.id}`, { role: "OWNER" })).status).toBe(200);
    expect(await rolesNow()).toEqual(["PREPARER", "REVIEWER"]);
  });

  test("reaches a key through another isolate's lease within five seconds", async () => {
    const another = `../../../src/access/leases.ts?isolate=${crypto.randomUUID()}`;
    // The module of another isolate: with leases of its own.
    const leases = (await import(/* @vite-ignore */ another)) as typeof import("../../../src/access/leases.ts");
    const start = Date.now();
    const clock = vi.spyOn(Date, "now").mockReturnValue(start);
    const firm = await newFirm();
    const user = await newUser(firm, "ADMIN");
    const { key } = await keyOf(user, "ADMIN");
    const roleThere = async () => {
      const admitted = await leases.admit(env.ACCESS, key, Date.now);
      return admitted.ok ? admitted.authority.role : undefined;
    };
    expect(await roleThere()).toBe("ADMIN");
    await firm.live.api.patch(`/users/${user.id}`, { role: "REVIEWER" });
    clock.mockReturnValue(start + 4_999);
    expect(await roleThere()).toBe("ADMIN");
    clock.mockReturnValue(start + 5_000);
    expect(await roleThere()).toBe("REVIEWER");
    await firm.live.api.delete(`/users/${user.id}`);
    clock.mockReturnValue(start + 10_000);
    expect(await roleThere()).toBeUndefined();
  });

  test("that comes to a session late does not undo a later one", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "ADMIN");
    const session = await signIn(user.email);
    await firm.live.api.patch(`/users/${user.id}`, { role: "REVIEWER" });
    await env.ACCESS.getByName(session.id).follow({ role: "ADMIN", mustChangePassword: false, revision: 1 });
    expect((await session.api.get("/me")).body.session.role).toBe("REVIEWER");
  });

  test.each([
    ["a lower role", "role = 'REVIEWER'", [200, 200], "REVIEWER"],
    ["another password", "password_set_at = created_at + 1000000000", [401, 200], "ADMIN"],
    ["leaving", "deleted_at = created_at", [401, 401], undefined],
  ] as const)(
    "or other change that was broken off reaches all that is the user's with the next scheduled run (%s)",
    async (_name, change, statuses, role) => {
      const firm = await newFirm();
      const user = await newUser(firm, "ADMIN");
      const session = await signIn(user.email);
      const key = await keyOf(user, "ADMIN");
      await env.DIRECTORY.prepare(`UPDATE users SET ${change}, revision = revision + 1 WHERE id = ?`).bind(user.id).run();
      const later = Date.now() + 5_000;
      await runEveryCron();
      vi.spyOn(Date, "now").mockReturnValue(later);
      expect(await Promise.all([session, { api: key }].map(status))).toEqual(statuses);
      expect((await key.get("/me")).body.token?.role).toBe(role);
      const untold = await env.DIRECTORY.prepare("SELECT 1 FROM users WHERE id = ? AND told_revision < revision").bind(user.id).all();
      expect(untold.results).toEqual([]);
    },
  );

  test("that was never told to a session is told when it is refreshed", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "ADMIN");
    const session = await signIn(user.email);
    await env.DIRECTORY.prepare("UPDATE users SET role = 'REVIEWER', revision = revision + 1 WHERE id = ?").bind(user.id).run();
    const { body } = await refresh(session.refreshToken);
    expect((await apiWith("", { authorization: `Bearer ${body.accessToken}` }).get("/me")).body.session.role).toBe("REVIEWER");
  });
});

describe("a password", () => {
  const next = "a better one that nobody knows";

  test("of one's own is changed with the present one; other sessions end, this one goes on, keys too", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "REVIEWER");
    const [session, other] = [await signIn(user.email), await signIn(user.email)];
    const key = await keyOf(user, "REVIEWER");
    const set = (body: object) => session.api.post(`/users/${user.id}/password`, body);
    expect(outcome(await set({ password: next }))).toEqual([400, "VALIDATION_ERROR"]);
    expect(outcome(await set({ password: next, currentPassword: "not the present one" }))).toEqual([403, "PASSWORD_INCORRECT"]);
    expect(outcome(await set({ password, currentPassword: password }))).toEqual([400, "VALIDATION_ERROR"]);
    const inFullWidth = String.fromCharCode(password.charCodeAt(0) + 0xfee0) + password.slice(1);
    expect(outcome(await set({ password: inFullWidth, currentPassword: password }))).toEqual([400, "VALIDATION_ERROR"]);
    expect(outcome(await set({ password: "short", currentPassword: password }))).toEqual([400, "VALIDATION_ERROR"]);
    expect(await Promise.all([session, other].map(status))).toEqual([200, 200]);
    const changed = await set({ password: next, currentPassword: password });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ id: user.id, mustChangePassword: false });
    expect(await Promise.all([session, other, { api: key }].map(status))).toEqual([200, 401, 200]);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await refresh(session.refreshToken)).status).toBe(200);
    expect((await tryToSignIn(user.email)).status).toBe(401);
    expect((await tryToSignIn(user.email, { password: next })).status).toBe(200);
  });

  test("that is guessed with a stolen session makes it wait as a sign-in does", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "REVIEWER");
    const session = await signIn(user.email);
    const guess = () => session.api.post(`/users/${user.id}/password`, { password: next, currentPassword: "not the present one" });
    const answers = [];
    for (let n = 0; n < 6; n += 1) answers.push(await guess());
    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403, 403, 403, 429]);
    expect(answers[5]?.body.error.code).toBe("SIGN_IN_LOCKED");
    expect(Number(answers[5]?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    // The thief keeps the user from nothing but that.
    expect((await tryToSignIn(user.email)).status).toBe(200);
  });

  test("that an ADMIN resets ends the user's sessions, and has to be changed before anything else", async () => {
    const firm = await newFirm();
    const [admin, user] = [await newUser(firm, "ADMIN"), await newUser(firm, "APPROVER")];
    const [by, before] = [await signIn(admin.email), await signIn(user.email)];
    const reset = await by.api.post(`/users/${user.id}/password`, { password: next });
    expect(reset.body).toMatchObject({ id: user.id, mustChangePassword: true });
    expect(await status(before)).toBe(401);
    expect((await refresh(before.refreshToken)).status).toBe(401);
    expect((await tryToSignIn(user.email)).status).toBe(401);
    const { api } = await signIn(user.email, { password: next });
    expect((await api.get("/me")).body.user.mustChangePassword).toBe(true);
    const ofAnother = () => api.post(`/users/${admin.id}/password`, { password: next });
    for (const answer of [await api.get("/entities"), await api.post("/tokens", {}), await api.get("/users"), await ofAnother()])
      expect(outcome(answer)).toEqual([403, "PASSWORD_CHANGE_REQUIRED"]);
    const own = { password: "known to nobody else", currentPassword: next };
    expect((await api.post(`/users/${user.id}/password`, own)).body.mustChangePassword).toBe(false);
    expect((await api.get("/entities")).status).toBe(200);
  });

  test("of one's own cannot be reset around the present one, not even by an OWNER's session", async () => {
    const firm = await newFirm();
    const { api } = await signIn(firm.email);
    expect(outcome(await api.post(`/users/${firm.ownerId}/password`, { password: next }))).toEqual([400, "VALIDATION_ERROR"]);
    const key = await keyOf(firm, "OWNER");
    expect(outcome(await key.post(`/users/${firm.ownerId}/password`, { password: next }))).toEqual([400, "VALIDATION_ERROR"]);
  });

  test("is set by the OWNER's key of a firm that signed up without one", async () => {
    const firm = await newFirm({ ownerPassword: undefined });
    expect((await firm.live.api.get(`/users/${firm.ownerId}`)).body).toMatchObject({ passwordSetAt: null, mustChangePassword: false });
    expect((await tryToSignIn(firm.email)).status).toBe(401);
    const set = await firm.live.api.post(`/users/${firm.ownerId}/password`, { password });
    expect(set.body.mustChangePassword).toBe(false);
    expect((await (await signIn(firm.email)).api.get("/entities")).status).toBe(200);
  });

  test("set again with its idempotency key is not set again, and ends no session that began since", async () => {
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const firm = await newFirm();
    const user = await newUser(firm, "REVIEWER");
    const send = () =>
      firm.live.api.post(`/users/${user.id}/password`, { password: next, mustChangePassword: false }, { "idempotency-key": "reset-once" });
    const first = await send();
    clock.mockReturnValue(Date.now() + 1);
    const session = await signIn(user.email, { password: next });
    const second = await send();
    expect([first.status, second.status, second.text]).toEqual([200, 200, first.text]);
    expect(second.headers.get("x-idempotent-replayed")).toBe("true");
    expect(await status(session)).toBe(200);
  });

  test("at sign-up is of the same form", async () => {
    const { postWithoutKey } = await import("../../support/people.ts");
    const refused = await postWithoutKey("/signup", { firmName: "Acme", ownerEmail: anyEmail(), ownerPassword: "short" });
    expect(outcome(refused)).toEqual([400, "VALIDATION_ERROR"]);
    expect(refused.body.error.details[0].pointer).toBe("/ownerPassword");
  });
});
