import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { directoryDatabase } from "../../src/db/directory-database.ts";
import { findSiteScope } from "../../src/db/site-rows.ts";
import { present } from "../../src/kernel/assert.ts";
import { decodeAddress } from "../../src/kernel/id.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import type { PlaceHold } from "../../src/ledger/rpc.ts";
import { contextInSite } from "../../src/operation/system-context.ts";
import { backgroundAt } from "../support/background.ts";
import { type Books, booksOf, codes, entryOf, freshKey, post } from "../support/books.ts";
import { type Answer, type Api, apiWith, newSite } from "../support/site.ts";
import { apiThrough, cronThrough, dieAt, type Match, outOfReach, rounds, shutAt, toDatabase, toLedger } from "./support/gates.ts";
import { decide, holdOf, newGroup, place, statuses } from "./support/hold-groups.ts";

/** Two companies, and three services: one that places, another, and an ADMIN. */
let owner: Api;
let placer: Api;
let other: Api;
let admin: Api;
let a: Books;
let b: Books;
beforeAll(async () => {
  owner = (await newSite()).api;
  [a, b] = [await booksOf(owner), await booksOf(owner)];
  placer = await service("APPROVER", "Placer");
  other = await service("APPROVER", "Other");
  admin = await service("ADMIN", "Admin");
  for (const books of [a, b]) await post(books, entryOf("cash", "equity", 1_000_000));
});

/** A service of the site, whose requests are as many as the rounds take. */
async function service(role: string, name: string): Promise<Api> {
  const { body } = await owner.post("/tokens", { role, name });
  await env.ACCESS.getByName(body.id).setPlan(1_000_000);
  return apiWith(body.key);
}

const alone = (api: Api, hold: Answer, how: "settle" | "release", headers = freshKey()) =>
  api.post(`/holds/${hold.body.id}/${how}`, {}, headers);
const group = (groupId: string, api = owner) => api.get(`/hold-groups/${groupId}`);

async function placedInBoth(groupId: string): Promise<[Answer, Answer]> {
  const holds: [Answer, Answer] = [await place(placer, a, groupId), await place(placer, b, groupId)];
  for (const { status } of holds) expect(status).toBe(201);
  return holds;
}

/** A write to the ledger of a company. */
function toLedgerOf(hold: Answer, when: "before" | "after" = "before"): Match {
  const object = env.LEDGER.idFromName(`ledger-${decodeAddress(hold.body.id)?.ledgerNumber}`).toString();
  return (call) => toLedger("write", when)(call) && call.object === object;
}

