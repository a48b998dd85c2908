import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { directoryDatabase } from "../../src/db/directory-database.ts";
import { purgeStoredAnswers } from "../../src/db/purge.ts";
import { findSiteScope } from "../../src/db/site-rows.ts";
import { present } from "../../src/kernel/assert.ts";
import { decodeAddress } from "../../src/kernel/id.ts";
import { sweepFanOuts } from "../../src/operation/fan-out.ts";
import { contextInSite } from "../../src/operation/system-context.ts";
import { backgroundAt } from "../support/background.ts";
import { type Books, booksOf, entryOf, freshKey } from "../support/books.ts";
import { type Answer, type Api, newSite } from "../support/site.ts";
import { apiThrough, cronThrough, dieAt, type Match, outOfReach, rounds, shutAt, toDatabase, toLedger } from "./support/gates.ts";

/** Two companies in which what a preparer posts waits, with somebody who approves. */
interface Office {
  readonly owner: Api;
  readonly preparer: Api;
  readonly approver: Api;
  readonly companies: readonly [Books, Books];
}

async function office(): Promise<Office> {
  const { api: owner } = await newSite();
  const companies = [await booksOf(owner), await booksOf(owner)] as const;
  for (const { entityId } of companies)
    expect((await owner.patch(`/entities/${entityId}`, { approvalPolicy: "required" })).status).toBe(200);
  return { owner, companies, preparer: await owner.withRole("PREPARER"), approver: await owner.withRole("APPROVER") };
}

let people: Office;
beforeAll(async () => {
  people = await office();
});

/** What waits for an approval, one entry in each of the companies asked for. */
async function pending(...of: readonly Books[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { entityId } of of) {
    const answer = await people.preparer.post("/journal-entries", { entityId, ...entryOf("cash", "sales", 100) }, freshKey());
    expect(answer.status).toBe(202);
    ids.push(answer.body.id);
  }
  return ids;
}

/** The states of entries as their ledgers know them. */
async function states(ids: readonly string[]): Promise<readonly string[]> {
  return Promise.all(ids.map(async (id) => (await people.owner.get(`/journal-entries/${id}`)).body.status));
}

const path = "/journal-entries/batch-approve";
const bodyOf = (ids: readonly string[]) => ({ entries: ids.map((id) => ({ id, version: 1 })) });
const outcomes = (answer: Answer) =>
  answer.body.data.map(({ status, error }: { status?: string; error?: { code: string } }) => status ?? error?.code);

/** Calls to the ledger that an id leads to. */
function toLedgerOf(id: string | undefined): Match {
  const number = decodeAddress(id ?? "")?.ledgerNumber;
  const object = env.LEDGER.idFromName(`ledger-${number}`).toString();
  return (call) => toLedger("write")(call) && call.object === object;
}

