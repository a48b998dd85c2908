import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { present } from "../../src/kernel/assert.ts";
import { entryOf, freshKey, newBooks } from "../support/books.ts";
import { keyOf, newFirm, newUser, signIn } from "../support/people.ts";
import { type Answer, type Api, apiWith, newSite } from "../support/site.ts";
import { apiThrough, cronThrough, outOfReach, rounds, shutAt, toDatabase } from "./support/gates.ts";

const outcome = ({ status, body }: Answer) => [status, body?.error?.code];
type Token = { id: string; principalId: string; role: string; status: string; expiresAt: string | null; name: string };
const tokensOf = async (api: Api): Promise<Token[]> => (await api.get("/tokens?limit=200")).body.data;

/** Makes a key and rotates it; between what the rotation reads and what it writes something else is done to the key. */
async function rotatedWhile(api: Api, name: string, meanwhile: (id: string) => Promise<unknown>): Promise<Answer> {
  const made = await api.post("/tokens", { name, role: "PREPARER" });
  const shut = shutAt(toDatabase(/update "tokens" set "name"/i));
  const rotation = apiThrough(shut.gate, api).post(`/tokens/${made.body.id}/rotate`, {});
  await shut.reachedBy(rotation);
  await meanwhile(made.body.id);
  shut.open();
  return rotation;
}

