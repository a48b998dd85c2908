import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/db/site-database.ts";
import { balanceOf, entryOf, freshKey, newBooks, post } from "../../support/books.ts";
import { operator } from "../../support/operator.ts";
import { newSite, request } from "../../support/site.ts";

const send = (method: string, path: string, body?: object, headers = operator) =>
  request(method, `/operator${path}`, headers, body && JSON.stringify(body));

/** Books, the catalogue's database below them, and their ledger's number. */
async function booksAndDatabase() {
  const books = await newBooks();
  const siteId: string = (await books.api.get("/me")).body.site.id;
  const site = await env.DIRECTORY.prepare("SELECT database FROM sites WHERE id = ?").bind(siteId).first<{ database: string }>();
  const { data } = (await send("GET", `/sites/${siteId}/ledgers`)).body;
  return { ...books, siteId, db: openDatabase(env, site?.database ?? ""), number: data[0].number as number };
}

const listOf = async ({ api }: { api: Awaited<ReturnType<typeof newBooks>>["api"] }) =>
  (await api.get("/accounts?limit=200&sort=code:asc")).body.data;

async function heal(number: number) {
  const done = { written: 0, removed: 0 };
  for (let next: object | null | undefined; next !== null; ) {
    const { status, body } = await send("POST", `/ledgers/${number}/heal`, next ? { next } : {});
    expect(status).toBe(200);
    done.written += body.written;
    done.removed += body.removed;
    next = body.next;
  }
  return done;
}

test("a catalogue that was restored to an earlier time has its accounts again from the ledger: what is missing, what is old, what was deleted since", async () => {
  const books = await booksAndDatabase();
  const { api, db, number, siteId } = books;
  const gone = await api.post("/accounts", { entityId: books.entityId, code: "9000", name: "Deleted since", type: "expense" }, freshKey());
  expect((await api.delete(`/accounts/${gone.body.id}`)).status).toBe(204);
  const before = await listOf(books);
  await db.prepare("DELETE FROM accounts WHERE site_id = ? AND code IN ('1000', '3000')").bind(siteId).run();
  await db.prepare("UPDATE accounts SET name = 'Older', revision = 0 WHERE site_id = ? AND code = '4000'").bind(siteId).run();
  await db.prepare("UPDATE accounts SET status = 'active', revision = 0 WHERE site_id = ? AND code = '9000'").bind(siteId).run();
  expect(await listOf(books)).not.toEqual(before);
  // The deleted one, which its ledger no longer lists.
  expect((await heal(number)).removed).toBe(1);
  expect(await listOf(books)).toEqual(before);
  expect((await heal(number)).removed).toBe(0);
  expect(await listOf(books)).toEqual(before);
});

test("a catalogue whose ledger was restored to an earlier time says what the ledger says, newer rows notwithstanding", async () => {
  const books = await booksAndDatabase();
  const { db, number, siteId, ledgerId } = books;
  const before = await listOf(books);
  await db.prepare("UPDATE accounts SET name = 'Later', revision = 99 WHERE site_id = ? AND code = '4000'").bind(siteId).run();
  await db
    .prepare(
      `INSERT INTO accounts (site_id, id, ledger_id, code, name, type, status, created_at, revision)
       SELECT site_id, 'opened-later', ?2, '9999', 'Opened later', 'expense', 'active', 0, 99 FROM accounts WHERE site_id = ?1 LIMIT 1`,
    )
    .bind(siteId, ledgerId)
    .run();
  expect(await heal(number)).toMatchObject({ removed: 1 });
  expect(await listOf(books)).toEqual(before);
});

test("the operator sees which ledgers the catalogue knows, and nobody else does", async () => {
  const { api, siteId, number, db, ledgerId } = await booksAndDatabase();
  expect((await send("GET", `/sites/${siteId}/ledgers`)).body.data).toMatchObject([
    { number, ledgerId, currency: "USD", inCatalogue: true },
  ]);
  expect((await send("GET", `/sites/${siteId}/ledgers?after=${number}`)).body.data).toEqual([]);
  await api.post(`/sites/${siteId}/reset`, {});
  expect((await send("GET", `/sites/${siteId}/ledgers`)).body.data).toMatchObject([{ number, inCatalogue: false }]);
  expect((await send("POST", `/ledgers/${number}/heal`, {})).status).toBe(404);
  expect(await db.prepare("SELECT count(*) AS n FROM accounts WHERE site_id = ?").bind(siteId).first("n")).toBe(0);
  const other = await newSite();
  const asOwner = { ...operator, authorization: `Bearer ${other.api.key}` };
  expect((await send("GET", `/sites/${siteId}/ledgers`, undefined, asOwner)).status).toBe(401);
  expect((await send("POST", `/ledgers/${number}/heal`, {}, asOwner)).status).toBe(401);
  for (const unknown of [crypto.randomUUID(), "nothing"]) expect((await send("GET", `/sites/${unknown}/ledgers`)).status).toBe(404);
  for (const unknown of ["0", "999999999", "x"]) expect((await send("POST", `/ledgers/${unknown}/heal`, {})).status, unknown).toBe(404);
});

test("a ledger is brought back to an earlier moment by the operator alone, where the platform can: this one says that it cannot, and the ledger is as it was", async () => {
  const books = await booksAndDatabase();
  const { number } = books;
  await post(books, entryOf("cash", "equity", 5_000));
  const at = { at: "2026-11-25T10:00:00Z" };
  expect(await send("POST", `/ledgers/${number}/restore`, at)).toMatchObject({
    status: 501,
    body: { error: { code: "RESTORE_UNAVAILABLE" } },
  });
  expect(await send("POST", `/ledgers/${number}/restore`, { at: "yesterday" })).toMatchObject({ status: 400 });
  expect((await send("POST", "/ledgers/4000000000/restore", at)).status).toBe(404);
  const asOwner = { ...operator, authorization: `Bearer ${books.api.key}` };
  expect((await send("POST", `/ledgers/${number}/restore`, at, asOwner)).status).toBe(401);
  expect(await balanceOf(books, "cash")).toBe(5_000);
});
