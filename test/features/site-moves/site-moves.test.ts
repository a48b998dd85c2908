import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { deleteSome, readPiece, writePiece } from "../../../src/db/copy-site.ts";
import { directoryDatabase } from "../../../src/db/directory-database.ts";
import { beginRemoval, findEntity } from "../../../src/db/entities.ts";
import { purgeStoredAnswers } from "../../../src/db/purge.ts";
import { runBatch } from "../../../src/db/run-batch.ts";
import { openDatabase, siteDatabase } from "../../../src/db/site-database.ts";
import { isSiteMoving } from "../../../src/db/site-fence.ts";
import { beginReset } from "../../../src/db/site-resets.ts";
import { findSiteScope, requireEpoch } from "../../../src/db/site-rows.ts";
import { siteTables } from "../../../src/db/site-schema.ts";
import { insertToken } from "../../../src/db/tokens.ts";
import { continueRemovals } from "../../../src/features/entities/index.ts";
import { sweepHoldGroups } from "../../../src/features/holds/index.ts";
import { decideGroup, findGroup } from "../../../src/features/holds/store.ts";
import { continueResets } from "../../../src/features/sandbox/index.ts";
import { abortMove } from "../../../src/features/site-moves/abort-move.ts";
import { advanceMove, type MoveContext } from "../../../src/features/site-moves/advance-move.ts";
import { startMove } from "../../../src/features/site-moves/start-move.ts";
import { findMove, type MoveRow, saveMove, saveSwitch } from "../../../src/features/site-moves/store.ts";
import type { SiteScope } from "../../../src/kernel/site-scope.ts";
import type { LedgerFactsMessage } from "../../../src/ledger/facts-message.ts";
import { sweepFanOuts } from "../../../src/operation/fan-out.ts";
import type { SystemContext } from "../../../src/operation/system-context.ts";
import { Refused } from "../../../src/platform/refused.ts";
import { backgroundAt, deliver } from "../../support/background.ts";
import { type Books, booksOf, entryOf, freshKey, post } from "../../support/books.ts";
import { newFirm, signIn } from "../../support/people.ts";
import { type Api, apiWith, newSite, request } from "../../support/site.ts";

const directory = directoryDatabase(env);
const operator = { authorization: `Bearer ${(env as unknown as { OPERATOR_TOKEN: string }).OPERATOR_TOKEN}` };

afterEach(() => vi.restoreAllMocks());

/** A worker of a move, whose clock stands still until it is set. */
function handAt(startMs = Date.now(), bindings: Cloudflare.Env = env) {
  const hand = { nowMs: startMs };
  const context: MoveContext = { env: bindings, directory: directoryDatabase(bindings), clock: () => hand.nowMs };
  const set = (ms: number) => {
    hand.nowMs = ms;
  };
  return { ...context, set };
}

const scopeOf = async (siteId: string): Promise<SiteScope> => (await findSiteScope(directory, siteId)) as SiteScope;
const otherThan = (database: string) => (database === "SITE_DB_0" ? "SITE_DB_1" : "SITE_DB_0");
const siteIdOf = async (api: Api): Promise<string> => (await api.get("/me")).body.site.id;

async function begin(siteId: string, more: { readonly alone?: boolean } = {}): Promise<MoveRow> {
  const { database } = await scopeOf(siteId);
  return (await startMove(handAt(), siteId, { database: otherThan(database), ...more })) as MoveRow;
}

/** Continues a move to its end; whenever it waits, sets the clock to when it is due. */
async function finish(moveId: string, hand = handAt()): Promise<MoveRow> {
  for (;;) {
    const move = await advanceMove(hand, moveId);
    if (move.finishedAt !== null) return move;
    if (move.waitUntil > hand.clock()) hand.set(move.waitUntil);
  }
}

/** Continues until the move has come to a step, and not beyond. */
async function advanceTo(step: MoveRow["step"], moveId: string, hand = handAt()): Promise<MoveRow> {
  for (;;) {
    const move = await advanceMove(hand, moveId, 1);
    if (move.step === step) return move;
    if (move.waitUntil > hand.clock()) hand.set(move.waitUntil);
  }
}

/** All that a database holds of a site, by table. */
async function rowsIn(database: string, siteId: string): Promise<Record<string, unknown[]>> {
  const session = openDatabase(env, database);
  const rows: Record<string, unknown[]> = {};
  for (const { name, columns } of await siteTables(session)) {
    const found = await session
      .prepare(`SELECT ${columns.join(", ")} FROM ${name} WHERE site_id = ? ORDER BY 1, 2, 3`)
      .bind(siteId)
      .raw();
    if (found.length > 0) rows[name] = found;
  }
  return rows;
}

/** Books with something in every table that a site has. */
async function fullBooks(): Promise<Books & { readonly siteId: string; readonly groupId: string }> {
  const { api } = await newSite();
  const siteId = await siteIdOf(api);
  // A reset that has retired a ledger.
  await booksOf(api);
  expect((await api.post(`/sites/${siteId}/reset`, {})).status).toBe(200);
  const books = await booksOf(api);
  expect((await api.post("/metadata/products", { key: "latte", name: "Latte", metadata: { milk: '"oat"' } }, freshKey())).status).toBe(201);
  expect((await api.post(`/ledgers/${books.ledgerId}/verify`, {}, freshKey())).status).toBe(202);
  const groupId = crypto.randomUUID();
  const hold = { entityId: books.entityId, groupId, ...entryOf("rent", "equity", 3) };
  expect((await api.post("/holds", hold, freshKey())).status).toBe(201);
  const posted = await post(books, entryOf("rent", "equity", 2));
  const several = { entries: [{ id: posted.id, version: 1 }] };
  expect((await api.post("/journal-entries/batch-approve", several, freshKey())).status).toBe(200);
  const { database } = await scopeOf(siteId);
  await openDatabase(env, database)
    .prepare("INSERT INTO ledger_heads (site_id, ledger_number, sequence, seal, at) VALUES (?, 7, 9007199254740991, 'é', 1)")
    .bind(siteId)
    .run();
  const dead = { kind: "accounts_changed", siteId, ledgerNumber: 7, accounts: [] };
  expect(await deliver("countinghouse-ledger-facts-dead", dead)).toEqual({ acknowledged: 1, retried: 0 });
  const tables = (await siteTables(openDatabase(env, database))).map(({ name }) => name).sort();
  expect(Object.keys(await rowsIn(database, siteId)).sort()).toEqual(tables);
  return { ...books, siteId, groupId };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof Refused ? error.failure.code : isSiteMoving(error) ? "SITE_MOVING" : String(error)),
  );

