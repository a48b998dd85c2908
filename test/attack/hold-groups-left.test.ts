import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { rowsPerPiece } from "../../src/db/purge.ts";
import { openDatabase } from "../../src/db/site-database.ts";
import { forgetPlacements } from "../../src/features/holds/store.ts";
import { idempotencyLifeMs } from "../../src/kernel/bounds.ts";
import { decodeAddress } from "../../src/kernel/id.ts";
import { type Books, booksOf, entryOf, freshKey, post } from "../support/books.ts";
import { type Answer, type Api, newSite } from "../support/site.ts";
import { apiThrough, cronThrough, dieAt, type Gate, gatedEnv, type Match, shutAt, toDatabase, toLedger } from "./support/gates.ts";
import { decide, holdOf, newGroup, place, statuses } from "./support/hold-groups.ts";

/** A company in whose books nothing was posted, so that it can be deleted, and one with money. */
let owner: Api;
let placer: Api;
let other: Api;
let unused: Books;
let kept: Books;
beforeEach(async () => {
  owner = (await newSite()).api;
  [unused, kept] = [await booksOf(owner), await booksOf(owner)];
  placer = await owner.withRole("APPROVER", { name: "Placer" });
  other = await owner.withRole("APPROVER", { name: "Other" });
  await post(kept, entryOf("cash", "equity", 1_000_000));
});

const alone = (api: Api, hold: Answer, how: "settle" | "release", body: object = {}, headers = freshKey()) =>
  api.post(`/holds/${hold.body.id}/${how}`, body, headers);
const group = (groupId: string, api = owner) => api.get(`/hold-groups/${groupId}`);
const codeOf = ({ status, body }: Answer): string => `${status} ${body?.error?.code ?? ""}`.trim();

/** A hold of each company in one group. */
async function placedInBoth(groupId: string): Promise<[Answer, Answer]> {
  const holds: [Answer, Answer] = [await place(placer, unused, groupId), await place(placer, kept, groupId)];
  for (const { status } of holds) expect(status).toBe(201);
  return holds;
}

/** A write to the ledger of a hold that its group knows of. */
function noted(hold: Answer, when: "before" | "after"): Match {
  const object = env.LEDGER.idFromName(`ledger-${decodeAddress(hold.body.id)?.ledgerNumber}`).toString();
  return (call) => toLedger("write", when)(call) && call.object === object && JSON.stringify(call.args).includes("noted");
}

async function remove({ entityId }: Books): Promise<void> {
  expect((await owner.delete(`/entities/${entityId}`)).status).toBe(204);
}

describe("a group of which one half's entity was deleted", () => {
  test("is read, and released by an ADMIN: the other half stays nobody's", async () => {
    const groupId = newGroup();
    const [first, second] = await placedInBoth(groupId);
    expect((await alone(placer, first, "release")).status).toBe(200);
    await remove(unused);
    const shown = await group(groupId);
    expect(shown).toMatchObject({
      status: 200,
      body: {
        state: "open",
        holds: [
          { holdId: first.body.id, entityId: unused.entityId, ledgerId: unused.ledgerId, currency: "USD", status: "released" },
          { holdId: second.body.id, status: "open" },
        ],
      },
    });
    expect(codeOf(await decide(other, groupId, "release"))).toBe("403 FORBIDDEN");
    // A half has been released by itself: the rest goes the same way.
    expect(await decide(owner, groupId, "settle")).toMatchObject({
      status: 409,
      body: { error: { code: "HOLD_STATE", details: [{ holdId: first.body.id, status: "released" }] } },
    });
    expect(await decide(owner, groupId, "release")).toMatchObject({ status: 200, body: { state: "released" } });
    expect(statuses(await group(groupId))).toEqual(["released", "released"]);
  });

  test("is still unknown to a key that did not reach that half", async () => {
    const groupId = newGroup();
    const [first] = await placedInBoth(groupId);
    const restricted = await owner.withRole("ADMIN", { name: "Of the rest", entityIds: [kept.entityId] });
    expect((await alone(placer, first, "release")).status).toBe(200);
    await remove(unused);
    expect((await group(groupId, restricted)).status).toBe(404);
    expect((await decide(restricted, groupId, "release")).status).toBe(404);
  });

  test("that never had a hold there, is settled", async () => {
    const groupId = newGroup();
    expect((await place(placer, kept, groupId)).status).toBe(201);
    const refused = await placer.post(
      "/holds",
      { ...holdOf(unused, groupId), lines: [{ accountCode: "none", side: "debit", amount: 1 }, holdOf(unused, groupId).lines[1]] },
      freshKey(),
    );
    expect(codeOf(refused)).toBe("422 ACCOUNT_NOT_FOUND");
    await remove(unused);
    expect(statuses(await group(groupId))).toEqual(["open"]);
    expect(await decide(placer, groupId, "settle")).toMatchObject({ status: 200, body: { state: "settled" } });
  });

  test("before a placement came there, waits for it no more", async () => {
    const groupId = newGroup();
    expect((await place(placer, kept, groupId)).status).toBe(201);
    expect((await apiThrough(dieAt(toLedger("write")), placer).post("/holds", holdOf(unused, groupId), freshKey())).status).toBe(500);
    expect(codeOf(await decide(placer, groupId, "settle"))).toBe("409 HOLD_STATE");
    await remove(unused);
    expect(statuses(await decide(placer, groupId, "settle"))).toEqual(["settled"]);
  });

  test.each(["the sweep", "the decision"])("after its release was answered to nobody, counts as released to %s", async (by) => {
    const groupId = newGroup();
    const [first] = await placedInBoth(groupId);
    const died = await apiThrough(dieAt(noted(first, "after")), placer).post(`/holds/${first.body.id}/release`, {}, freshKey());
    expect(died.status).toBe(500);
    await remove(unused);
    if (by === "the sweep") await cronThrough(() => undefined);
    expect(codeOf(await decide(placer, groupId, "settle"))).toBe("409 HOLD_STATE");
    expect(statuses(await decide(placer, groupId, "release"))).toEqual(["released", "released"]);
  });

  test("and whose removal is left where its ledger is retired, keeps no other group from being placed", async () => {
    const { entityId } = unused;
    const retired = (call: Parameters<Match>[0]) => toLedger("write", "after")(call) && JSON.stringify(call.args).includes("retire_ledger");
    expect((await apiThrough(dieAt(retired), owner).delete(`/entities/${entityId}`)).status).toBe(500);
    const groupId = newGroup();
    expect((await place(placer, kept, groupId)).status).toBe(201);
    expect(statuses(await decide(placer, groupId, "settle"))).toEqual(["settled"]);
  });
});

