import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { hashSecret, newSecret, writeKey } from "../../src/access/token.ts";
import { directoryDatabase } from "../../src/db/directory-database.ts";
import { findSiteScope } from "../../src/db/site-rows.ts";
import { insertToken } from "../../src/db/tokens.ts";
import type { Role } from "../../src/kernel/role.ts";
import { freshKey, newBooks } from "../support/books.ts";
import { operatorKey } from "../support/operator.ts";
import { personAt, type Session } from "../support/people.ts";
import { type Answer, type Api, apiWith } from "../support/site.ts";

const outcome = ({ status, body }: Answer) => [status, body?.error?.code ?? body?.status];
const forbidden = [403, "FORBIDDEN"];
const selfApproval = [403, "SELF_APPROVAL"];
const personRequired = [403, "PERSON_REQUIRED"];
const posted = [200, "posted"];

type Policy = "none" | "required" | "four_eyes";

/** A company under a policy, with the people of a firm signed in at its site. `first`: the key of the sign-up, whose owner is `ownerId`. */
async function office(policy: Policy) {
  const { api: first, entityId, site } = await newBooks();
  expect((await first.patch(`/entities/${entityId}`, { approvalPolicy: policy })).body).toMatchObject({ approvalPolicy: policy });
  const [owner, admin, approver] = [await personAt(site, "OWNER"), await personAt(site, "ADMIN"), await personAt(site, "APPROVER")];
  return { first, entityId, site, owner, admin, approver };
}
type Office = Awaited<ReturnType<typeof office>>;

interface Key {
  readonly id: string;
  readonly api: Api;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about.
  readonly body: any;
}

function keyFrom({ status, body }: Answer): Key {
  expect(status, JSON.stringify(body)).toBe(201);
  return { id: body.id, api: apiWith(body.key), body };
}
const makeKey = async (by: Api, wish: object) =>
  keyFrom(await by.post("/tokens", { name: crypto.randomUUID(), role: "PREPARER", ...wish }));
const rotate = (by: Api, { id }: { readonly id: string }) => by.post(`/tokens/${id}/rotate`, { overlapSeconds: 0 });

const lines = [
  { accountCode: "6000", side: "debit", amount: 4299 },
  { accountCode: "1000", side: "credit", amount: 4299 },
];
async function prepares(api: Api, { entityId }: { readonly entityId: string }) {
  const answer = await api.post("/journal-entries", { entityId, date: "2026-06-08", lines }, freshKey());
  expect(outcome(answer)).toEqual([202, "pending_approval"]);
  return answer;
}
const approves = async (api: Api, { body }: Answer) =>
  outcome(await api.post(`/journal-entries/${body.id}/approve`, { version: body.approval.version }));

/** A person's key as builds before this one made it: whose session it was made in, and who has it, was not noted. */
async function earlierPersonsKey(siteId: string, role: Role, principalId?: string): Promise<Key> {
  const directory = directoryDatabase(env);
  const site = await findSiteScope(directory, siteId);
  if (site === undefined) throw new Error("the site is there");
  const [id, secret] = [crypto.randomUUID(), newSecret()];
  const token = { kind: "person", role, principalId: principalId ?? id, entityIds: null } as const;
  await env.ACCESS.getByName(id).create({
    ...token,
    tokenId: id,
    site,
    expiresAtMs: null,
    plan: 1_000_000,
    secretHash: hashSecret(secret),
  });
  await insertToken(directory, { ...token, id, siteId, name: "Earlier", hint: "ch_test_", createdAt: Date.now() }).run();
  return { id, api: apiWith(writeKey(site, id, secret)), body: undefined };
}