describe("a site that is moved", () => {
  test("has every row in the other database, none in the one it left, and answers as before; its neighbours stay", async () => {
    const books = await fullBooks();
    const { api, siteId } = books;
    const posted = await api.post("/journal-entries", { entityId: books.entityId, ...entryOf("cash", "equity", 100) }, freshKey());
    const before = await scopeOf(siteId);
    const neighbours = await Promise.all(Array.from({ length: 4 }, () => newSite()));
    for (const neighbour of neighbours) await booksOf(neighbour.api);
    const [rows, lists] = [await rowsIn(before.database, siteId), await listsOf(api)];

    const move = await begin(siteId);
    const done = await finish(move.id);
    expect(done).toMatchObject({ step: "done", abortReason: null });
    expect(Object.fromEntries(done.tables.map((table) => [table.name, table.rows]))).toEqual(
      Object.fromEntries(Object.entries(rows).map(([name, all]) => [name, all.length])),
    );
    for (const { checksum } of done.tables) expect(checksum).toMatch(/^[0-9a-f]{64}$/);

    expect(await scopeOf(siteId)).toMatchObject({ database: otherThan(before.database), epoch: 2 });
    expect(await rowsIn(otherThan(before.database), siteId)).toEqual(rows);
    expect(await rowsIn(before.database, siteId)).toEqual({});
    expect(await listsOf(api)).toEqual(lists);
    expect((await api.get(`/journal-entries/${posted.body.id}`)).text).toBe((await api.get(`/journal-entries/${posted.body.id}`)).text);
    expect((await api.post("/metadata/products", { key: "mocha", name: "Mocha" }, freshKey())).status).toBe(201);
    for (const { api: neighbour } of neighbours) {
      expect((await neighbour.get("/accounts?limit=1")).body.totalCount).toBe(5);
      expect((await neighbour.post("/metadata/products", { key: "mocha", name: "Mocha" })).status).toBe(201);
    }
  });

  test("and moved back, again and again, stays whole and writable", async () => {
    const { api, siteId } = await fullBooks();
    for (let round = 1; round <= 3; round += 1) {
      await finish((await begin(siteId)).id);
      expect((await api.post("/metadata/products", { key: `round-${round}`, name: "Round" })).status).toBe(201);
      expect((await scopeOf(siteId)).epoch).toBe(round + 1);
    }
    expect((await api.get("/metadata/products")).body.totalCount).toBe(4);
    expect(await rowsIn(otherThan((await scopeOf(siteId)).database), siteId)).toEqual({});
  });

  test("keeps rows as they are: the largest, the oddest, and more than go in one piece", async () => {
    const { siteId } = await newSite();
    const { database } = await scopeOf(siteId);
    const session = openDatabase(env, database);
    const texts = ["", "0", "007", "1e3", "null", "[1]", 'quotes " and \\ and \n', "\u0001\u001f", "é漢😀", "true"];
    const many = Array.from({ length: 1_300 }, (_, no) => ({ key: `k${no}`, body: `${texts[no % texts.length]}`, status: no }));
    await session
      .prepare(
        `INSERT INTO idempotency_keys (site_id, scope, key, fingerprint, status, body, created_at)
         SELECT ?1, 'odd', value ->> 'key', '', value ->> 'status', value ->> 'body', 9007199254740991 FROM json_each(?2)`,
      )
      .bind(siteId, JSON.stringify(many))
      .run();
    // One that is more than 2 MB as JSON, two that do not go into one piece, and one that just does.
    const sizes: readonly [string, string][] = [
      ["k5", '"'.repeat(1_900_000)],
      ["k6", "\u0001".repeat(249_900)],
      ["k7", "\u0001".repeat(249_900)],
      ["k8", "x".repeat(250_001)],
    ];
    for (const [key, body] of sizes)
      await session.prepare("UPDATE idempotency_keys SET body = ? WHERE site_id = ? AND key = ?").bind(body, siteId, key).run();
    const rows = await rowsIn(database, siteId);
    const table = (await siteTables(session)).find(({ name }) => name === "idempotency_keys");
    // Where the platform would refuse its JSON, the row goes by itself; the runtime of the tests would not.
    expect(table && (await readPiece(session, table, siteId, '["odd","k499"]')).large?.length).toBe(7);
    const done = await finish((await begin(siteId)).id);
    expect(done.abortReason).toBeNull();
    expect(done.tables.find(({ name }) => name === "idempotency_keys")?.rows).toBe(1_300);
    const moved = await rowsIn(otherThan(database), siteId);
    expect(moved.idempotency_keys?.length).toBe(1_300);
    expect(moved).toEqual(rows);
  });

  test("has nothing of what stood under its name in the other database before", async () => {
    const { siteId } = await fullBooks();
    const { database } = await scopeOf(siteId);
    const rows = await rowsIn(database, siteId);
    const target = openDatabase(env, otherThan(database));
    await target
      .prepare("INSERT INTO ledger_heads (site_id, ledger_number, sequence, seal, at) VALUES (?, 7, 9007199254740991, 'old', 0)")
      .bind(siteId)
      .run();
    await target.prepare("INSERT INTO terms VALUES (?, 'product', 'stray', 'stray', 'Stray', NULL, '{}', 0)").bind(siteId).run();
    expect((await finish((await begin(siteId)).id)).abortReason).toBeNull();
    expect(await rowsIn(otherThan(database), siteId)).toEqual(rows);
  });

  test("replays what it answered before under the same idempotency key", async () => {
    const { api, siteId } = await newSite();
    const headers = freshKey();
    const first = await api.post("/entities", { name: "Before", functionalCurrency: "USD" }, headers);
    await finish((await begin(siteId)).id);
    const again = await api.post("/entities", { name: "Before", functionalCurrency: "USD" }, headers);
    expect([again.status, again.text, again.headers.get("x-idempotent-replayed")]).toEqual([200, first.text, "true"]);
    expect((await api.get("/entities")).body.totalCount).toBe(1);
  });

  test("takes bookmarks of the database it left for none", async () => {
    const { api, siteId } = await fullBooks();
    const bookmark = (await api.get("/entities")).headers.get("x-bookmark") ?? "";
    expect(bookmark).toMatch(/^1-/);
    await finish((await begin(siteId)).id);
    const scope = await scopeOf(siteId);
    const marks: string[] = [];
    const withSession = (mark: string) => {
      marks.push(mark);
      return openDatabase(env, scope.database);
    };
    for (const given of [bookmark, bookmark.replace(/^1-/, "2-"), undefined])
      siteDatabase({ ...env, [scope.database]: { withSession } } as unknown as Cloudflare.Env, scope, given);
    expect(marks).toEqual(["first-primary", bookmark.slice(2), "first-primary"]);
    const answer = await api.get("/entities", { "x-bookmark": bookmark });
    expect([answer.status, answer.body.totalCount]).toEqual([200, 1]);
    expect(answer.headers.get("x-bookmark")).toMatch(/^2-/);
  });

  async function listsOf(api: Api): Promise<unknown[]> {
    const paths = ["/entities", "/ledgers", "/accounts?limit=200", "/metadata/products", "/balances?limit=200", "/sites"];
    return Promise.all(paths.map(async (path) => (await api.get(path)).body));
  }
});