describe("a group of holds", () => {
  test("is settled in every ledger by who placed it, and tells so", async () => {
    const groupId = newGroup();
    const [first, second] = await placedInBoth(groupId);
    expect((await group(groupId)).body).toMatchObject({ groupId, state: "open", decision: null });
    const key = freshKey();
    const settled = await decide(placer, groupId, "settle", key);
    expect(settled).toMatchObject({
      status: 200,
      body: {
        groupId,
        state: "settled",
        decision: "settle",
        holds: [
          { holdId: first.body.id, entityId: a.entityId, ledgerId: a.ledgerId, currency: "USD", status: "settled" },
          { holdId: second.body.id, entityId: b.entityId, ledgerId: b.ledgerId, currency: "USD", status: "settled" },
        ],
      },
    });
    for (const { entryId, holdId } of settled.body.holds)
      expect((await owner.get(`/journal-entries/${entryId}`)).body).toMatchObject({ status: "posted", holdId });
    const again = await decide(placer, groupId, "settle", key);
    expect(again.text).toBe(settled.text);
    expect(again.headers.get("x-idempotent-replayed")).toBe("true");
    expect((await group(groupId)).body).toEqual(settled.body);
    expect((await owner.get(`/holds/${first.body.id}`)).body).toMatchObject({ status: "settled", groupState: "settled" });
  });

  test("is decided by an ADMIN too; by nobody else, and never by an agent", async () => {
    const groupId = newGroup();
    await placedInBoth(groupId);
    const agent = await owner.withRole("PREPARER", { kind: "agent", name: "Robot" });
    for (const how of ["settle", "release"] as const) {
      expect(await decide(other, groupId, how)).toMatchObject({ status: 403, body: { error: { code: "FORBIDDEN" } } });
      expect(await decide(agent, groupId, how)).toMatchObject({ status: 403, body: { error: { code: "FORBIDDEN" } } });
    }
    expect((await group(groupId)).body.state).toBe("open");
    expect(statuses(await decide(admin, groupId, "release"))).toEqual(["released", "released"]);
  });

  test("of which another placed a half is decided by an ADMIN alone", async () => {
    const groupId = newGroup();
    expect((await place(placer, a, groupId)).status).toBe(201);
    expect((await place(other, b, groupId)).status).toBe(201);
    for (const api of [placer, other]) expect((await decide(api, groupId, "settle")).status).toBe(403);
    expect(statuses(await decide(admin, groupId, "settle"))).toEqual(["settled", "settled"]);
  });

  test("is unknown to a key that does not reach all of it, and in another site", async () => {
    const groupId = newGroup();
    await placedInBoth(groupId);
    const restricted = await owner.withRole("ADMIN", { name: "Of A", entityIds: [a.entityId] });
    const stranger = (await newSite()).api;
    for (const api of [restricted, stranger]) {
      expect((await group(groupId, api)).status).toBe(404);
      for (const how of ["settle", "release"] as const) expect((await decide(api, groupId, how)).status).toBe(404);
    }
    expect((await owner.get(`/companies/${a.entityId}/hold-groups/${groupId}`)).status).toBe(404);
    expect((await group(newGroup())).status).toBe(404);
    expect((await group(groupId)).body.state).toBe("open");
  });

  test("under a key of another group decides nothing", async () => {
    const [one, another] = [newGroup(), newGroup()];
    await placedInBoth(one);
    await placedInBoth(another);
    const key = freshKey();
    expect((await decide(placer, one, "settle", key)).status).toBe(200);
    expect((await decide(placer, another, "settle", key)).body.error.code).toBe("IDEMPOTENCY_KEY_REUSED");
    expect((await group(another)).body.state).toBe("open");
  });

  test.each(["group", "alone"] as const)("of which B refuses its half, has A's go: by the %s", async (by) => {
    const groupId = newGroup();
    const first = await place(placer, a, groupId);
    const limited = await owner.post("/accounts", {
      entityId: b.entityId,
      code: crypto.randomUUID(),
      name: "Thin",
      type: "bank",
      minBalance: 0,
    });
    const refused = await placer.post(
      "/holds",
      {
        entityId: b.entityId,
        groupId,
        date: "2026-06-08",
        lines: [
          { accountCode: codes.rent, side: "debit", amount: 1 },
          { accountId: limited.body.id, side: "credit", amount: 1 },
        ],
      },
      freshKey(),
    );
    expect(refused).toMatchObject({ status: 422, body: { error: { code: "BALANCE_LIMIT" } } });
    if (by === "group") expect(statuses(await decide(placer, groupId, "release"))).toEqual(["released"]);
    else {
      expect((await alone(placer, first, "release")).status).toBe(200);
      const settled = await decide(placer, groupId, "settle");
      expect(settled).toMatchObject({
        status: 409,
        body: { error: { code: "HOLD_STATE", details: [{ holdId: first.body.id, status: "released" }] } },
      });
    }
    expect(statuses(await group(groupId))).toEqual(["released"]);
  });

  test("takes no hold once it is decided, in whichever ledger; what was placed is answered as it was", async () => {
    const groupId = newGroup();
    const key = freshKey();
    const first = await place(placer, a, groupId, key);
    expect((await decide(placer, groupId, "release")).status).toBe(200);
    for (const books of [a, b])
      expect(await place(placer, books, groupId)).toMatchObject({
        status: 409,
        body: { error: { code: "GROUP_ENDED", details: [{ decision: "release" }] } },
      });
    const again = await place(placer, a, groupId, key);
    expect(again).toMatchObject({ status: 200, text: first.text });
  });
});

test("a group that was decided stays so in a ledger that is closed out: late placements are refused there", async () => {
  const books = await booksOf(owner);
  const groupId = newGroup();
  await place(placer, books, groupId);
  expect(statuses(await decide(placer, groupId, "release"))).toEqual(["released"]);
  const left = newGroup();
  await place(placer, books, left);
  expect((await owner.post(`/ledgers/${books.ledgerId}/close-out`, { force: true }, freshKey())).status).toBe(202);
  expect((await place(placer, books, groupId)).body.error).toMatchObject({ code: "GROUP_ENDED", details: [{ decision: "release" }] });
  // What was open goes on as it was, and is decided in the next generation.
  expect(statuses(await decide(placer, left, "settle"))).toEqual(["settled"]);
});