describe("a person's key", () => {
  let people: Office;
  beforeAll(async () => {
    people = await office("none");
  });

  test("is made by nobody but that person, in a session of theirs", async () => {
    const { first, owner, admin, approver, site } = people;
    const neverSignedIn = (await site.live.post("/users", { email: `${crypto.randomUUID()}@example.com`, role: "APPROVER" })).body.id;
    const adminsKey = await makeKey(admin.api, { role: "ADMIN" });
    const adminsOwn = await makeKey(admin.api, { role: "ADMIN", kind: "person" });
    const before = (await first.get("/tokens?limit=200")).body.totalCount;
    const wishes = [{}, { userId: neverSignedIn }, { userId: approver.userId }, { userId: admin.userId }, { userId: crypto.randomUUID() }];
    for (const [who, api] of Object.entries({ first, adminsKey: adminsKey.api, adminsOwn: adminsOwn.api })) {
      for (const wish of wishes) {
        const answer = await api.post("/tokens", { name: "Theirs", kind: "person", role: "APPROVER", ...wish });
        expect(outcome(answer), `${who} ${JSON.stringify(wish)}`).toEqual(forbidden);
      }
    }
    for (const { api, userId: own } of [owner, admin]) {
      for (const userId of [neverSignedIn, approver.userId, people.owner.userId, people.admin.userId].filter((id) => id !== own))
        expect(outcome(await api.post("/tokens", { name: "Theirs", kind: "person", role: "REVIEWER", userId }))).toEqual(forbidden);
    }
    expect((await first.get("/tokens?limit=200")).body.totalCount).toBe(before);
  });

  test("is made in a session of any role, up to that role, and says so", async () => {
    const reviewer = await personAt(people.site, "REVIEWER");
    for (const [{ api, userId }, role, above] of [
      [people.approver, "APPROVER", "ADMIN"],
      [reviewer, "REVIEWER", "PREPARER"],
    ] as const) {
      const key = await makeKey(api, { kind: "person", role });
      expect(key.body).toMatchObject({ principalId: userId, heldBy: [userId], madeInSession: true, independent: false });
      expect((await key.api.get("/me")).body).toMatchObject({ token: { kind: "person", role }, user: { id: userId } });
      expect((await makeKey(api, { kind: "person", role, userId })).body.principalId).toBe(userId);
      expect(outcome(await api.post("/tokens", { name: "More", kind: "person", role: above }))).toEqual(forbidden);
      // Their own keys alone.
      expect(outcome(await api.post("/tokens", { name: "A service", role: "REVIEWER" }))).toEqual(forbidden);
      expect((await api.delete(`/tokens/${people.site.tokenId}`)).status).toBe(403);
      expect((await api.delete(`/tokens/${key.id}`)).status).toBe(204);
    }
  });

  test("is rotated by nobody but that person, in a session of theirs; others may revoke it", async () => {
    const { first, owner, admin, approver, site } = people;
    const own = await makeKey(approver.api, { kind: "person", role: "APPROVER" });
    const ownToo = await makeKey(approver.api, { kind: "person", role: "APPROVER" });
    const adminsKey = await makeKey(admin.api, { role: "ADMIN" });
    const earlier = await earlierPersonsKey(site.siteId, "APPROVER", approver.userId);
    const nobodys = await earlierPersonsKey(site.siteId, "APPROVER");
    for (const by of [first, owner.api, admin.api, adminsKey.api, own.api, ownToo.api, nobodys.api])
      for (const key of [own, earlier, nobodys]) expect(outcome(await rotate(by, key))).toEqual(forbidden);
    const rotated = await rotate(approver.api, earlier);
    expect(rotated).toMatchObject({ status: 201, body: { principalId: approver.userId, madeInSession: true, heldBy: [approver.userId] } });
    expect((await own.api.get("/me")).status).toBe(200);
    expect((await admin.api.delete(`/tokens/${own.id}`)).status).toBe(204);
    expect((await own.api.get("/me")).status).toBe(401);
  });

  test("of an earlier build goes on, and approves, posts or settles nothing that an agent had a part in", async () => {
    const { first, entityId, approver, site } = people;
    const agent = await makeKey(first, { kind: "agent" });
    const earlier = await earlierPersonsKey(site.siteId, "APPROVER", approver.userId);
    const nobodys = await earlierPersonsKey(site.siteId, "APPROVER");
    const own = await makeKey(approver.api, { kind: "person", role: "APPROVER" });
    const listed: { id: string }[] = (await first.get("/tokens?limit=200")).body.data;
    const shown = (key: Key) => listed.find(({ id }) => id === key.id);
    expect(shown(earlier)).toMatchObject({ madeInSession: false, heldBy: [approver.userId] });
    expect(shown(own)).toMatchObject({ madeInSession: true });
    for (const { api } of [earlier, nobodys]) {
      const pending = await prepares(agent.api, people);
      expect((await api.get("/me")).status).toBe(200);
      expect(await approves(api, pending)).toEqual(personRequired);
      const kept = await agent.api.post("/entries", { entityId, date: "2026-06-08", lines });
      expect(outcome(await api.post(`/journal-entries/${kept.body.id}/post`, { version: 1 }))).toEqual(personRequired);
      const hold = await agent.api.post("/holds", { entityId, date: "2026-06-08", lines }, freshKey());
      expect(outcome(await api.post(`/holds/${hold.body.id}/settle`, {}, freshKey()))).toEqual([202, "pending_approval"]);
      const batch = await api.post("/journal-entries/batch-approve", { entries: [{ id: pending.body.id, version: 1 }] });
      expect(batch.body.data[0].error).toMatchObject({ code: "PERSON_REQUIRED", message: expect.stringContaining("sign in") });
      expect(await approves(own.api, pending)).toEqual(posted);
    }
    expect(await approves(approver.api, await prepares(agent.api, people))).toEqual(posted);
  });
});

