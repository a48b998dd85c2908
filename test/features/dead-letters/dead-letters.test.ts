import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openDatabase, siteDatabaseNames } from "../../../src/db/site-database.ts";
import { describeFault } from "../../../src/features/dead-letters/describe-fault.ts";
import { purgeDeadLetters } from "../../../src/features/dead-letters/index.ts";
import { retryDeadLetter } from "../../../src/features/dead-letters/retry-dead-letter.ts";
import { refusal } from "../../../src/platform/refused.ts";
import { backgroundAt, deliver } from "../../support/background.ts";
import { newBooks } from "../../support/books.ts";
import { request } from "../../support/site.ts";

const day = 86_400_000;
const ledgerFacts = "countinghouse-ledger-facts";
const operator = { authorization: `Bearer ${(env as unknown as { OPERATOR_TOKEN: string }).OPERATOR_TOKEN}` };
const list = async (query = "") => (await request("GET", `/operator/dead-letters?${query}`, operator)).body;
const retry = (id: string) => request("POST", `/operator/dead-letters/${id}/retry`, operator);

afterEach(() => vi.restoreAllMocks());

/** Books, their ledger's message about an account whose name is a secret, and their database, which can be made to fail. */
async function booksWithMessage() {
  const books = await newBooks();
  const { api, accounts } = books;
  const siteId: string = (await api.get("/me")).body.site.id;
  const { body: account } = await api.patch(`/accounts/${accounts.cash}`, { name: "Till of Ms Confidential" });
  const [site, ledger] = await Promise.all([
    env.DIRECTORY.prepare("SELECT database FROM sites WHERE id = ?").bind(siteId).first<{ database: string }>(),
    env.DIRECTORY.prepare("SELECT number FROM ledger_numbers WHERE ledger_id = ?").bind(books.ledgerId).first<{ number: number }>(),
  ]);
  const db = openDatabase(env, site?.database ?? "");
  const trigger = `fails_${books.ledgerId.replaceAll("-", "_")}`;
  return {
    ...books,
    siteId,
    db,
    database: site?.database ?? "",
    ledgerNumber: ledger?.number ?? 0,
    message: { kind: "accounts_changed", ledgerNumber: ledger?.number, siteId, accounts: [account] },
    rowOf: async () => (await api.get("/accounts?code=1000")).body.data[0],
    account,
    async breakCatalogue() {
      await db.prepare("DELETE FROM accounts WHERE site_id = ? AND code = '1000'").bind(siteId).run();
      await db
        .prepare(
          `CREATE TRIGGER ${trigger} BEFORE INSERT ON accounts WHEN NEW.ledger_id = '${books.ledgerId}' BEGIN SELECT RAISE(ABORT, 'out of order'); END`,
        )
        .run();
    },
    mendCatalogue: () => db.prepare(`DROP TRIGGER ${trigger}`).run(),
  };
}

/** Has a message fail as often as it may, and die. */
async function die(queue: string, body: unknown): Promise<void> {
  vi.spyOn(console, "error").mockReturnValue();
  for (let attempts = 1; attempts <= 11; attempts += 1)
    expect(await deliver(queue, body, { attempts })).toEqual({ acknowledged: 0, retried: 1 });
  expect(await deliver(`${queue}-dead`, body)).toEqual({ acknowledged: 1, retried: 0 });
}