describe("while a site is moved", () => {
  test("what writes its database is refused with 503 SITE_MOVING and Retry-After; reads and postings go on", async () => {
    const books = await fullBooks();
    const { api, siteId, entityId } = books;
    const move = await begin(siteId);
    for (const step of ["clearing", "verifying", "switching", "telling", "settling"] as const) {
      await advanceTo(step, move.id);
      const writes = [
        await api.post("/entities", { name: "Refused", functionalCurrency: "USD" }, freshKey()),
        await api.patch(`/entities/${entityId}`, { name: "Refused" }),
        await api.post("/metadata/products", { key: "refused", name: "Refused" }),
        await api.post(`/sites/${siteId}/reset`, {}),
      ];
      for (const answer of writes) {
        expect([answer.status, answer.body.error?.code, answer.headers.get("retry-after")], step).toEqual([503, "SITE_MOVING", "5"]);
        expect(answer.body.error.retryable).toBe(true);
      }
      expect((await api.get("/entities")).body.data[0].name, step).toBe("Blue Bottle Ltd");
      expect((await api.get(`/companies/${entityId}/reports/trial-balance`)).status, step).toBe(200);
      const posted = await api.post("/journal-entries", { entityId, ...entryOf("cash", "equity", 100) }, freshKey());
      expect(posted.status, step).toBe(201);
      // The ledger opens it; its row comes when the site has moved.
      const opened = await api.post("/accounts", { entityId, code: `9${step.length}${step[0]}`, name: step, type: "expense" }, freshKey());
      expect(opened.status, step).toBe(201);
    }
    await finish(move.id);
    expect((await api.post("/entities", { name: "Taken", functionalCurrency: "USD" }, freshKey())).status).toBe(201);
    expect((await api.get(`/accounts/${books.accounts.cash}/balance`)).body.balance).toBe(500);
  });

  test("a writer with an old lease writes to neither database from the first step on, and reads the whole until the last", async () => {
    const { siteId, entityId } = await fullBooks();
    const old = await scopeOf(siteId);
    const rename = (scope: SiteScope, how: "run" | "batch" | "returning") => {
      const db = siteDatabase(env, scope);
      const statement = db.session
        .prepare("UPDATE entities SET name = 'x' WHERE site_id = ? AND id = ? RETURNING id")
        .bind(siteId, entityId);
      if (how === "batch")
        return codeOf(runBatch(db, [{ toSQL: () => ({ sql: "DELETE FROM jobs WHERE site_id = ?", params: [siteId] }) } as never]));
      return codeOf(how === "run" ? statement.run() : statement.raw());
    };
    const move = await begin(siteId);
    const hand = handAt();
    let left = false;
    for (let at = move; at.finishedAt === null; ) {
      at = await advanceMove(hand, move.id, 1);
      for (const how of ["run", "batch", "returning"] as const) expect(await rename(old, how), `${at.step} ${how}`).toBe("SITE_MOVING");
      const now = await scopeOf(siteId);
      if (["settling"].includes(at.step)) expect(await rename(now, "run"), "before a lease has passed").toBe("SITE_MOVING");
      if (at.step === "sweeping" && !left) {
        left = true;
        expect(await rename(now, "run")).toBe("done");
        expect(at.waitUntil - hand.clock()).toBeGreaterThanOrEqual(5_000);
        expect(Object.keys(await rowsIn(old.database, siteId)).length).toBeGreaterThan(5);
      }
      if (at.waitUntil > hand.clock()) hand.set(at.waitUntil);
    }
    expect(left).toBe(true);
    expect(await rename(old, "run")).toBe("SITE_MOVING");
  });

  test("between the last key that is told and the first write to the new database there is a lease", async () => {
    const { siteId } = await newSite();
    const move = await begin(siteId);
    const hand = handAt();
    const settling = await advanceTo("settling", move.id, hand);
    const toldAt = hand.clock();
    expect(settling.waitUntil).toBe(toldAt + 5_000);
    hand.set(toldAt + 4_999);
    expect((await advanceMove(hand, move.id)).step).toBe("settling");
    hand.set(toldAt + 5_000);
    expect((await advanceMove(hand, move.id)).step).toBe("sweeping");
  });

  test("keys of the site, those made meanwhile too, learn of it; one that was made of what is no longer so is not listed", async () => {
    const { api, siteId } = await newSite();
    const old = await scopeOf(siteId);
    const move = await begin(siteId);
    await advanceTo("copying", move.id);
    const meanwhile = await api.withRole("ADMIN");
    await finish(move.id);
    for (const key of [api, meanwhile, await api.withRole("ADMIN")]) {
      expect((await key.post("/metadata/products", { key: crypto.randomUUID(), name: "Product" })).status).toBe(201);
    }
    const row = { ...(await api.post("/tokens", { name: "Late", role: "ADMIN" })).body, id: crypto.randomUUID() };
    const late = directory.orm.batch([
      requireEpoch(directory, old),
      insertToken(directory, { ...row, createdAt: 0, expiresAt: null, revokedAt: null, lastUsedAt: null }),
    ]);
    expect(await codeOf(late)).toBe("SITE_MOVING");
    expect((await api.get("/tokens?limit=200")).body.data.map(({ id }: { id: string }) => id)).not.toContain(row.id);
  });

  test("sessions of its users learn of it as keys do, those that begin meanwhile too", async () => {
    const firm = await newFirm();
    const { siteId } = firm.live;
    const before = await signIn(firm.email, { siteId });
    const move = await begin(siteId);
    await advanceTo("verifying", move.id);
    const meanwhile = await signIn(firm.email, { siteId });
    await advanceTo("telling", move.id);
    const between = await signIn(firm.email, { siteId });
    await finish(move.id);
    for (const { api } of [before, meanwhile, between, await signIn(firm.email, { siteId })])
      expect((await api.post("/metadata/products", { key: crypto.randomUUID(), name: "Product" })).status).toBe(201);
  });

  test("a change of the site that comes late to a key's object does not take it back", async () => {
    const { api, siteId, tokenId } = await newSite();
    const old = await scopeOf(siteId);
    await finish((await begin(siteId)).id);
    await env.ACCESS.getByName(tokenId).setSite({ ...old, revision: 99 });
    await env.ACCESS.getByName(tokenId).setSite({ ...(await scopeOf(siteId)), origins: ["https://kept.example"], revision: 0 });
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 5_000);
    const answer = await api.get("/me", { origin: "https://kept.example" });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect((await api.post("/metadata/products", { key: "late", name: "Late" })).status).toBe(201);
  });

  test("what its ledgers tell the catalogue waits, however long, and is written afterwards", async () => {
    const books = await fullBooks();
    const { api, siteId, entityId } = books;
    const move = await begin(siteId);
    await advanceTo("copying", move.id);
    const opened = await api.post("/accounts", { entityId, code: "7777", name: "Opened meanwhile", type: "expense" }, freshKey());
    expect(opened.status).toBe(201);
    const byCode = async () => (await api.get("/accounts?code=7777")).body.totalCount;
    expect(await byCode()).toBe(0);
    const { number } = (await env.DIRECTORY.prepare("SELECT number FROM ledger_numbers WHERE ledger_id = ?")
      .bind(books.ledgerId)
      .first()) as {
      number: number;
    };
    const told: LedgerFactsMessage = { kind: "accounts_changed", ledgerNumber: number, siteId, accounts: [opened.body] };
    const sent: { body: unknown; delaySeconds: number | undefined }[] = [];
    const queue = {
      send: async (body: unknown, options?: QueueSendOptions) => void sent.push({ body, delaySeconds: options?.delaySeconds }),
    };
    const bindings = { ...env, LEDGER_FACTS: queue } as unknown as Cloudflare.Env;
    const take = (body: unknown) => deliver("countinghouse-ledger-facts", body, { bindings });
    expect(await take(told)).toEqual({ acknowledged: 1, retried: 0 });
    expect(sent).toEqual([{ body: told, delaySeconds: 10 }]);
    await finish(move.id);
    await take(sent[0]?.body);
    expect(sent.length).toBe(1);
    expect(await byCode()).toBe(1);
  });

  test("the hourly purge leaves it alone, and purges it afterwards", async () => {
    const { api, siteId } = await newSite();
    await api.post("/metadata/products", { key: "kept", name: "Kept" }, freshKey());
    const kept = async () => (await rowsIn((await scopeOf(siteId)).database, siteId)).idempotency_keys?.length ?? 0;
    const move = await begin(siteId);
    await advanceTo("verifying", move.id);
    const tomorrow = Date.now() + 86_400_001;
    await purgeStoredAnswers(env, tomorrow);
    expect(await kept()).toBe(1);
    expect((await finish(move.id)).abortReason).toBeNull();
    await purgeStoredAnswers(env, tomorrow);
    expect(await kept()).toBe(0);
  });
});

