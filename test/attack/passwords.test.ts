import { beforeAll, describe, expect, test } from "vitest";
import { type Firm, newFirm, type Session, signIn, tryToSignIn } from "../support/people.ts";
import { type Answer, type Api, apiWith } from "../support/site.ts";
import { apiThrough, rounds, shutAt, toDatabase } from "./support/gates.ts";

/** Whoever has set somebody's password can act as them: four eyes count the two as one until a second OWNER or ADMIN has said otherwise. */

const first = "correct horse battery staple";
const own = "a better one that nobody else knows";
const key = () => ({ "idempotency-key": crypto.randomUUID() });
const entry = {
  date: "2026-06-08",
  lines: [
    { accountCode: "6100", side: "debit", amount: 100 },
    { accountCode: "1010", side: "credit", amount: 100 },
  ],
};

let firm: Firm;
let owner: Session;
/** Makes a user with a password, as `by`. */
async function made(by: Api, role: string, more: object = {}): Promise<{ readonly id: string; readonly email: string }> {
  const email = `${crypto.randomUUID()}@example.com`;
  const { status, body } = await by.post("/users", { email, role, password: first, mustChangePassword: false, ...more });
  expect(status).toBe(201);
  return { id: body.id, email };
}
/** The user's session after they have changed the password, in a session that was signed in with it. */
async function changed({ id, email }: { readonly id: string; readonly email: string }): Promise<Session> {
  const before = await signIn(email, { password: first });
  const answer = await before.api.post(`/users/${id}/password`, { currentPassword: first, password: own });
  expect(answer.status).toBe(200);
  return signIn(email, { password: own });
}
const post = async (api: Api) => {
  const posted = await api.post("/journal-entries", entry, key());
  expect(posted.status, posted.text).toBe(202);
  return posted;
};
const approve = (api: Api, of: Answer) => api.post(`/journal-entries/${of.body.id}/approve`, { version: 1 });
const confirm = (api: Api, id: string) => api.send("POST", `/users/${id}/confirm`);
const selfApproval = { status: 403, body: { error: { code: "SELF_APPROVAL" } } };
const forbidden = { status: 403, body: { error: { code: "FORBIDDEN" } } };

beforeAll(async () => {
  firm = await newFirm();
  owner = await signIn(firm.email);
  const company = { name: "Tide", functionalCurrency: "USD", chart: "us-small-business", approvalPolicy: "four_eyes" };
  expect((await owner.api.post("/entities", company)).status).toBe(201);
});

describe("an ADMIN who has set somebody's password", () => {
  test("does not approve as them, until a second OWNER or ADMIN has confirmed them", async () => {
    const admin = await changed(await made(owner.api, "ADMIN"));
    const yan = await made(admin.api, "APPROVER", { mustChangePassword: true });
    const session = await changed(yan);
    const me = await session.api.get("/me");
    expect(me.body.user).toMatchObject({ credentialSetBy: admin.userId, credentialConfirmedBy: null });
    const waiting = await post(admin.api);
    expect(await approve(session.api, waiting)).toMatchObject(selfApproval);
    // And the other way round.
    expect(await approve(admin.api, await post(session.api))).toMatchObject(selfApproval);
    const confirmed = await confirm(owner.api, yan.id);
    expect(confirmed).toMatchObject({ status: 200, body: { credentialSetBy: null, credentialConfirmedBy: owner.userId } });
    // The session in use learns of it too.
    const approved = await approve(session.api, waiting);
    expect(approved).toMatchObject({
      status: 200,
      body: { approval: { approvedBy: { id: yan.id, humans: [yan.id], credentialSetBy: null } } },
    });
    // Again, it is as it was.
    expect(await confirm(owner.api, yan.id)).toMatchObject({ status: 200, body: { credentialConfirmedBy: owner.userId } });
  });

  test("is named with what the user approves of others", async () => {
    const yan = await made(owner.api, "APPROVER");
    const other = await changed(await made(owner.api, "ADMIN"));
    expect((await confirm((await changed(await made(owner.api, "ADMIN"))).api, other.userId)).status).toBe(200);
    const session = await changed(yan);
    const approved = await approve(session.api, await post(other.api));
    expect(approved).toMatchObject({
      status: 200,
      body: { approval: { approvedBy: { kind: "person", id: yan.id, humans: [yan.id], credentialSetBy: owner.userId } } },
    });
    expect((await owner.api.get(`/journal-entries/${approved.body.id}`)).text).toBe(approved.text);
  });

  test("nor through a third whom they made: who made the one who made the other is one with both", async () => {
    const admin = await changed(await made(owner.api, "ADMIN"));
    const yan = await changed(await made(admin.api, "APPROVER"));
    expect(await approve(yan.api, await post(owner.api))).toMatchObject(selfApproval);
  });

  test("but two whose passwords one set are two people, as most of a firm are at first", async () => {
    const admin = await changed(await made(owner.api, "ADMIN"));
    const [yan, cem] = [await changed(await made(admin.api, "APPROVER")), await changed(await made(admin.api, "PREPARER"))];
    expect((await approve(yan.api, await post(cem.api))).status).toBe(200);
  });

  test("setting it anew undoes the confirmation and ends the user's sessions", async () => {
    const admin = await changed(await made(owner.api, "ADMIN"));
    const yan = await made(admin.api, "APPROVER");
    const session = await changed(yan);
    expect((await confirm(owner.api, yan.id)).status).toBe(200);
    const reset = await admin.api.post(`/users/${yan.id}/password`, { password: first, mustChangePassword: false });
    expect(reset).toMatchObject({ status: 200, body: { credentialSetBy: admin.userId, credentialConfirmedBy: null } });
    expect((await session.api.get("/me")).status).toBe(401);
    const as = await signIn(yan.email, { password: first });
    expect(await approve(as.api, await post(admin.api))).toMatchObject(selfApproval);
  });

  test("a service's key that sets it stands for who holds it, but the first password that a firm's own key gives is the user's", async () => {
    const yan = await made(firm.live.api, "APPROVER");
    const session = await changed(yan);
    expect((await session.api.get("/me")).body.user.credentialSetBy).toBeNull();
    expect((await approve(session.api, await post(firm.live.api))).status).toBe(200);
    expect((await firm.live.api.post(`/users/${yan.id}/password`, { password: first, mustChangePassword: true })).status).toBe(200);
    const again = await changed(yan);
    expect((await again.api.get("/me")).body.user.credentialSetBy).toEqual(expect.any(String));
    expect(await approve(again.api, await post(firm.live.api))).toMatchObject(selfApproval);
  });
});