describe("a message that fails until it dies", () => {
  test("is listed with its last error and without a tenant's text, is sent again when its cause is mended, and is gone when it is taken", async () => {
    const books = await booksWithMessage();
    await books.breakCatalogue();
    await die(ledgerFacts, books.message);
    const { siteId, ledgerNumber } = books;
    const { data, totalCount } = await list(`siteId=${siteId}`);
    expect([data.length, totalCount]).toEqual([1, 1]);
    const message = { kind: "accounts_outdated", siteId, ledgerNumber };
    expect(data[0]).toMatchObject({ queue: "ledger-facts", kind: "accounts_changed", siteId, message, status: "dead", retries: 0 });
    expect(data[0].error).toMatch(/^Error: D1_ERROR: out of order/);
    const stored = await books.db.prepare("SELECT * FROM dead_letters WHERE site_id = ?").bind(siteId).all();
    expect(JSON.stringify(stored.results)).not.toContain("Confidential");
    expect(await env.DIRECTORY.prepare("SELECT 1 FROM dead_letters WHERE site_id = ?").bind(siteId).first()).toBeNull();

    expect(await books.rowOf()).toBeUndefined();
    await books.mendCatalogue();
    expect(await retry(data[0].id)).toMatchObject({ status: 202, body: { id: data[0].id, status: "sent_again", retries: 1 } });
    // By the queue itself.
    await vi.waitFor(async () => expect((await list(`siteId=${siteId}`)).data).toEqual([]), { timeout: 60_000, interval: 100 });
    expect(await books.rowOf()).toEqual(books.account);
  });

  test("and again when it is sent again is the same letter, which counts its retries", async () => {
    const books = await booksWithMessage();
    await books.breakCatalogue();
    await die(ledgerFacts, books.message);
    const [letter] = (await list(`siteId=${books.siteId}`)).data;
    const sent: unknown[] = [];
    const bindings = { ...env, LEDGER_FACTS: { send: async (body: unknown) => void sent.push(body) } } as unknown as Cloudflare.Env;
    await retryDeadLetter({ ...backgroundAt(Date.now()), env: bindings }, letter.id);
    await die(ledgerFacts, sent[0]);
    // Another message about the ledger asks for the same.
    await die(ledgerFacts, books.message);
    expect((await list(`siteId=${books.siteId}`)).data).toMatchObject([{ id: letter.id, status: "dead", retries: 1 }]);
    await books.mendCatalogue();
    // It was sent before the other died: the letter stays for that one.
    expect(await deliver(ledgerFacts, sent[0])).toEqual({ acknowledged: 1, retried: 0 });
    expect((await list(`siteId=${books.siteId}`)).data).toMatchObject([{ id: letter.id, status: "dead" }]);
    expect(await books.rowOf()).toEqual(books.account);
  });

  test("is a letter without an error where its last attempt could not store one", async () => {
    const { siteId, message } = await booksWithMessage();
    expect(await deliver(`${ledgerFacts}-dead`, message)).toEqual({ acknowledged: 1, retried: 0 });
    expect((await list(`siteId=${siteId}`)).data).toMatchObject([{ kind: "accounts_changed", error: null, status: "dead" }]);
  });

  test("waits in its dead-letter queue, longer each time, where no letter can be stored", async () => {
    const { siteId, message, db } = await booksWithMessage();
    vi.spyOn(console, "error").mockReturnValue();
    const trigger = `no_letters_${siteId.replaceAll("-", "_")}`;
    await db
      .prepare(
        `CREATE TRIGGER ${trigger} BEFORE INSERT ON dead_letters WHEN NEW.site_id = '${siteId}' BEGIN SELECT RAISE(ABORT, 'no letters'); END`,
      )
      .run();
    // Its last attempt comes again too, that is, dies.
    expect(await deliver(ledgerFacts, { ...message, kind: "head" }, { attempts: 11 })).toEqual({ acknowledged: 0, retried: 1 });
    expect(await deliver(`${ledgerFacts}-dead`, message)).toEqual({ acknowledged: 0, retried: 1 });
    await db.prepare(`DROP TRIGGER ${trigger}`).run();
    expect(await deliver(`${ledgerFacts}-dead`, message, { attempts: 2 })).toEqual({ acknowledged: 1, retried: 0 });
    expect((await list(`siteId=${siteId}`)).totalCount).toBe(1);
  });
});

describe("what is of no site", () => {
  test("is in the directory: a move of a site, which is sent again as it was", async () => {
    const moveId = crypto.randomUUID();
    await die("countinghouse-site-moves", { moveId });
    const found = (await list("queue=site-moves&limit=200")).data.filter(
      ({ message }: { message: { moveId: string } }) => message.moveId === moveId,
    );
    expect(found).toMatchObject([{ queue: "site-moves", kind: "site_move", siteId: null, message: { moveId } }]);
    expect(found[0].error).toMatch(/^Error: assertion failed: a move that/);
  });

  test("and nothing of a message that no release knows, which is not sent again", async () => {
    const unknown = { kind: "ledger_dreamed", siteId: crypto.randomUUID(), name: "Ms Confidential" };
    await die(ledgerFacts, unknown);
    const [letter] = (await list("queue=ledger-facts")).data.filter(({ kind }: { kind: string }) => kind === "unknown");
    expect(letter).toMatchObject({ kind: "unknown", siteId: null, message: null });
    expect(JSON.stringify(letter)).not.toContain("Confidential");
    expect(await retry(letter.id)).toMatchObject({ status: 409, body: { error: { code: "DEAD_LETTER_STATE" } } });
  });

  test("or of a site that is not there", async () => {
    const siteId = crypto.randomUUID();
    await die(ledgerFacts, { kind: "head", siteId, ledgerNumber: 7, sequence: 1, seal: "s", at: "2026-06-08T00:00:00.000Z" });
    expect((await list(`siteId=${siteId}`)).data).toMatchObject([
      { siteId, kind: "head", message: { kind: "head", sequence: 1, seal: "s" } },
    ]);
  });
});