describe("what was on its way in a site that is moved", () => {
  /** What the cron would do, with what it logs as errors. */
  async function sweep(...works: ((context: SystemContext) => Promise<void>)[]): Promise<string[]> {
    const context = backgroundAt(Date.now());
    const errors: string[] = [];
    const log = { ...context.log, error: (event: string) => void errors.push(event) };
    for (const work of works) await work({ ...context, log });
    return errors;
  }

  test("waits, and is driven on where the site lives then: a decided group of holds, and a request to several ledgers", async () => {
    const { api, siteId, groupId } = await fullBooks();
    const before = await scopeOf(siteId);
    const db = siteDatabase(env, before);
    // Decided, and no ledger was told.
    const group = await findGroup(db, groupId);
    if (group === undefined) throw new Error("there is a group of holds");
    const actor = { kind: "service", id: "test", role: "ADMIN", humans: [] } as const;
    await decideGroup(db, group, { decision: "release", actor, requestId: "test", reason: null }, Date.now());
    // As it is before a ledger has answered.
    await db.session.prepare("UPDATE fan_outs SET step = 'writing', driven_at = 1 WHERE site_id = ?").bind(siteId).run();
    const rows = await rowsIn(before.database, siteId);
    const move = await begin(siteId);
    const hand = handAt();
    for (const step of ["copying", "verifying", "switching", "settling"] as const) {
      await advanceTo(step, move.id, hand);
      expect(await sweep(sweepHoldGroups, sweepFanOuts), step).toEqual([]);
      const seen = await api.get(`/hold-groups/${groupId}`);
      expect([seen.status, seen.body.state], step).toEqual([200, "releasing"]);
      const another = await api.post("/journal-entries/batch-approve", { entries: [{ id: groupId, version: 1 }] }, freshKey());
      expect([another.status, another.body.error?.code], step).toEqual([503, "SITE_MOVING"]);
    }
    expect((await finish(move.id, hand)).abortReason).toBeNull();
    const { database } = await scopeOf(siteId);
    expect(database).toBe(otherThan(before.database));
    expect(await rowsIn(database, siteId)).toEqual(rows);
    expect(await sweep(sweepHoldGroups, sweepFanOuts)).toEqual([]);
    expect((await api.get(`/hold-groups/${groupId}`)).body.state).toBe("released");
    const step = openDatabase(env, database).prepare("SELECT step FROM fan_outs WHERE site_id = ?").bind(siteId);
    expect(await step.first("step")).toBe("done");
  });

  test("a reset: nothing is listed until it has come to its end there, and what it has retired stays so", async () => {
    const { api, siteId, entityId } = await fullBooks();
    const before = await scopeOf(siteId);
    await beginReset(siteDatabase(env, before), Date.now());
    const move = await begin(siteId);
    const hand = handAt();
    for (const step of ["copying", "verifying", "switching", "settling"] as const) {
      await advanceTo(step, move.id, hand);
      expect(await sweep(continueResets), step).toEqual([]);
    }
    expect((await finish(move.id, hand)).abortReason).toBeNull();
    expect((await api.post("/entities", { name: "Too early", functionalCurrency: "USD" })).status).toBe(503);
    expect(await sweep(continueResets)).toEqual([]);
    const { database } = await scopeOf(siteId);
    expect(Object.keys(await rowsIn(database, siteId))).toEqual(["site_resets"]);
    expect((await api.post("/journal-entries", { entityId, ...entryOf("cash", "equity", 1) }, freshKey())).status).toBe(422);
    await booksOf(api);
  });

  test("the deletion of an entity: it waits, and is taken to its end there", async () => {
    const { api, siteId } = await newSite();
    const { entityId } = await booksOf(api);
    const before = await scopeOf(siteId);
    const db = siteDatabase(env, before);
    const row = await findEntity(db, entityId);
    if (row === undefined) throw new Error("there is an entity");
    await beginRemoval(db, row, Date.now());
    const move = await begin(siteId);
    const hand = handAt();
    for (const step of ["copying", "verifying", "switching", "settling"] as const) {
      await advanceTo(step, move.id, hand);
      expect(await sweep(continueRemovals), step).toEqual([]);
    }
    expect((await finish(move.id, hand)).abortReason).toBeNull();
    expect(await sweep(continueRemovals)).toEqual([]);
    expect((await api.get(`/entities/${entityId}`)).status).toBe(404);
    expect(await rowsIn((await scopeOf(siteId)).database, siteId)).toEqual({});
  });

  test("the search for groups that an earlier build placed keeps no reader waiting", async () => {
    const { api, siteId } = await newSite();
    await booksOf(api);
    const move = await begin(siteId);
    await advanceTo("verifying", move.id);
    expect((await api.get(`/hold-groups/${crypto.randomUUID()}`)).status).toBe(404);
    await finish(move.id);
    const { database } = await scopeOf(siteId);
    expect((await rowsIn(database, siteId)).hold_group_adoptions).toBeUndefined();
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 5_001);
    expect((await api.get(`/hold-groups/${crypto.randomUUID()}`)).status).toBe(404);
    expect((await rowsIn(database, siteId)).hold_group_adoptions).toHaveLength(1);
  });
});