describe("a half by itself", () => {
  test.each(["settle", "release"] as const)("is its placer's to %s, and nobody else's", async (how) => {
    const groupId = newGroup();
    const [first, second] = await placedInBoth(groupId);
    for (const api of [other, admin]) expect((await alone(api, first, how)).body.error.code).toBe("FORBIDDEN");
    const key = freshKey();
    const done = await alone(placer, first, how, key);
    expect(done.status).toBe(how === "settle" ? 201 : 200);
    expect(await alone(placer, first, how, key)).toMatchObject({ status: 200, text: done.text });
    // The rest of the group goes the same way, and not the other.
    const contrary = how === "settle" ? "release" : "settle";
    expect(await decide(admin, groupId, contrary)).toMatchObject({ status: 409, body: { error: { code: "HOLD_STATE" } } });
    expect((await owner.get(`/holds/${second.body.id}`)).body).toMatchObject({ status: "open", groupState: "open" });
    expect((await decide(admin, groupId, how)).status).toBe(200);
    expect(statuses(await group(groupId))).toEqual(Array(2).fill(`${how}d`));
  });

  test.each([
    ["settle", "settled"],
    ["release", "released"],
  ] as const)("once the group is decided to %s, is as decided", async (decision, status) => {
    const groupId = newGroup();
    const [first] = await placedInBoth(groupId);
    expect((await decide(placer, groupId, decision)).status).toBe(200);
    for (const how of ["settle", "release"] as const)
      for (const api of [placer, admin])
        expect(await alone(api, first, how)).toMatchObject({
          status: 409,
          body: { error: { code: "HOLD_STATE", details: [{ status, decision }] } },
        });
  });

  test("asked for in the middle of a decision, is as decided", async () => {
    await rounds(async () => {
      const groupId = newGroup();
      const [first, second] = await placedInBoth(groupId);
      const shut = shutAt(toLedgerOf(second));
      const deciding = apiThrough(shut.gate, placer).post(`/hold-groups/${groupId}/release`, {}, freshKey());
      await shut.reachedBy(deciding);
      expect((await alone(placer, second, "settle")).body.error).toMatchObject({ code: "HOLD_STATE", details: [{ decision: "release" }] });
      expect((await alone(placer, first, "settle")).body.error).toMatchObject({ code: "HOLD_STATE", details: [{ decision: "release" }] });
      shut.open();
      expect(await deciding).toMatchObject({ status: 200, body: { state: "released" } });
    });
  });

  test("on its way is brought to its end before the group is decided otherwise", async () => {
    await rounds(async () => {
      const groupId = newGroup();
      const [first] = await placedInBoth(groupId);
      const shut = shutAt((call) => toLedgerOf(first)(call) && JSON.stringify(call.args).includes("noted"));
      const settling = apiThrough(shut.gate, placer).post(`/holds/${first.body.id}/settle`, {}, freshKey());
      await shut.reachedBy(settling);
      expect(await decide(admin, groupId, "release")).toMatchObject({
        status: 409,
        body: { error: { code: "HOLD_STATE", details: [{ holdId: first.body.id, status: "settled" }] } },
      });
      shut.open();
      expect([200, 201]).toContain((await settling).status);
      expect(statuses(await group(groupId))).toEqual(["settled", "open"]);
    });
  });

  test("interrupted before or after its ledger, is brought to its end by the sweep", async () => {
    for (const when of ["before", "after"] as const) {
      const groupId = newGroup();
      const [first] = await placedInBoth(groupId);
      const isNoted: Match = (call) => toLedgerOf(first, when)(call) && JSON.stringify(call.args).includes("noted");
      await apiThrough(dieAt(isNoted), placer).post(`/holds/${first.body.id}/settle`, {}, freshKey());
      await cronThrough(() => undefined);
      expect(statuses(await group(groupId))).toEqual(["settled", "open"]);
      expect((await decide(placer, groupId, "settle")).status).toBe(200);
    }
  });
});

describe("two at once", () => {
  test("that decide otherwise: one wins, the other is told so, and all of the group is as decided", async () => {
    await rounds(async (round) => {
      const groupId = newGroup();
      await placedInBoth(groupId);
      const [held, free] = round % 2 === 0 ? (["settle", "release"] as const) : (["release", "settle"] as const);
      const shut = shutAt(toDatabase(/update "hold_groups" set "decision"/i));
      const late = apiThrough(shut.gate, placer).post(`/hold-groups/${groupId}/${held}`, {}, freshKey());
      await shut.reachedBy(late);
      expect(await decide(admin, groupId, free)).toMatchObject({ status: 200, body: { decision: free } });
      shut.open();
      expect(await late).toMatchObject({ status: 409, body: { error: { code: "HOLD_STATE", details: [{ decision: free }] } } });
      expect(statuses(await group(groupId))).toEqual(Array(2).fill(`${free}d`));
    });
  });

  test("that decide the same are both told so", async () => {
    const groupId = newGroup();
    await placedInBoth(groupId);
    const answers = await Promise.all([decide(placer, groupId, "settle"), decide(admin, groupId, "settle")]);
    for (const { status } of answers) expect([200, 202]).toContain(status);
    expect(statuses(await group(groupId))).toEqual(["settled", "settled"]);
  });
});