describe("the operator", () => {
  test("pages through the letters of all sites and of none, each once, newest first", async () => {
    const books = await Promise.all([booksWithMessage(), booksWithMessage()] as const);
    for (const { message } of books) await deliver(`${ledgerFacts}-dead`, message);
    await deliver("countinghouse-site-moves-dead", { moveId: crypto.randomUUID() });
    // A move leaves a copy in another database for a while, which is no letter of its own.
    const [moved] = books;
    const { results } = await moved.db
      .prepare("SELECT * FROM dead_letters WHERE site_id = ?")
      .bind(moved.siteId)
      .all<Record<string, unknown>>();
    const [copy] = results;
    if (copy === undefined) throw new Error("assertion failed: the message has just died");
    const other = openDatabase(env, siteDatabaseNames(env).find((name) => name !== moved.database) ?? "");
    await other
      .prepare(`INSERT INTO dead_letters (${Object.keys(copy)}) VALUES (${Object.keys(copy).map(() => "?")})`)
      .bind(...Object.values(copy))
      .run();
    const whole = await list("limit=200");
    expect(whole).toMatchObject({ hasMore: false, nextCursor: null });
    expect(await list(`siteId=${moved.siteId}`)).toMatchObject({ totalCount: 1, data: [{ siteId: moved.siteId }] });
    const paged: { id: string }[] = [];
    for (let cursor = ""; ; ) {
      const page = await list(`limit=1${cursor}`);
      expect(page.data.length).toBe(1);
      paged.push(...page.data);
      if (!page.hasMore) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    // Letters of other tests may come meanwhile: they are newer.
    const ids = new Set(whole.data.map(({ id }: { id: string }) => id));
    expect(paged.filter(({ id }) => ids.has(id))).toEqual(whole.data);
    const times = whole.data.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    const moves = (await list("queue=site-moves&limit=200")).data;
    expect(moves).toEqual(whole.data.filter(({ queue }: { queue: string }) => queue === "site-moves"));
    const { siteId } = moved;
    expect((await list(`siteId=${siteId}&queue=ledger-facts`)).data).toMatchObject([{ siteId }]);
    expect((await list(`siteId=${siteId}&queue=site-moves`)).data).toEqual([]);
  });

  test("has nothing sent again that is not there, or a hundred times already", async () => {
    const { siteId, message, db } = await booksWithMessage();
    await deliver(`${ledgerFacts}-dead`, message);
    const [letter] = (await list(`siteId=${siteId}`)).data;
    await db.prepare("UPDATE dead_letters SET retries = 100 WHERE site_id = ?").bind(siteId).run();
    expect(await retry(letter.id)).toMatchObject({ status: 409, body: { error: { code: "DEAD_LETTER_STATE" } } });
    for (const unknown of [crypto.randomUUID(), "x"]) expect((await retry(unknown)).status, unknown).toBe(404);
  });

  test("sees a letter as it was where its queue takes nothing", async () => {
    const { siteId, message } = await booksWithMessage();
    await deliver(`${ledgerFacts}-dead`, message);
    const [letter] = (await list(`siteId=${siteId}`)).data;
    const send = async () => {
      throw new Error("The queue is down.");
    };
    const bindings = { ...env, LEDGER_FACTS: { send } } as unknown as Cloudflare.Env;
    await expect(retryDeadLetter({ ...backgroundAt(Date.now()), env: bindings }, letter.id)).rejects.toThrow("The queue is down.");
    expect((await list(`siteId=${siteId}`)).data).toEqual([letter]);
  });

  test("alone does: no key of a site reads or retries", async () => {
    const { api } = await newBooks();
    const asOwner = { authorization: `Bearer ${api.key}` };
    expect((await request("GET", "/operator/dead-letters", asOwner)).status).toBe(401);
    expect((await request("POST", `/operator/dead-letters/${crypto.randomUUID()}/retry`, asOwner)).status).toBe(401);
  });

  test("finds a letter for two weeks after its last death", async () => {
    const { siteId, message } = await booksWithMessage();
    await deliver(`${ledgerFacts}-dead`, message);
    const moveId = crypto.randomUUID();
    await deliver("countinghouse-site-moves-dead", { moveId });
    const ofMove = async () =>
      (await list("queue=site-moves&limit=200")).data.filter((row: { message: { moveId: string } }) => row.message.moveId === moveId)
        .length;
    await purgeDeadLetters(backgroundAt(Date.now() + 14 * day - 60_000));
    expect([(await list(`siteId=${siteId}`)).totalCount, await ofMove()]).toEqual([1, 1]);
    await purgeDeadLetters(backgroundAt(Date.now() + 14 * day));
    expect([(await list(`siteId=${siteId}`)).totalCount, await ofMove()]).toEqual([0, 0]);
  });
});

test("an error is described without what it quotes", () => {
  const quoting = new Error("Failed query: INSERT … params: Till of Ms Confidential", {
    cause: new Error("D1_ERROR: no such table: accounts"),
  });
  expect(describeFault(quoting)).toMatch(/^Error: D1_ERROR: no such table: accounts\nat /);
  expect(describeFault(new SyntaxError("Unexpected token C, Confidential"))).toMatch(/^SyntaxError\nat /);
  expect(describeFault(refusal("NOT_FOUND", "Nothing is called Confidential."))).toBe("NOT_FOUND");
  expect(describeFault("Confidential")).toBe("What was thrown is no error.");
});