describe("a move that is broken off", () => {
  /** Bindings of an invocation that dies at its nth call of a database: before the call has done anything, or before its answer arrives. */
  function dyingAt(call: number, when: "before" | "after"): { readonly bindings: Cloudflare.Env } {
    let calls = 0;
    const dying = async <T>(work: () => Promise<T>): Promise<T> => {
      calls += 1;
      if (calls > call || (calls === call && when === "before")) throw new Error("killed");
      const done = await work();
      if (calls === call) throw new Error("killed");
      return done;
    };
    const wrapStatement = (statement: D1PreparedStatement): object =>
      new Proxy(statement, {
        get(target, name) {
          if (name === "bind") return (...values: unknown[]) => wrapStatement(target.bind(...values));
          if (name === "plain") return target;
          const method = Reflect.get(target, name) as (...given: unknown[]) => Promise<unknown>;
          return typeof method === "function" ? (...given: unknown[]) => dying(() => method.apply(target, given)) : method;
        },
      });
    const wrapDatabase = (database: D1Database) => ({
      withSession: (mark: string) => {
        const session = database.withSession(mark);
        return {
          prepare: (sql: string) => wrapStatement(session.prepare(sql)),
          batch: (statements: { plain: D1PreparedStatement }[]) => dying(() => session.batch(statements.map(({ plain }) => plain))),
          getBookmark: () => session.getBookmark(),
        };
      },
    });
    const { DIRECTORY, SITE_DB_0, SITE_DB_1 } = env;
    const bindings = {
      ...env,
      DIRECTORY: wrapDatabase(DIRECTORY),
      SITE_DB_0: wrapDatabase(SITE_DB_0),
      SITE_DB_1: wrapDatabase(SITE_DB_1),
    } as unknown as Cloudflare.Env;
    return { bindings };
  }

  const wasKilled = (error: unknown): boolean => error instanceof Error && (error.message === "killed" || wasKilled(error.cause));

  test.each(["before", "after"] as const)(
    "at any call of any piece, %s it has done its work, is completed by the next hand",
    { timeout: 60_000 },
    async (when) => {
      const { api, siteId } = await fullBooks();
      const { database } = await scopeOf(siteId);
      const rows = await rowsIn(database, siteId);
      let move: MoveRow | undefined;
      for (let call = 1; move === undefined; call += 1) {
        const { bindings } = dyingAt(call, when);
        await startMove(handAt(Date.now(), bindings), siteId, { database: otherThan(database) }).then(
          (begun) => (move = begun),
          (error) => expect(wasKilled(error), String(error)).toBe(true),
        );
      }
      const hand = handAt();
      let deaths = 0;
      for (let call = 1; move.finishedAt === null; ) {
        const { bindings } = dyingAt(call, when);
        const before: MoveRow = move;
        const died = await advanceMove({ ...hand, env: bindings, directory: directoryDatabase(bindings) }, move.id, 1).then(
          () => false,
          (error) => wasKilled(error) || Promise.reject(error),
        );
        move = await advanceMove(hand, move.id, 0);
        // Once more at the next call of the same piece, until it is saved, or was done alive.
        call = died && move.revision === before.revision ? call + 1 : 1;
        if (died) deaths += 1;
        if (move.revision !== before.revision) expect(await rowsIn((await scopeOf(siteId)).database, siteId), move.step).toEqual(rows);
        if (move.waitUntil > hand.clock()) hand.set(move.waitUntil);
      }
      expect(deaths).toBeGreaterThan(100);
      expect(await scopeOf(siteId)).toMatchObject({ database: otherThan(database), epoch: 2 });
      expect(await rowsIn(database, siteId)).toEqual({});
      expect((await api.post("/metadata/products", { key: "after", name: "After" })).status).toBe(201);
    },
  );

  test("and taken up by three hands at once comes to one end", async () => {
    const { api, siteId } = await fullBooks();
    const { database } = await scopeOf(siteId);
    const rows = await rowsIn(database, siteId);
    const move = await begin(siteId);
    await Promise.all([finish(move.id), finish(move.id), finish(move.id)]);
    expect(await rowsIn(otherThan(database), siteId)).toEqual(rows);
    expect(await rowsIn(database, siteId)).toEqual({});
    expect((await api.post("/metadata/products", { key: "after", name: "After" })).status).toBe(201);
  });

  test("is decided by the hand that read it last: one that was overtaken saves and switches nothing", async () => {
    const { siteId } = await newSite();
    const before = await scopeOf(siteId);
    const begun = await begin(siteId);
    const overtaken = await advanceTo("switching", begun.id);
    await abortMove(handAt(), siteId);
    expect(await saveSwitch(directory, overtaken, { step: "telling" })).toBeUndefined();
    expect(await saveMove(directory, begun, { step: "copying" })).toBeUndefined();
    expect(await scopeOf(siteId)).toEqual(before);
    expect((await finish(begun.id)).abortReason).not.toBeNull();
    expect(await scopeOf(siteId)).toMatchObject({ database: before.database, epoch: 2 });
  });

  test("leaves no hand that could write later: what it would copy or delete is refused", async () => {
    const { api, siteId } = await fullBooks();
    const { database } = await scopeOf(siteId);
    const [source, target] = [openDatabase(env, database), openDatabase(env, otherThan(database))];
    const table = (await siteTables(source)).find(({ name }) => name === "terms");
    if (!table) throw new Error("there is a table of terms");
    const move = await begin(siteId);
    const piece = await readPiece(source, table, siteId, null);
    const lateHands = async () => [
      await codeOf(writePiece(target, move, table, piece)),
      await codeOf(deleteSome(target, move, "terms")),
      await codeOf(deleteSome(source, move, "terms")),
    ];
    await advanceTo("copying", move.id);
    expect(await codeOf(deleteSome(target, move, "terms"))).toBe("SITE_MOVING");
    expect(await codeOf(deleteSome(source, move, "terms"))).toBe("SITE_MOVING");
    await finish(move.id);
    expect(await lateHands()).toEqual(["SITE_MOVING", "SITE_MOVING", "SITE_MOVING"]);
    await finish((await begin(siteId)).id);
    expect(await lateHands()).toEqual(["SITE_MOVING", "SITE_MOVING", "SITE_MOVING"]);
    expect((await api.get("/metadata/products")).body.totalCount).toBe(1);
  });
});