describe("under four eyes", () => {
  let people: Office;
  beforeAll(async () => {
    people = await office("four_eyes");
  });

  const waysToPrepare: readonly (readonly [string, (admin: Session) => Promise<Key>])[] = [
    ["a service's key that they made", ({ api }) => makeKey(api, {})],
    ["an agent's key that they made", ({ api }) => makeKey(api, { kind: "agent" })],
    ["a person's key of theirs", ({ api }) => makeKey(api, { kind: "person" })],
    ["a key that a key of theirs made", async ({ api }) => makeKey((await makeKey(api, { role: "ADMIN" })).api, {})],
    [
      "a key of a key of a key of theirs",
      async ({ api }) => makeKey((await makeKey((await makeKey(api, { role: "ADMIN" })).api, { role: "ADMIN" })).api, {}),
    ],
    [
      "a key that a person's key of theirs made",
      async ({ api }) => makeKey((await makeKey(api, { kind: "person", role: "ADMIN" })).api, {}),
    ],
    ["a key of another's that they rotated", async ({ api }) => keyFrom(await rotate(api, await makeKey(people.first, {})))],
    [
      "a key of another's that a key of theirs rotated",
      async ({ api }) => keyFrom(await rotate((await makeKey(api, { role: "ADMIN" })).api, await makeKey(people.first, {}))),
    ],
    [
      "the successor of a key that they made, rotated by another",
      async ({ api }) => keyFrom(await rotate(people.first, await makeKey(api, {}))),
    ],
  ];

  test.each(waysToPrepare)("nobody approves with a session what was prepared with %s", async (_, making) => {
    const admin = await personAt(people.site, "ADMIN");
    const key = await making(admin);
    expect(key.body.heldBy).toContain(admin.userId);
    const pending = await prepares(key.api, people);
    expect(pending.body.approval.preparedBy).toMatchObject([
      { kind: key.body.kind, id: key.body.principalId, humans: key.body.heldBy, independent: false },
    ]);
    expect(await approves(admin.api, pending)).toEqual(selfApproval);
    expect(await approves((await makeKey(admin.api, { role: "ADMIN", kind: "person" })).api, pending)).toEqual(selfApproval);
    expect(await approves(people.approver.api, pending)).toEqual(posted);
  });

  test("who makes a site stands behind its first key", async () => {
    const site = await people.admin.api.post("/sites", { name: "Theirs", environment: "sandbox" });
    const [first] = (await apiWith(site.body.key).get("/tokens")).body.data;
    expect(first).toMatchObject({ id: site.body.tokenId, heldBy: [people.admin.userId] });
  });

  test("nobody approves with a key what they prepared with a session, nor with another key of theirs", async () => {
    const admin = await personAt(people.site, "ADMIN");
    const [one, other] = [await makeKey(admin.api, { role: "APPROVER" }), await makeKey(admin.api, { role: "ADMIN" })];
    const successor = keyFrom(await rotate(people.owner.api, await makeKey(admin.api, { role: "APPROVER" })));
    for (const preparer of [admin.api, one.api, other.api, successor.api]) {
      const pending = await prepares(preparer, people);
      for (const { api } of [admin, one, other, successor]) expect(await approves(api, pending)).toEqual(selfApproval);
      const batch = await one.api.post("/journal-entries/batch-approve", { entries: [{ id: pending.body.id, version: 1 }] });
      expect(batch.body.data[0].error.code).toBe("SELF_APPROVAL");
      expect(await approves(people.approver.api, pending)).toEqual(posted);
    }
  });

  test("the firm's owner stands behind the keys of the sign-up", async () => {
    const signedUp = (await people.site.live.get("/users?sort=createdAt:asc&limit=1")).body.data[0];
    const first = (await people.first.get("/tokens?limit=200")).body.data.find(({ id }: { id: string }) => id === people.site.tokenId);
    expect(first).toMatchObject({ heldBy: [signedUp.id], madeInSession: false, independent: false });
    const pending = await prepares(people.first, people);
    expect(await approves((await makeKey(people.first, { role: "APPROVER" })).api, pending)).toEqual(selfApproval);
    expect(await approves(people.approver.api, pending)).toEqual(posted);
  });

  test("keys of one name are one principal, with the humans of each that had a part", async () => {
    const [admin, other] = [await personAt(people.site, "ADMIN"), await personAt(people.site, "ADMIN")];
    const name = crypto.randomUUID();
    const [one, two] = [await makeKey(admin.api, { name }), await makeKey(other.api, { name, role: "APPROVER" })];
    const kept = await one.api.post("/entries", { entityId: people.entityId, date: "2026-06-08", lines });
    expect(kept.status).toBe(201);
    const edited = await two.api.patch(`/journal-entries/${kept.body.id}`, { description: "Paper" });
    expect(edited.body.approval.preparedBy).toEqual([
      { kind: "service", id: one.body.principalId, humans: [admin.userId, other.userId], independent: false },
    ]);
    const submitted = await two.api.post(`/journal-entries/${kept.body.id}/submit`, { version: 2 });
    for (const { api } of [admin, other, two]) expect(await approves(api, submitted)).toEqual(selfApproval);
    expect(await approves(people.approver.api, submitted)).toEqual(posted);
  });

  test("who placed a hold with a key of theirs does not approve its settlement", async () => {
    const admin = await personAt(people.site, "ADMIN");
    const key = await makeKey(admin.api, {});
    const hold = await key.api.post("/holds", { entityId: people.entityId, date: "2026-06-08", lines }, freshKey());
    expect(hold.status).toBe(201);
    const settlement = await people.first.post(`/holds/${hold.body.id}/settle`, {}, freshKey());
    expect(outcome(settlement)).toEqual([202, "pending_approval"]);
    expect(await approves(admin.api, settlement)).toEqual(selfApproval);
    const approved = await people.approver.api.post(`/journal-entries/${settlement.body.id}/approve`, { version: 1 });
    expect(approved.body.approval.approvedBy).toMatchObject({
      kind: "person",
      id: people.approver.userId,
      humans: [people.approver.userId],
    });
    expect((await people.first.get(`/journal-entries/${settlement.body.id}`)).text).toBe(approved.text);
  });

  test("the firm's owners hold the key that its operator makes", async () => {
    const byOperator = await operatorKey(people.site.siteId);
    expect(byOperator).toMatchObject({ status: 201, body: { madeInSession: false, independent: false } });
    expect(byOperator.body.heldBy).toContain(people.owner.userId);
    const prepared = await prepares(apiWith(byOperator.body.key), people);
    expect(await approves(people.owner.api, prepared)).toEqual(selfApproval);
    expect(await approves(people.admin.api, prepared)).toEqual(posted);
  });

  test("what a close-out carries over keeps its humans", async () => {
    const office2 = await office("four_eyes");
    const admin = await personAt(office2.site, "ADMIN");
    const key = await makeKey(admin.api, {});
    const pending = await prepares(key.api, office2);
    const hold = await key.api.post("/holds", { entityId: office2.entityId, date: "2026-06-08", lines }, freshKey());
    const ledgers = await office2.first.get(`/ledgers?entityId=${office2.entityId}`);
    const closed = await office2.owner.api.post(`/ledgers/${ledgers.body.data[0].id}/close-out`, { force: true });
    expect(closed.status, closed.text).toBeLessThan(300);
    expect(await approves(admin.api, pending)).toEqual(selfApproval);
    const settlement = await office2.first.post(`/holds/${hold.body.id}/settle`, {}, freshKey());
    expect(await approves(admin.api, settlement)).toEqual(selfApproval);
    for (const entry of [pending, settlement]) expect(await approves(office2.approver.api, entry)).toEqual(posted);
  });
});