describe("a confirmation", () => {
  let admin: Session;
  let second: Session;
  beforeAll(async () => {
    admin = await changed(await made(owner.api, "ADMIN"));
    second = await changed(await made(owner.api, "ADMIN"));
  });

  test("is neither the user's nor who set the password's to give, nor a key's, nor a lesser role's", async () => {
    const yan = await made(admin.api, "ADMIN");
    const session = await changed(yan);
    for (const api of [session.api, admin.api]) expect(await confirm(api, yan.id)).toMatchObject(forbidden);
    expect(await confirm(firm.live.api, yan.id)).toMatchObject({ status: 403, body: { error: { code: "SESSION_REQUIRED" } } });
    const approver = await changed(await made(owner.api, "APPROVER"));
    expect(await confirm(approver.api, yan.id)).toMatchObject(forbidden);
    expect((await session.api.get("/me")).body.user.credentialSetBy).toBe(admin.userId);
    expect((await confirm(second.api, yan.id)).status).toBe(200);
  });

  test("is not who set the password's to give after they have set it again with a key that they made as the user", async () => {
    const yan = await made(admin.api, "ADMIN");
    const session = await changed(yan);
    const ofYan = await session.api.post("/tokens", { name: crypto.randomUUID(), role: "ADMIN" });
    const again = await apiWith(ofYan.body.key).post(`/users/${yan.id}/password`, { password: first, mustChangePassword: false });
    expect(again).toMatchObject({ status: 200, body: { credentialSetBy: admin.userId } });
    expect(await confirm(admin.api, yan.id)).toMatchObject(forbidden);
    expect((await confirm(second.api, yan.id)).status).toBe(200);
  });

  test("of an OWNER is an OWNER's", async () => {
    const other = await changed(await made(owner.api, "OWNER"));
    expect(await confirm(second.api, other.userId)).toMatchObject(forbidden);
  });

  test("comes after the change of a password that somebody else knows", async () => {
    const yan = await made(admin.api, "APPROVER", { mustChangePassword: true });
    expect(await confirm(second.api, yan.id)).toMatchObject({ status: 403, body: { error: { code: "PASSWORD_CHANGE_REQUIRED" } } });
    await changed(yan);
    expect((await confirm(second.api, yan.id)).status).toBe(200);
  });

  test("of who set their own password, or has none, changes nothing", async () => {
    expect((await owner.api.get("/me")).body.user).toMatchObject({ credentialSetBy: null, credentialConfirmedBy: null });
    const none = await made(owner.api, "APPROVER", { password: undefined, mustChangePassword: undefined });
    expect(await confirm(second.api, none.id)).toMatchObject({ status: 200, body: { credentialSetBy: null, credentialConfirmedBy: null } });
  });

  test("of nobody in this firm is a 404", async () => {
    const other = await newFirm();
    expect((await confirm(second.api, other.ownerId)).status).toBe(404);
    expect((await confirm(second.api, crypto.randomUUID())).status).toBe(404);
  });

  test("ten rounds of a password that is set between the look and the word: it is the old one that was confirmed, and nothing is lifted", async () => {
    await rounds(async () => {
      const yan = await made(admin.api, "APPROVER");
      const shut = shutAt(toDatabase(/update "users"/i));
      const confirming = confirm(apiThrough(shut.gate, second.api), yan.id);
      await shut.reachedBy(confirming);
      expect((await admin.api.post(`/users/${yan.id}/password`, { password: own, mustChangePassword: false })).status).toBe(200);
      shut.open();
      expect(await confirming).toMatchObject({ status: 412, body: { error: { code: "PRECONDITION_FAILED" } } });
      expect((await owner.api.get(`/users/${yan.id}`)).body.credentialSetBy).toBe(admin.userId);
    });
  });
});

test("a user signs in with a password that others set as before", async () => {
  const yan = await made(owner.api, "REVIEWER");
  expect((await tryToSignIn(yan.email, { password: first })).status).toBe(200);
});