describe("a move that is given up", () => {
  test("after any piece before the site has switched leaves it where it was, writable, and nothing in the other database", {
    timeout: 60_000,
  }, async () => {
    const { api, siteId } = await fullBooks();
    const { database } = await scopeOf(siteId);
    const rows = await rowsIn(database, siteId);
    let pieces = 0;
    for (; ; pieces += 4) {
      const move = await begin(siteId);
      const hand = handAt();
      if (pieces > 0) await advanceMove(hand, move.id, pieces);
      const aborted = await codeOf(abortMove(hand, siteId));
      if (aborted !== "done") {
        expect(aborted).toBe("IN_USE");
        await finish(move.id);
        break;
      }
      // A worker that does not know of it continues meanwhile.
      const done = await finish(move.id);
      expect(done).toMatchObject({ step: "done", abortReason: "The operator gave it up." });
      expect((await scopeOf(siteId)).database).toBe(database);
      expect(await rowsIn(database, siteId), `${pieces} pieces`).toEqual(rows);
      expect(await rowsIn(otherThan(database), siteId), `${pieces} pieces`).toEqual({});
      const probe = await api.post("/metadata/products", { key: "probe", name: "Probe" });
      expect(probe.status).toBe(201);
      await openDatabase(env, database).prepare("DELETE FROM terms WHERE id = ?").bind(probe.body.id).run();
    }
    expect(pieces).toBeGreaterThan(20);
    expect(await codeOf(abortMove(handAt(), siteId))).toBe("NOT_FOUND");
  });

  test("by itself, where the copy is not what was copied, says of which table", async () => {
    const { api, siteId } = await fullBooks();
    const { database } = await scopeOf(siteId);
    const move = await begin(siteId);
    await advanceTo("verifying", move.id);
    await openDatabase(env, otherThan(database))
      .prepare("UPDATE accounts SET name = name || '.' WHERE site_id = ? AND code = '3000'")
      .bind(siteId)
      .run();
    const done = await finish(move.id);
    expect(done.abortReason).toBe("The copy of accounts differs from its source.");
    expect((await scopeOf(siteId)).database).toBe(database);
    expect(await rowsIn(otherThan(database), siteId)).toEqual({});
    expect((await api.post("/metadata/products", { key: "after", name: "After" })).status).toBe(201);
  });

  test("by itself, where it fails again and again, and is swept when it can be", async () => {
    const { api, siteId } = await fullBooks();
    const { database } = await scopeOf(siteId);
    const move = await begin(siteId);
    await advanceTo("copying", move.id);
    const gone = async () => Promise.reject(new Error("The database is gone."));
    const statement = { bind: () => statement, run: gone, all: gone, raw: gone };
    const session = { prepare: () => statement, batch: gone, getBookmark: () => null };
    const failing = { ...env, [otherThan(database)]: { withSession: () => session } } as unknown as Cloudflare.Env;
    const take = async (bindings: Cloudflare.Env, attempts: number) =>
      (await deliver("countinghouse-site-moves", { moveId: move.id }, { bindings, attempts })).retried;
    const reason = async () => (await findMove(directory, move.id))?.abortReason;
    expect([await take(failing, 4), await reason()]).toEqual([1, null]);
    expect([await take(failing, 5), await reason()]).toEqual([1, "It failed again and again; the log says at what."]);
    // The site is open again, whatever the other database does.
    expect(await take(failing, 6)).toBe(1);
    expect((await findMove(directory, move.id))?.step).toBe("sweeping");
    expect((await api.post("/metadata/products", { key: "before", name: "Before" })).status).toBe(201);
    const sent: unknown[] = [];
    const working = { ...env, SITE_MOVES: { send: async (body: unknown) => sent.push(body) } } as unknown as Cloudflare.Env;
    expect(await take(working, 7)).toBe(0);
    expect((await findMove(directory, move.id))?.step).toBe("done");
    expect(sent).toEqual([]);
    expect(await rowsIn(otherThan(database), siteId)).toEqual({});
    expect((await api.post("/metadata/products", { key: "after", name: "After" })).status).toBe(201);
  });

  test("a row too many in the copy is found too", async () => {
    const { siteId } = await fullBooks();
    const { database } = await scopeOf(siteId);
    const move = await begin(siteId);
    await advanceTo("verifying", move.id);
    await openDatabase(env, otherThan(database))
      .prepare("INSERT INTO ledger_heads (site_id, ledger_number, sequence, seal, at) VALUES (?, 99, 1, '', 1)")
      .bind(siteId)
      .run();
    expect((await finish(move.id)).abortReason).toBe("The copy of ledger_heads differs from its source.");
  });
});