test("a placement that is sent again after a refusal its key does not repeat is waited for again", async () => {
  const preparer = await owner.withRole("PREPARER", { name: "Preparer" });
  const setPolicy = async (approvalPolicy: string) =>
    expect((await owner.patch(`/entities/${unused.entityId}`, { approvalPolicy })).status).toBe(200);
  const groupId = newGroup();
  expect((await place(preparer, kept, groupId)).status).toBe(201);
  await setPolicy("required");
  const key = freshKey();
  expect(codeOf(await place(preparer, unused, groupId, key))).toBe("403 APPROVAL_REQUIRED");
  await setPolicy("none");
  const shut = shutAt(toLedger("write"));
  const again = apiThrough(shut.gate, preparer).post("/holds", holdOf(unused, groupId), key);
  await shut.reachedBy(again);
  expect(codeOf(await decide(owner, groupId, "settle"))).toBe("409 HOLD_STATE");
  shut.open();
  expect((await again).status).toBe(201);
  expect(statuses(await decide(owner, groupId, "settle"))).toEqual(["settled", "settled"]);
});

test("a half that its placer settles by itself is told to no other request under the key", async () => {
  const groupId = newGroup();
  const hold = await place(placer, kept, groupId);
  const key = freshKey();
  const shut = shutAt(toDatabase(/update "hold_group_legs" set "state" = \?, "resolution"/i, "after"));
  const settling = apiThrough(shut.gate, placer).post(`/holds/${hold.body.id}/settle`, {}, key);
  await shut.reachedBy(settling);
  const part = { lines: [1, 2].map((no) => ({ no, amount: 60 })) };
  expect(codeOf(await alone(placer, hold, "settle", part, key))).toBe("422 IDEMPOTENCY_KEY_REUSED");
  shut.open();
  expect([200, 201]).toContain((await settling).status);
  expect((await owner.get(`/journal-entries?entityId=${kept.entityId}&limit=1&sort=sequence:desc`)).body.data[0].lines[0].amount).toBe(100);
});

test("placements that are given up after a day are given up in pieces, whose size does not block the database", async () => {
  const siteId = `given-up-${crypto.randomUUID()}`;
  const rows = rowsPerPiece + 1;
  const session = openDatabase(env, "SITE_DB_0");
  const left = async () =>
    (await session
      .prepare("SELECT count(*) AS n FROM hold_group_legs WHERE site_id = ? AND state = 'placing'")
      .bind(siteId)
      .first<number>("n")) ?? 0;
  try {
    await session
      .prepare(
        `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${rows})
         INSERT INTO hold_group_legs (site_id, group_id, id, ledger_number, state, placed_by, created_at) SELECT ?, 'g', n, 1, 'placing', 'p', 0 FROM n`,
      )
      .bind(siteId)
      .run();
    const counts = [await left()];
    const isPiece = toDatabase(/^\s*update "hold_group_legs"/i, "after");
    const seeing: Gate = async (call) => {
      if (isPiece(call) && call.binding === "SITE_DB_0") counts.push(await left());
    };
    await forgetPlacements(gatedEnv(seeing), idempotencyLifeMs);
    expect(counts[0]).toBe(rows);
    expect(counts.at(-1)).toBe(0);
    for (const [i, count] of counts.entries()) expect((counts[i - 1] ?? count) - count).toBeLessThanOrEqual(rowsPerPiece);
  } finally {
    await session.prepare("DELETE FROM hold_group_legs WHERE site_id = ?").bind(siteId).run();
  }
});