describe("an independent key", () => {
  let people: Office;
  beforeAll(async () => {
    people = await office("four_eyes");
  });
  const shown = async ({ id }: Key) =>
    (await people.first.get("/tokens?limit=200")).body.data.find((token: { id: string }) => token.id === id);
  const say = (by: Api, { id }: Key, independent: boolean) => by.patch(`/tokens/${id}`, { independent });

  test("is one because an OWNER said so in a session, and nobody else", async () => {
    const { first, owner, admin, approver } = people;
    const importer = await makeKey(owner.api, {});
    const ownersKey = await makeKey(owner.api, { role: "OWNER" });
    const ownersOwn = await makeKey(owner.api, { role: "OWNER", kind: "person" });
    for (const by of [first, ownersKey.api, ownersOwn.api, admin.api, approver.api, importer.api]) {
      expect(outcome(await say(by, importer, true))).toEqual(forbidden);
      expect(outcome(await by.post("/tokens", { name: "Mine", role: "PREPARER", independent: true }))).toEqual(forbidden);
    }
    expect(await shown(importer)).toMatchObject({ independent: false, independentSetBy: null, independentSetAt: null });
    const said = await say(owner.api, importer, true);
    expect(said).toMatchObject({ status: 200, body: { independent: true, independentSetBy: owner.userId } });
    expect(await shown(importer)).toEqual({ ...said.body, lastUsedAt: expect.anything() });
    const other = await personAt(people.site, "OWNER");
    expect((await say(other.api, importer, true)).body).toMatchObject({ independentSetBy: owner.userId });
    for (const by of [first, ownersKey.api, admin.api]) expect(outcome(await say(by, importer, false))).toEqual(forbidden);
    const stale = await other.api.patch(`/tokens/${importer.id}`, { independent: false }, { "if-match": '"1"' });
    expect([...outcome(stale), said.headers.get("etag")]).toEqual([412, "PRECONDITION_FAILED", '"2"']);
    expect((await say(other.api, importer, false)).body).toMatchObject({ independent: false, independentSetBy: null });
    const made = await makeKey(owner.api, { independent: true });
    expect(made.body).toMatchObject({ independent: true, independentSetBy: owner.userId, independentSetAt: expect.any(String) });
    expect(outcome(await say(owner.api, ownersOwn, true))).toEqual([400, "VALIDATION_ERROR"]);
    const asPerson = await owner.api.post("/tokens", { name: "Mine", kind: "person", role: "PREPARER", independent: true });
    expect(outcome(asPerson)).toEqual([400, "VALIDATION_ERROR"]);
    expect((await owner.api.patch(`/tokens/${crypto.randomUUID()}`, { independent: true })).status).toBe(404);
  });

  test("has what it prepares approved by who holds it, which the entry shows; what it approves is its holders' doing", async () => {
    const { owner } = people;
    const importer = await makeKey(owner.api, { independent: true, role: "APPROVER" });
    const pending = await prepares(importer.api, people);
    const preparedBy = [{ kind: "service", id: importer.body.principalId, humans: [owner.userId], independent: true }];
    expect(pending.body.approval.preparedBy).toEqual(preparedBy);
    expect(await approves(importer.api, pending)).toEqual(selfApproval);
    expect(await approves(owner.api, pending)).toEqual(posted);
    expect((await people.first.get(`/journal-entries/${pending.body.id}`)).body.approval).toMatchObject({
      preparedBy,
      approvedBy: { id: owner.userId, humans: [owner.userId] },
    });
    expect(await approves(importer.api, await prepares(owner.api, people))).toEqual(selfApproval);
  });

  test("is not independent of who wrote a version with another key", async () => {
    const { owner, approver } = people;
    const name = crypto.randomUUID();
    const [importer, again] = [await makeKey(owner.api, { name, independent: true }), await makeKey(owner.api, { name })];
    const kept = await importer.api.post("/entries", { entityId: people.entityId, date: "2026-06-08", lines });
    await again.api.patch(`/journal-entries/${kept.body.id}`, { description: "By hand" });
    const submitted = await importer.api.post(`/journal-entries/${kept.body.id}/submit`, { version: 2 });
    expect(submitted.body.approval.preparedBy).toMatchObject([{ independent: false }]);
    expect(await approves(owner.api, submitted)).toEqual(selfApproval);
    expect(await approves(approver.api, submitted)).toEqual(posted);
  });

  test("is not any more when somebody who is no OWNER in a session rotates it, or makes a key with it", async () => {
    const { first, owner, admin } = people;
    const rotated: Record<string, (key: Key) => Promise<Answer>> = {
      admin: (key) => rotate(admin.api, key),
      "an OWNER's key": (key) => rotate(first, key),
    };
    for (const [who, how] of Object.entries(rotated)) {
      const next = keyFrom(await how(await makeKey(owner.api, { independent: true })));
      expect(next.body, who).toMatchObject({ independent: false, independentSetBy: null });
      expect(await approves(owner.api, await prepares(next.api, people))).toEqual(selfApproval);
    }
    const kept = keyFrom(await rotate(owner.api, await makeKey(owner.api, { independent: true })));
    expect(kept.body).toMatchObject({ independent: true, independentSetBy: owner.userId });
    expect(await approves(owner.api, await prepares(kept.api, people))).toEqual(posted);
    const maker = await makeKey(owner.api, { independent: true, role: "ADMIN" });
    const made = await makeKey(maker.api, {});
    expect(made.body).toMatchObject({ independent: false, heldBy: [owner.userId] });
    expect(await approves(owner.api, await prepares(made.api, people))).toEqual(selfApproval);
  });

  test("loses it at once where it is asked for", async () => {
    const importer = await makeKey(people.owner.api, { independent: true });
    const before = await prepares(importer.api, people);
    await say(people.owner.api, importer, false);
    const after = await prepares(importer.api, people);
    expect(await approves(people.owner.api, before)).toEqual(posted);
    expect(await approves(people.owner.api, after)).toEqual(selfApproval);
  });
});