describe("the operator", () => {
  const send = (method: string, path: string, body?: object, headers: Record<string, string> = operator) =>
    request(method, `/operator${path}`, { "content-type": "application/json", ...headers }, body && JSON.stringify(body));

  test("moves a site, sees how far it is, and a second move is refused while one runs", async () => {
    const { api, siteId } = await fullBooks();
    const { database } = await scopeOf(siteId);
    const path = `/sites/${siteId}/move`;
    expect((await send("GET", path)).body).toEqual({ siteId, database, epoch: 1, move: null });
    const begun = await send("POST", path, { database: otherThan(database) });
    expect([begun.status, begun.body.move.status, begun.body.move.step]).toEqual([202, "running", "settling"]);
    const again = await send("POST", path, { database: otherThan(database) });
    expect([again.status, again.body.move.id]).toEqual([202, begun.body.move.id]);
    const second = await send("POST", path, { database });
    expect([second.status, second.body.error.code]).toEqual([409, "IN_USE"]);
    expect((await send("DELETE", path)).body.error.code).toBe("IN_USE");
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now + 5_001);
    expect((await send("POST", path, { database: otherThan(database) })).body.move.step).toBe("sweeping");
    expect((await api.post("/metadata/products", { key: "open", name: "Open" })).status).toBe(201);
    vi.spyOn(Date, "now").mockReturnValue(now + 70_000);
    const done = await send("POST", path, { database: otherThan(database) });
    expect([done.status, done.body.database, done.body.epoch]).toEqual([200, otherThan(database), 2]);
    expect(done.body.move).toMatchObject({ from: database, to: otherThan(database), status: "moved", step: "done", abortReason: null });
    expect(done.body.move.tables.map(({ name }: { name: string }) => name)).toContain("accounts");
    const nothing = await send("POST", path, { database: otherThan(database) });
    expect([nothing.status, nothing.body.move.id]).toEqual([200, begun.body.move.id]);
  });

  test("begins many at once and has one", async () => {
    const { siteId } = await newSite();
    const { database } = await scopeOf(siteId);
    const begun = await Promise.all(
      Array.from({ length: 5 }, () => send("POST", `/sites/${siteId}/move`, { database: otherThan(database) })),
    );
    expect(new Set(begun.map(({ body }) => body.move?.id)).size).toBe(1);
    await finish(begun[0]?.body.move.id);
    expect((await scopeOf(siteId)).epoch).toBe(2);
  });

  test("is refused a database that is not there, that has other migrations, that is kept for another jurisdiction, or that others live in", async () => {
    const { siteId } = await newSite();
    const { database } = await scopeOf(siteId);
    const other = otherThan(database);
    const move = (body: object, id = siteId) => send("POST", `/sites/${id}/move`, body);
    expect((await move({ database: "DIRECTORY" })).status).toBe(400);
    expect((await move({ database: "SITE_DB_77" })).body.error.details[0].pointer).toBe("/database");
    expect((await move({ database: other }, crypto.randomUUID())).status).toBe(404);
    expect((await move({ database: other, when: "now" })).status).toBe(400);
    expect((await move({ database: other, alone: true })).body.error.code).toBe("IN_USE");
    await send("PUT", `/databases/${other}`, { takesNewSites: true, jurisdiction: "eu" });
    expect((await move({ database: other })).body.error.message).toContain("another jurisdiction");
    expect((await send("PUT", `/databases/${other}`, { takesNewSites: false })).body.jurisdiction).toBe("eu");
    await send("PUT", `/databases/${other}`, { takesNewSites: true, jurisdiction: null });
    await openDatabase(env, other).prepare("CREATE TABLE later (site_id text, id text)").run();
    expect((await move({ database: other })).body.error.message).toContain("other migrations");
    await openDatabase(env, other).prepare("DROP TABLE later").run();
    for (const headers of [{}, { authorization: "Bearer nobody" }]) {
      for (const [method, path, body] of [
        ["GET", `/sites/${siteId}/move`],
        ["POST", `/sites/${siteId}/move`, { database: other }],
        ["DELETE", `/sites/${siteId}/move`],
        ["GET", "/databases"],
        ["PUT", `/databases/${other}`, { takesNewSites: false }],
      ] as const)
        expect((await send(method, path, body, headers)).status, `${method} ${path}`).toBe(401);
    }
    expect((await send("DELETE", `/sites/${siteId}/move`)).status).toBe(404);
  });

  test("sees the databases, and keeps new sites out of one", async () => {
    const { siteId } = await newSite();
    const listed = (await send("GET", "/databases")).body.data;
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(["SITE_DB_0", "SITE_DB_1"]);
    for (const one of listed) expect(one).toMatchObject({ takesNewSites: true, jurisdiction: null, bytes: expect.any(Number) });
    const mine = (await scopeOf(siteId)).database;
    await send("PUT", `/databases/${mine}`, { takesNewSites: false });
    for (let made = 0; made < 3; made += 1) expect((await scopeOf((await newSite()).siteId)).database).toBe(otherThan(mine));
    expect((await send("PUT", "/databases/SITE_DB_77", { takesNewSites: false })).status).toBe(404);
    await send("PUT", `/databases/${mine}`, { takesNewSites: true });
    expect((await scopeOf((await newSite()).siteId)).database).toBe(mine);
  });

  test("gives a large site a database of its own, which takes no other from then on", async () => {
    const { siteId } = await newSite();
    const mine = (await scopeOf(siteId)).database;
    // Everyone else leaves.
    const target = otherThan(mine);
    await env.DIRECTORY.prepare("UPDATE sites SET database = ? WHERE database = ?").bind(mine, target).run();
    await env.DIRECTORY.prepare("UPDATE site_moves SET finished_at = 1 WHERE finished_at IS NULL").run();
    const begun = await send("POST", `/sites/${siteId}/move`, { database: target, alone: true });
    expect(begun.status).toBe(202);
    const databases = (await send("GET", "/databases")).body.data;
    expect(databases.find(({ name }: { name: string }) => name === target)).toMatchObject({ sites: 1, takesNewSites: false });
    expect((await scopeOf((await newSite()).siteId)).database).toBe(mine);
    await finish(begun.body.move.id);
    await send("PUT", `/databases/${target}`, { takesNewSites: true });
  });
});

test("a site that was moved is reset like any other, and its fence stays", async () => {
  const { api, siteId } = await fullBooks();
  const old = await scopeOf(siteId);
  await finish((await begin(siteId)).id);
  expect((await api.post(`/sites/${siteId}/reset`, { sampleData: true })).status).toBe(200);
  expect(await codeOf(siteDatabase(env, old).session.prepare("DELETE FROM terms WHERE site_id = ?").bind(siteId).run())).toBe(
    "SITE_MOVING",
  );
  expect(
    await codeOf(
      siteDatabase(env, { ...old, database: otherThan(old.database) })
        .session.prepare("DELETE FROM terms WHERE site_id = ?")
        .bind(siteId)
        .run(),
    ),
  ).toBe("SITE_MOVING");
  expect(apiWith(api.key).key).toBe(api.key);
});