describe("a key has one successor", () => {
  test("however many rotate it at once, and whoever does it later", async () => {
    const { api } = await newSite();
    await rounds(async (round) => {
      const made = await api.post("/tokens", { name: `Key ${round}`, role: "PREPARER" });
      const answers = await Promise.all(Array.from({ length: 6 }, () => api.post(`/tokens/${made.body.id}/rotate`, {})));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
      for (const answer of answers.filter(({ status }) => status !== 201)) expect(answer.body.error.code).toBe("IN_USE");
      const successor = answers.find(({ status }) => status === 201)?.body;
      const named = (await tokensOf(api)).filter(({ name }) => name === `Key ${round}`);
      expect(named.map(({ id }) => id).sort()).toEqual([made.body.id, successor.id].sort());
      expect(named.find(({ id }) => id === made.body.id)).toMatchObject({ successorId: successor.id });
      expect(outcome(await api.post(`/tokens/${made.body.id}/rotate`, {}))).toEqual([409, "IN_USE"]);
      expect((await apiWith(successor.key).get("/me")).status).toBe(200);
    });
  });

  test("which a repeated request shows again, and does not make again", async () => {
    const { api } = await newSite();
    const made = await api.post("/tokens", { name: "Payouts", role: "PREPARER" });
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await api.post(`/tokens/${made.body.id}/rotate`, {}, { "idempotency-key": "once" }));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  test("and none once it was revoked, though the rotation began before", async () => {
    const { api } = await newSite();
    await rounds(async (round) => {
      const rotation = await rotatedWhile(api, `Key ${round}`, async (id) => expect((await api.delete(`/tokens/${id}`)).status).toBe(204));
      expect(outcome(rotation)).toEqual([409, "IN_USE"]);
      expect((await tokensOf(api)).filter(({ name }) => name === `Key ${round}`).map(({ status }) => status)).toEqual(["revoked"]);
    });
  });
});

test("a key that was ended by another's clock, which is ahead, is not rotated by who read it before", async () => {
  const { api } = await newSite();
  await rounds(async (round) => {
    // As the list of keys has it between the two steps in which a user's last OWNER key goes with the user.
    const end = env.DIRECTORY.prepare("UPDATE tokens SET expires_at = ? WHERE id = ?");
    const rotation = await rotatedWhile(api, `Key ${round}`, (id) => end.bind(Date.now() + 60_000, id).run());
    expect(outcome(rotation)).toEqual([409, "IN_USE"]);
    expect((await tokensOf(api)).filter(({ name }) => name === `Key ${round}`)).toHaveLength(1);
  });
});

describe("the last OWNER key of a site", () => {
  /** A firm of two OWNERs, of whom one has the only OWNER key of the live site beside the one that is handed out. */
  async function firmOfTwo() {
    const firm = await newFirm();
    const user = await newUser(firm, "OWNER");
    const own = await keyOf(user, "OWNER");
    const by = await signIn(firm.email);
    return { firm, user, own, by };
  }
  const ownerKeys = async (api: Api) =>
    (await tokensOf(api)).filter(({ role, status, expiresAt }) => role === "OWNER" && status === "active" && expiresAt === null);

  test("does not go with its user, nor with the user's role", async () => {
    const { firm, user, own, by } = await firmOfTwo();
    expect((await by.api.delete(`/tokens/${firm.live.tokenId}`)).status).toBe(204);
    for (const refused of [await by.api.delete(`/users/${user.id}`), await by.api.patch(`/users/${user.id}`, { role: "ADMIN" })])
      expect(outcome(refused)).toEqual([409, "LAST_OWNER"]);
    expect((await own.get("/me")).body.token.role).toBe("OWNER");
    expect((await by.api.patch(`/users/${user.id}`, { name: "Renamed" })).status).toBe(200);
    expect((await by.api.post("/tokens", { name: "Another", role: "OWNER" })).status).toBe(201);
    expect((await by.api.delete(`/users/${user.id}`)).status).toBe(204);
    expect((await own.get("/me")).status).toBe(401);
    expect(await ownerKeys(by.api)).toHaveLength(1);
  });

  test.each([
    ["leaves", (by: Api, userId: string) => by.delete(`/users/${userId}`)],
    ["is an OWNER no more", (by: Api, userId: string) => by.patch(`/users/${userId}`, { role: "ADMIN" })],
  ] as const)("stays, though the other one is revoked while its user %s", async (_, change) => {
    await rounds(async (round) => {
      const { firm, user, by } = await firmOfTwo();
      const revoke = (api: Api) => api.delete(`/tokens/${firm.live.tokenId}`);
      const [match, first, second] =
        round % 2 === 0
          ? ([/update "users" set/i, (api: Api) => change(api, user.id), revoke] as const)
          : ([/update "tokens" set "expires_at"/i, revoke, (api: Api) => change(api, user.id)] as const);
      const shut = shutAt(toDatabase(match));
      const held = first(apiThrough(shut.gate, by.api));
      await shut.reachedBy(held);
      expect((await second(by.api)).status).toBeLessThan(300);
      shut.open();
      expect(outcome(await held)).toEqual([409, round % 2 === 0 ? "LAST_OWNER" : "IN_USE"]);
      expect(await ownerKeys(by.api)).toHaveLength(1);
    });
  });
});

describe("who sees keys and users", () => {
  test("a key that is restricted to entities sees the keys that reach no further, and no users", async () => {
    const { api, entityId, site } = await newBooks();
    const beyond = (await api.post("/entities", { name: "Another", functionalCurrency: "USD" })).body.id;
    const make = async (entityIds?: readonly string[]) =>
      (await api.post("/tokens", { name: "A key", role: "ADMIN", ...(entityIds ? { entityIds } : {}) })).body;
    const [own, both, other, wide] = [await make([entityId]), await make([entityId, beyond]), await make([beyond]), await make()];
    const seenBy = async (key: string) => (await tokensOf(apiWith(key))).map(({ id }) => id).sort();
    expect(await seenBy(own.key)).toEqual([own.id]);
    expect(await seenBy(other.key)).toEqual([other.id]);
    expect(await seenBy(both.key)).toEqual([own.id, both.id, other.id].sort());
    expect(await seenBy(wide.key)).toEqual([own.id, both.id, other.id, wide.id, site.tokenId].sort());
    expect((await apiWith(own.key).get("/tokens")).body.totalCount).toBe(1);
    const users = (await site.live.get("/users")).body.data;
    for (const path of ["/users", `/users/${users[0].id}`])
      expect(outcome(await apiWith(own.key).get(path))).toEqual([403, "ENTITY_FORBIDDEN"]);
  });

  test("a sandbox's key sees its site's keys, and the users who have a key or a session there", async () => {
    const firm = await newFirm();
    const [here, there] = [await newUser(firm, "PREPARER"), await newUser(firm, "PREPARER")];
    await signIn(here.email, { siteId: firm.sandbox.siteId });
    await signIn(there.email);
    expect((await tokensOf(firm.sandbox.api)).map(({ id }) => id)).toEqual([firm.sandbox.tokenId]);
    const seen = await firm.sandbox.api.get("/users");
    expect(seen.body).toMatchObject({ totalCount: 1, data: [{ id: here.id }] });
    expect((await firm.sandbox.api.get(`/users/${here.id}`)).status).toBe(200);
    for (const id of [there.id, firm.ownerId]) expect((await firm.sandbox.api.get(`/users/${id}`)).status).toBe(404);
    expect((await firm.live.api.get("/users")).body.totalCount).toBe(3);
  });
});

describe("an instant that leaves the year 9999, or comes before 1900", () => {
  const beyond = ["9999-12-31T23:59:59-00:01", "9999-12-31T12:00:00-12:00", "9999-12-31T23:59:59.9999-23:59", "0000-01-01T00:00:00+14:00"];
  test.each(beyond)("%s is refused", async (expiresAt) => {
    const { api, entityId } = await newBooks();
    const key = await api.post("/tokens", { name: "For ever", role: "REVIEWER", expiresAt });
    expect([...outcome(key), key.body.error?.details[0].pointer]).toEqual([400, "VALIDATION_ERROR", "/expiresAt"]);
    const hold = await api.post("/holds", { entityId, ...entryOf("rent", "cash", 1), expiresAt }, freshKey());
    expect([...outcome(hold), hold.body.error?.details[0].pointer]).toEqual([400, "VALIDATION_ERROR", "/expiresAt"]);
  });

  test("the last one of 9999 is taken, and shown as it is", async () => {
    const { api, entityId } = await newBooks();
    const expiresAt = "9999-12-31T23:59:59.999Z";
    const key = await api.post("/tokens", { name: "For ever", role: "REVIEWER", expiresAt });
    expect(key).toMatchObject({ status: 201, body: { expiresAt } });
    const hold = await api.post("/holds", { entityId, ...entryOf("rent", "cash", 1), expiresAt }, freshKey());
    expect(hold).toMatchObject({ status: 201, body: { expiresAt } });
  });
});

test("a user whose keys cannot be reached keeps no other from being told by the sweep", async () => {
  const firm = await newFirm();
  const users = [await newUser(firm, "ADMIN"), await newUser(firm, "ADMIN")];
  const [cutOff] = [await keyOf(present(users[0], "the first"), "ADMIN"), await keyOf(present(users[1], "the second"), "ADMIN")];
  const ids = users.map(({ id }) => id);
  await env.DIRECTORY.prepare("UPDATE users SET role = 'REVIEWER', revision = revision + 1 WHERE id IN (?, ?)")
    .bind(...ids)
    .run();
  const untold = async () =>
    (
      await env.DIRECTORY.prepare("SELECT 1 FROM users WHERE id IN (?, ?) AND told_revision < revision")
        .bind(...ids)
        .all()
    ).results.length;
  const itsObject = env.ACCESS.idFromName(cutOff.id).toString();
  const logged = vi.spyOn(console, "error").mockReturnValue();
  await cronThrough(outOfReach(({ object, when }) => object === itsObject && when === "before"));
  expect(logged.mock.calls.map(([line]) => JSON.parse(line).event)).toEqual(["user_told"]);
  logged.mockRestore();
  expect(await untold()).toBe(1);
  await cronThrough(() => undefined);
  expect(await untold()).toBe(0);
});