describe("one request that writes to several ledgers", () => {
  test("under a key that one of them knows from another request, is done in both, and repeated answers the same", async () => {
    const { companies, approver } = people;
    const [a, b] = companies;
    const key = freshKey();
    // Of one company alone: its ledger is asked for another thing under the key.
    expect(outcomes(await approver.post(`/companies/${a.entityId}${path}`, bodyOf(await pending(a)), key))).toEqual(["posted"]);
    const ids = await pending(b, a);
    const both = await approver.post(path, bodyOf(ids), key);
    expect(both.status).toBe(200);
    expect(outcomes(both)).toEqual(["posted", "posted"]);
    expect(await states(ids)).toEqual(["posted", "posted"]);
    const again = await approver.post(path, bodyOf(ids), key);
    expect(again.text).toBe(both.text);
    expect(again.headers.get("x-idempotent-replayed")).toBe("true");
  });

  test("under a key of other content, writes to no ledger", async () => {
    const [a, b] = people.companies;
    const [first, second, third] = (await pending(a, b, b)) as [string, string, string];
    const key = freshKey();
    expect(outcomes(await people.approver.post(path, bodyOf([first, second]), key))).toEqual(["posted", "posted"]);
    for (const other of [[first, third], [third]]) {
      const answer = await people.approver.post(path, bodyOf(other), key);
      expect(answer).toMatchObject({ status: 422, body: { error: { code: "IDEMPOTENCY_KEY_REUSED" } } });
    }
    expect(await states([third])).toEqual(["pending_approval"]);
  });

  test("without a key, has each outcome in its place where a ledger cannot answer", async () => {
    const ids = await pending(...people.companies);
    const unknown = "01980c1e-7e0c-8000-8000-400000000012";
    const answer = await apiThrough(outOfReach(toLedgerOf(ids[1])), people.approver).post(path, bodyOf([...ids, unknown]));
    expect(answer.status).toBe(200);
    expect(outcomes(answer)).toEqual(["posted", "INTERNAL", "NOT_FOUND"]);
    expect(answer.body.data[1].error).toMatchObject({ retryable: true, details: [] });
    expect(answer.body.data[2].error).toMatchObject({ retryable: false });
  });

  test("has a ledger that cannot answer as a retryable error in its places, and fills them in when it is repeated", async () => {
    const ids = await pending(...people.companies);
    const key = freshKey();
    const answer = await apiThrough(outOfReach(toLedgerOf(ids[0])), people.approver).post(path, bodyOf(ids), key);
    expect(outcomes(answer)).toEqual(["INTERNAL", "posted"]);
    expect(answer.body.data[0].error.retryable).toBe(true);
    const again = await people.approver.post(path, bodyOf(ids), key);
    expect(outcomes(again)).toEqual(["posted", "posted"]);
    expect(again.body.data[1]).toEqual(answer.body.data[1]);
  });

  const steps: readonly (readonly [string, Match, number])[] = [
    ["before its row is written", toDatabase(/insert into "fan_outs"/i, "before"), 1],
    ["once its row is written", toDatabase(/insert into "fan_outs"/i, "after"), 1],
    ["before the first ledger is written", toLedger("write", "before"), 1],
    ["before the second ledger is written", toLedger("write", "before"), 2],
    ["once the first ledger is written", toLedger("write", "after"), 1],
    ["once the second ledger is written", toLedger("write", "after"), 2],
    ["before it is noted as done", toDatabase(/update "fan_outs"/i, "before"), 1],
  ];
  test.each(steps)("interrupted %s, is driven by whoever repeats it to what it would have answered", async (_, match, nth) => {
    const ids = await pending(...people.companies);
    const key = freshKey();
    await apiThrough(dieAt(match, nth), people.approver).post(path, bodyOf(ids), key);
    expect(outcomes(await people.approver.post(path, bodyOf(ids), key))).toEqual(["posted", "posted"]);
    expect(await states(ids)).toEqual(["posted", "posted"]);
  });

  test.each(steps.slice(1))("interrupted %s, is driven by the sweep, and repeated tells the same", async (_, match, nth) => {
    const ids = await pending(...people.companies);
    const key = freshKey();
    await apiThrough(dieAt(match, nth), people.approver).post(path, bodyOf(ids), key);
    await cronThrough(() => undefined);
    expect(await states(ids)).toEqual(["posted", "posted"]);
    const again = await people.approver.post(path, bodyOf(ids), key);
    expect(outcomes(again)).toEqual(["posted", "posted"]);
    expect(again.headers.get("x-idempotent-replayed")).toBe("true");
  });

  test("that cannot be driven on keeps no later one from being driven by the sweep", async () => {
    const [stuck, later] = [freshKey(), freshKey()];
    const ids = await pending(...people.companies);
    const dying = () => apiThrough(dieAt(toDatabase(/insert into "fan_outs"/i, "after")), people.approver);
    await dying().post(path, bodyOf(await pending(people.companies[0])), stuck);
    await dying().post(path, bodyOf(ids), later);
    const inSites = (sql: string) =>
      Promise.all([env.SITE_DB_0, env.SITE_DB_1].map((db) => db.prepare(sql).bind(stuck["idempotency-key"]).run()));
    const spoilt = await inSites("UPDATE fan_outs SET plan = '{', driven_at = 1 WHERE key = ?");
    expect(spoilt.map(({ meta }) => meta.changes).toSorted()).toEqual([0, 1]);
    const logged = vi.spyOn(console, "error").mockReturnValue();
    await cronThrough(() => undefined);
    expect(logged.mock.calls.map(([line]) => JSON.parse(line).event)).toEqual(["fan_out_sweep"]);
    logged.mockRestore();
    await inSites("DELETE FROM fan_outs WHERE key = ?");
    expect(await states(ids)).toEqual(["posted", "posted"]);
  });

  test("sent twice at once, is done once, and both are told so", async () => {
    await rounds(async () => {
      const ids = await pending(...people.companies);
      const key = freshKey();
      const shut = shutAt(toLedger("write"));
      const held = apiThrough(shut.gate, people.approver).post(path, bodyOf(ids), key);
      await shut.reachedBy(held);
      const meanwhile = await people.approver.post(path, bodyOf(ids), key);
      expect(outcomes(meanwhile)).toEqual(["posted", "posted"]);
      shut.open();
      expect((await held).body).toEqual(meanwhile.body);
    });
  });

  test("is driven on as who asked first, whoever repeats it", async () => {
    const ids = await pending(...people.companies);
    const key = freshKey();
    await apiThrough(dieAt(toLedger("write")), people.approver).post(path, bodyOf(ids), key);
    const again = await people.owner.post(path, bodyOf(ids), key);
    expect(outcomes(again)).toEqual(["posted", "posted"]);
    const { text } = await people.approver.get("/me");
    for (const { approval } of again.body.data) expect(text).toContain(approval.approvedBy.id);
  });

  describe("whose key an earlier build has used, which wrote to each ledger under the client's own", () => {
    const earlier = { kind: "person", id: "somebody", role: "APPROVER", humans: ["somebody"] } as const;

    /** Approves an entry as that build did. */
    async function approveAsBefore(id: string | undefined, key: Readonly<Record<string, string>>): Promise<void> {
      const site = await findSiteScope(directoryDatabase(env), (await people.owner.get("/me")).body.site.id);
      const address = present(decodeAddress(id ?? ""), "an entry's id leads to its ledger");
      const outcome = await contextInSite(backgroundAt(Date.now()), present(site, "the site is there"))
        .ledger(address.ledgerNumber)
        .write([{ kind: "approve_entry", entryId: id ?? "", expectedVersion: 1 }], {
          mode: "each",
          answer: "many",
          actor: earlier,
          requestId: "earlier",
          idempotencyKey: `batchApprove ${key["idempotency-key"]}`,
        });
      expect(outcome.outcome).toBe("written");
    }

    test("repeats what that build answered, and does what is left", async () => {
      const ids = await pending(...people.companies);
      const key = freshKey();
      await approveAsBefore(ids[0], key);
      const answer = await people.approver.post(path, bodyOf(ids), key);
      expect(outcomes(answer)).toEqual(["posted", "posted"]);
      expect(answer.body.data[0].approval.approvedBy.id).toBe(earlier.id);
      expect(answer.headers.get("x-idempotent-replayed")).toBeNull();
      const again = await people.approver.post(path, bodyOf(ids), key);
      expect([again.text, again.headers.get("x-idempotent-replayed")]).toEqual([answer.text, "true"]);
    });

    test("says that it repeats where nothing was left", async () => {
      const ids = await pending(...people.companies);
      const key = freshKey();
      for (const id of ids) await approveAsBefore(id, key);
      const answer = await people.approver.post(path, bodyOf(ids), key);
      expect([outcomes(answer), answer.headers.get("x-idempotent-replayed")]).toEqual([["posted", "posted"], "true"]);
    });

    test("is done where that build was asked for something else", async () => {
      const key = freshKey();
      await approveAsBefore((await pending(people.companies[0]))[0], key);
      const ids = await pending(...people.companies);
      expect(outcomes(await people.approver.post(path, bodyOf(ids), key))).toEqual(["posted", "posted"]);
    });
  });

  test("is driven on by the sweep no longer than its ledgers know its key", async () => {
    const ids = await pending(...people.companies);
    const key = freshKey();
    await apiThrough(dieAt(toLedger("write")), people.approver).post(path, bodyOf(ids), key);
    await sweepFanOuts(backgroundAt(Date.now() + 25 * 60 * 60 * 1000));
    expect(await states(ids)).toEqual(["pending_approval", "pending_approval"]);
    await sweepFanOuts(backgroundAt(Date.now()));
    expect(await states(ids)).toEqual(["posted", "posted"]);
  });

  test("is forgotten a day later, and its key is free", async () => {
    const ids = await pending(people.companies[0]);
    const key = freshKey();
    expect(outcomes(await people.approver.post(path, bodyOf(ids), key))).toEqual(["posted"]);
    await purgeStoredAnswers(env, Date.now() + 25 * 60 * 60 * 1000);
    expect(outcomes(await people.approver.post(path, bodyOf(ids), key))).toEqual(["ENTRY_STATE"]);
  });
});