describe("a placement", () => {
  test("that comes to its ledger after the group was released stays out", async () => {
    await rounds(async () => {
      const groupId = newGroup();
      await place(placer, a, groupId);
      const shut = shutAt(toLedger("write"));
      const late = apiThrough(shut.gate, placer).post("/holds", holdOf(b, groupId), freshKey());
      await shut.reachedBy(late);
      // Nobody knows yet whether it is placed: releasing does not wait for it, settling does.
      expect(await decide(placer, groupId, "settle")).toMatchObject({
        status: 409,
        body: { error: { code: "HOLD_STATE", details: [{ ledgerId: b.ledgerId }] } },
      });
      expect(statuses(await decide(placer, groupId, "release"))).toEqual(["released"]);
      shut.open();
      expect(await late).toMatchObject({ status: 409, body: { error: { code: "GROUP_ENDED" } } });
      const open = await owner.get(`/holds?entityId=${b.entityId}&groupId=${groupId}&status=open`);
      expect(open.body.totalCount).toBe(0);
    });
  });

  test("of which the answer was lost, is settled once it was repeated, and released without", async () => {
    for (const how of ["settle", "release"] as const) {
      const groupId = newGroup();
      await place(placer, a, groupId);
      const key = freshKey();
      const lost = await apiThrough(dieAt(toLedger("write", "after")), placer).post("/holds", holdOf(b, groupId), key);
      expect(lost.status).toBe(500);
      if (how === "settle") {
        expect((await decide(placer, groupId, how)).status).toBe(409);
        expect((await place(placer, b, groupId, key)).status).toBe(200);
      }
      expect(statuses(await decide(placer, groupId, how))).toEqual(Array(2).fill(`${how}d`));
    }
  });
});

describe("a decision that is interrupted", () => {
  const steps: readonly (readonly [string, Match, number])[] = [
    ["once the row has it", toDatabase(/update "hold_groups" set "decision"/i, "after"), 1],
    ["before the first ledger", toLedger("write"), 1],
    ["once the first ledger has it", toLedger("write", "after"), 1],
    ["before the second ledger", toLedger("write"), 2],
    ["once the second ledger has it", toLedger("write", "after"), 2],
    ["before it is noted as carried out", toDatabase(/update "hold_group_legs"/i), 1],
  ];
  test.each(steps)("%s, is carried out by the sweep, or by whoever asks", async (_, match, nth) => {
    await rounds(async (round) => {
      const groupId = newGroup();
      const [first] = await placedInBoth(groupId);
      const how = round % 2 === 0 ? "settle" : "release";
      await apiThrough(dieAt(match, nth), placer).post(`/hold-groups/${groupId}/${how}`, {}, freshKey());
      // Whoever reads a half meanwhile sees that it is one.
      expect(["settling", "releasing"]).toContain((await owner.get(`/holds/${first.body.id}`)).body.groupState);
      if (round < 4) await cronThrough(() => undefined);
      else expect((await decide(admin, groupId, how)).status).toBe(200);
      const done = await group(groupId);
      expect(done.body.state).toBe(`${how}d`);
      expect(statuses(done)).toEqual(Array(2).fill(`${how}d`));
    });
  });

  test("by a ledger that cannot be reached, is answered as on its way, and completed", async () => {
    const groupId = newGroup();
    const [, second] = await placedInBoth(groupId);
    const key = freshKey();
    const gate = outOfReach(toLedgerOf(second));
    const partly = await apiThrough(gate, placer).post(`/hold-groups/${groupId}/settle`, {}, key);
    expect(partly).toMatchObject({ status: 202, body: { state: "settling", decision: "settle" } });
    expect(statuses(partly)).toEqual(["settled", "open"]);
    const list = await owner.get(`/holds?entityId=${b.entityId}&groupId=${groupId}`);
    expect(list.body.data).toMatchObject([{ status: "open", groupState: "settling" }]);
    const again = await decide(placer, groupId, "settle", key);
    expect(again).toMatchObject({ status: 200, body: { state: "settled" } });
    expect(statuses(again)).toEqual(["settled", "settled"]);
  });
});

test("a group of an earlier build, of which no row was written, is found by its open holds", async () => {
  const site = await newSite();
  const books = [await booksOf(site.api), await booksOf(site.api)] as const;
  const groupId = newGroup();
  const scope = await findSiteScope(directoryDatabase(env), site.siteId);
  const context = contextInSite(backgroundAt(Date.now()), present(scope, "the site was just made"));
  for (const { accounts } of books) {
    const number = present(decodeAddress(accounts.cash), "an account's id is an address").ledgerNumber;
    const lines = (["debit", "credit"] as const).map((side) => ({ account: refByCode(codes.rent), side, amount: 100 }));
    const hold: PlaceHold = { kind: "place_hold", date: "2026-06-08", groupId, lines };
    await context.ledger(number).write([hold], { mode: "atomic", answer: "one", actor: context.actor, requestId: "earlier" });
  }
  expect(statuses(await group(groupId, site.api))).toEqual(["open", "open"]);
  expect(statuses(await decide(site.api, groupId, "settle"))).toEqual(["settled", "settled"]);
});
