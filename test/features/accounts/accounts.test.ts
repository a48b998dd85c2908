import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { LedgerFactsMessage } from "../../../src/ledger/facts-message.ts";
import { deliver } from "../../support/background.ts";
import { booksOf, entryOf, newBooks, post } from "../../support/books.ts";
import { newSite } from "../../support/site.ts";

const refusedAs = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ error: expect.objectContaining({ code }) }) });
const bank = { code: "1200", name: "Savings", type: "bank" };

describe("opening an account", () => {
  test("answers the account as it is read and listed afterwards", async () => {
    const { api, ledgerId, entityId, accounts } = await newBooks();
    const answer = await api.post("/accounts", {
      ...bank,
      description: "Rainy days",
      subtype: "savings",
      parentId: accounts.cash,
      role: "undeposited_funds",
      stableKey: "savings",
      externalId: "acc-1",
      minBalance: 0,
      maxBalance: 1_000_00,
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        ...bank,
        ledgerId,
        entityId,
        currency: "USD",
        description: "Rainy days",
        class: "asset",
        normalSide: "debit",
        subtype: "savings",
        parentId: accounts.cash,
        role: "undeposited_funds",
        stableKey: "savings",
        externalId: "acc-1",
        minBalance: 0,
        maxBalance: 1_000_00,
        status: "active",
      },
    });
    expect(answer.headers.get("location")).toBe(`/api/v1/accounts/${answer.body.id}`);
    expect(await api.get(`/accounts/${answer.body.id}`)).toMatchObject({ status: 200, body: answer.body });
    expect((await api.get("/accounts?code=1200")).body).toMatchObject({ totalCount: 1, data: [answer.body] });
  });

  test.each([
    [{ ...bank, code: "1000" }, 409, "CODE_TAKEN"],
    [{ ...bank, externalId: "ext-1000" }, 409, "EXTERNAL_ID_TAKEN"],
    [{ ...bank, type: "cash" }, 400, "VALIDATION_ERROR"],
    [{ ...bank, role: "petty_cash" }, 400, "VALIDATION_ERROR"],
    [{ ...bank, balance: 100 }, 400, "VALIDATION_ERROR"],
    [{ ...bank, openingBalance: 100 }, 400, "VALIDATION_ERROR"],
    [{ ...bank, minBalance: 0.5 }, 400, "VALIDATION_ERROR"],
    [{ ...bank, maxBalance: 2 ** 53 }, 400, "VALIDATION_ERROR"],
    [{ ...bank, minBalance: 10, maxBalance: 5 }, 422, "BALANCE_LIMIT"],
    [{ ...bank, minBalance: 1 }, 422, "BALANCE_LIMIT"],
    [{ ...bank, code: "" }, 400, "VALIDATION_ERROR"],
    [{ ...bank, code: "x".repeat(51) }, 400, "VALIDATION_ERROR"],
    [{ ...bank, name: "a\u0007b" }, 400, "VALIDATION_ERROR"],
    [{ ...bank, name: "\ud800" }, 400, "VALIDATION_ERROR"],
    [{ ...bank, parentId: "nobody" }, 400, "VALIDATION_ERROR"],
    [[bank], 400, "VALIDATION_ERROR"],
  ])("%j is refused and opens nothing", async (body, status, code) => {
    const { api } = await newBooks();
    expect(await api.post("/accounts", body)).toEqual(refusedAs(status, code));
    expect((await api.get("/accounts")).body.totalCount).toBe(5);
  });

  test("happens once however often one key is sent at the same time", async () => {
    const { api } = await newBooks();
    const key = { "idempotency-key": crypto.randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post("/accounts", bank, key)));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect((await api.get("/accounts")).body.totalCount).toBe(6);
    expect(await api.post("/accounts", { ...bank, name: "Other" }, key)).toEqual(refusedAs(422, "IDEMPOTENCY_KEY_REUSED"));
  });

  test("gives one code to one of many that ask for it at the same time", async () => {
    const { api } = await newBooks();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => api.post("/accounts", { ...bank, name: `Savings ${i}` })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)]);
    expect((await api.get("/accounts")).body.totalCount).toBe(6);
  });

  test("a role goes to one account of a ledger, and back when it is given up or deleted", async () => {
    const { api } = await newBooks();
    const first = await api.post("/accounts", { ...bank, role: "suspense_bank" });
    expect(await api.post("/accounts", { ...bank, code: "1201", role: "suspense_bank" })).toEqual(refusedAs(409, "CODE_TAKEN"));
    await api.patch(`/accounts/${first.body.id}`, { role: null });
    const second = await api.post("/accounts", { ...bank, code: "1201", role: "suspense_bank" });
    expect(second.status).toBe(201);
    expect(await api.patch(`/accounts/${first.body.id}`, { role: "suspense_bank" })).toEqual(refusedAs(409, "CODE_TAKEN"));
    await api.delete(`/accounts/${second.body.id}`);
    expect((await api.patch(`/accounts/${first.body.id}`, { role: "suspense_bank" })).status).toBe(200);
  });
});

describe("the tree of accounts", () => {
  test("a parent has the same type, is no descendant, and is at most nine deep", async () => {
    const { api, accounts } = await newBooks();
    expect(await api.post("/accounts", { ...bank, parentId: accounts.receivable })).toEqual(refusedAs(422, "ACCOUNT_PARENT_INVALID"));
    let parentId = accounts.cash;
    const chain = [parentId];
    for (let level = 2; level <= 10; level++) {
      const opened = await api.post("/accounts", { ...bank, code: `10${level}`, parentId });
      expect(opened.status).toBe(201);
      parentId = opened.body.id;
      chain.push(parentId);
    }
    expect(await api.post("/accounts", { ...bank, parentId })).toEqual(refusedAs(422, "ACCOUNT_PARENT_INVALID"));
    for (const below of [chain[0], chain[1], chain[9]]) {
      expect(await api.patch(`/accounts/${accounts.cash}`, { parentId: below })).toEqual(refusedAs(422, "ACCOUNT_PARENT_INVALID"));
    }
    expect(await api.patch(`/accounts/${accounts.cash}`, { type: "expense" })).toEqual(refusedAs(409, "IN_USE"));
    expect(await api.delete(`/accounts/${accounts.cash}`)).toEqual(refusedAs(409, "IN_USE"));
    expect((await api.get(`/accounts?parentId=${accounts.cash}`)).body.totalCount).toBe(1);
  });
});

describe("changing an account", () => {
  test("answers the new state; the code posts from then on, and If-Match of an older state is refused", async () => {
    const books = await newBooks();
    const { api, accounts } = books;
    const read = await api.get(`/accounts/${accounts.cash}`);
    const etag = read.headers.get("etag") ?? "";
    const changed = await api.patch(
      `/accounts/${accounts.cash}`,
      { code: "1001", name: "Till", externalId: null, stableKey: null },
      { "if-match": etag },
    );
    expect(changed).toMatchObject({
      status: 200,
      body: { id: accounts.cash, code: "1001", name: "Till", externalId: null, stableKey: null, type: "bank" },
    });
    expect(await api.patch(`/accounts/${accounts.cash}`, { name: "x" }, { "if-match": etag })).toEqual(
      refusedAs(412, "PRECONDITION_FAILED"),
    );
    expect((await api.get("/accounts?search=TILL")).body).toMatchObject({ totalCount: 1, data: [changed.body] });
    expect((await api.get("/accounts?code=1000")).body.totalCount).toBe(0);
    await post(
      books,
      entryOf("cash", "equity", 5, {
        lines: [
          { accountCode: "1001", side: "debit", amount: 5 },
          { accountCode: "3000", side: "credit", amount: 5 },
        ],
      }),
    );
  });

  test("of two changes at once under one ETag, one is made", async () => {
    const { api, accounts } = await newBooks();
    const etag = (await api.get(`/accounts/${accounts.cash}`)).headers.get("etag") ?? "";
    const answers = await Promise.all(
      ["A", "B", "C"].map((name) => api.patch(`/accounts/${accounts.cash}`, { name }, { "if-match": etag })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412]);
    const winner = answers.find((answer) => answer.status === 200);
    expect((await api.get("/accounts?code=1000")).body.data).toEqual([winner?.body]);
  });

  test("the type is free until something was posted, and then fixed", async () => {
    const books = await newBooks();
    expect((await books.api.patch(`/accounts/${books.accounts.rent}`, { type: "other_expense" })).status).toBe(200);
    await post(books, entryOf("rent", "cash", 5));
    expect(await books.api.patch(`/accounts/${books.accounts.rent}`, { type: "expense" })).toEqual(refusedAs(422, "ACCOUNT_TYPE_FIXED"));
  });

  test("a limit that the balance breaks already is refused", async () => {
    const books = await newBooks();
    await post(books, entryOf("cash", "equity", 100));
    expect(await books.api.patch(`/accounts/${books.accounts.cash}`, { maxBalance: 99 })).toEqual(refusedAs(422, "BALANCE_LIMIT"));
    expect((await books.api.patch(`/accounts/${books.accounts.cash}`, { maxBalance: 100, minBalance: 0 })).status).toBe(200);
    expect((await books.api.patch(`/accounts/${books.accounts.cash}`, { maxBalance: null })).body).toMatchObject({
      minBalance: 0,
      maxBalance: null,
    });
  });

  test.each([{}, { ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ab" }, { status: "deleted" }, { balance: 1 }])(
    "%j is refused",
    async (change) => {
      const { api, accounts } = await newBooks();
      expect(await api.patch(`/accounts/${accounts.cash}`, change)).toEqual(refusedAs(400, "VALIDATION_ERROR"));
    },
  );
});

describe("deleting and archiving", () => {
  test("an unused account goes, and gives its code and external id back", async () => {
    const { api, accounts } = await newBooks();
    expect((await api.delete(`/accounts/${accounts.cash}`)).status).toBe(204);
    expect(await api.get(`/accounts/${accounts.cash}`)).toEqual(refusedAs(404, "NOT_FOUND"));
    expect(await api.delete(`/accounts/${accounts.cash}`)).toEqual(refusedAs(404, "NOT_FOUND"));
    expect((await api.get("/accounts")).body.totalCount).toBe(4);
    expect((await api.post("/accounts", { ...bank, code: "1000", externalId: "ext-1000" })).status).toBe(201);
  });

  test("a used one is refused; archived, it takes no entries and is still listed, and can be restored", async () => {
    const books = await newBooks();
    const { api, accounts } = books;
    await post(books, entryOf("cash", "equity", 100));
    expect(await api.delete(`/accounts/${accounts.cash}`)).toEqual(refusedAs(409, "IN_USE"));
    expect(await api.patch(`/accounts/${accounts.cash}`, { status: "archived" })).toMatchObject({
      status: 200,
      body: { status: "archived" },
    });
    const entry = { entityId: books.entityId, ...entryOf("cash", "equity", 100) };
    expect(await api.post("/journal-entries", entry, { "idempotency-key": "a" })).toEqual(refusedAs(422, "ACCOUNT_CLOSED"));
    expect((await api.get("/accounts?status=archived")).body).toMatchObject({ totalCount: 1, data: [{ id: accounts.cash }] });
    expect((await api.get("/accounts?status=active")).body.totalCount).toBe(4);
    expect((await api.patch(`/accounts/${accounts.cash}`, { status: "active" })).status).toBe(200);
    expect((await api.post("/journal-entries", entry, { "idempotency-key": "b" })).status).toBe(201);
  });
});

describe("the list", () => {
  test.each([
    ["type=income", ["4000"]],
    ["code=4000", ["4000"]],
    ["search=EN", ["6000"]],
    ["search=10", ["1000", "1100"]],
    ["externalId=ext-3000", ["3000"]],
    ["status=archived", []],
    ["sort=code:desc", ["6000", "4000", "3000", "1100", "1000"]],
    ["sort=name:asc", ["1000", "3000", "1100", "6000", "4000"]],
    ["sort=created_at:desc", ["6000", "4000", "3000", "1100", "1000"]],
    ["offset=3", ["4000", "6000"]],
    ["limit=1", ["1000"]],
    ["search=%25", []],
    ["search=%27%20OR%201%3D1", []],
  ])("with %s holds %j", async (query, codes) => {
    const { api } = await newBooks();
    const answer = await api.get(`/accounts?${query}`);
    expect(answer.status).toBe(200);
    expect(answer.body.data.map((account: { code: string }) => account.code)).toEqual(codes);
    for (const account of answer.body.data)
      expect(Object.keys(account).filter((key) => /balance$/.test(key) || key === "posted")).toEqual([]);
  });

  test.each(["type=cash", "colour=red", "limit=0", "limit=201", "sort=balance:asc", "status=deleted", "offset=10001"])(
    "refuses %s",
    async (query) => {
      const { api } = await newBooks();
      expect(await api.get(`/accounts?${query}`)).toEqual(refusedAs(400, "VALIDATION_ERROR"));
    },
  );

  test("refuses a cursor of another list, another filter or another site", async () => {
    const [{ api }, other] = await Promise.all([newBooks(), newBooks()]);
    const { nextCursor } = (await api.get("/accounts?limit=2")).body;
    expect((await api.get(`/accounts?limit=2&cursor=${nextCursor}`)).body.data.map((account: { code: string }) => account.code)).toEqual([
      "3000",
      "4000",
    ]);
    for (const answer of [
      await api.get(`/accounts?limit=2&type=bank&cursor=${nextCursor}`),
      await api.get(`/ledgers?cursor=${nextCursor}`),
      await other.api.get(`/accounts?limit=2&cursor=${nextCursor}`),
      await api.get(`/accounts?cursor=${nextCursor}x`),
    ]) {
      expect(answer).toEqual(refusedAs(400, "INVALID_CURSOR"));
    }
  });
});

describe("the rows of the catalogue", () => {
  async function tell(message: LedgerFactsMessage) {
    expect(await deliver("countinghouse-ledger-facts", message)).toEqual({ acknowledged: 1, retried: 0 });
  }

  test("are healed by the ledger's message, and an older message never undoes a newer change", async () => {
    const { api, siteId } = await newSite();
    const { accounts } = await booksOf(api);
    const { body: before } = await api.get(`/accounts/${accounts.cash}`);
    const { body: after } = await api.patch(`/accounts/${accounts.cash}`, { name: "Till" });
    const rowOf = async () => (await api.get("/accounts?code=1000")).body.data[0];
    await env.SITE_DB_0.prepare("DELETE FROM accounts WHERE id = ?").bind(accounts.cash).run();
    await env.SITE_DB_1.prepare("DELETE FROM accounts WHERE id = ?").bind(accounts.cash).run();
    expect(await rowOf()).toBeUndefined();
    await tell({ kind: "accounts_changed", ledgerNumber: 1, siteId, accounts: [before] });
    expect(await rowOf()).toEqual(before);
    for (const view of [after, before, after]) {
      await tell({ kind: "accounts_changed", ledgerNumber: 1, siteId, accounts: [view] });
      expect(await rowOf()).toEqual(after);
    }
  });

  test("a message about a ledger that its site does not have changes nothing", async () => {
    const [mine, other] = await Promise.all([newSite(), newBooks()]);
    await booksOf(mine.api);
    const { body: view } = await other.api.get(`/accounts/${other.accounts.cash}`);
    await tell({ kind: "accounts_changed", ledgerNumber: 1, siteId: mine.siteId, accounts: [view] });
    const elsewhere = { kind: "accounts_changed", ledgerNumber: 1, siteId: crypto.randomUUID(), accounts: [view] };
    expect(await deliver("countinghouse-ledger-facts", elsewhere)).toEqual({ acknowledged: 0, retried: 1 });
    expect((await mine.api.get("/accounts")).body.totalCount).toBe(5);
  });

  test("the head of a ledger is kept from day to day", async () => {
    const { api, ledgerId } = await newBooks();
    const siteId: string = (await api.get("/me")).body.site.id;
    const row = await env.DIRECTORY.prepare("SELECT number FROM ledger_numbers WHERE ledger_id = ?")
      .bind(ledgerId)
      .first<{ number: number }>();
    const ledgerNumber = row?.number ?? 0;
    // A late one, of a ledger that is gone.
    await tell({ kind: "head", ledgerNumber: 7, siteId, sequence: 40, seal: "r", at: "2026-06-07T00:00:00.000Z" });
    for (let i = 0; i < 2; i++) await tell({ kind: "head", ledgerNumber, siteId, sequence: 41, seal: "s", at: "2026-06-08T00:00:00.000Z" });
    await tell({ kind: "head", ledgerNumber, siteId, sequence: 42, seal: "t", at: "2026-06-09T00:00:00.000Z" });
    const rows = [];
    for (const db of [env.SITE_DB_0, env.SITE_DB_1]) {
      rows.push(
        ...(await db.prepare("SELECT sequence, seal FROM ledger_heads WHERE site_id = ? ORDER BY sequence").bind(siteId).all()).results,
      );
    }
    expect(rows).toEqual([
      { sequence: 41, seal: "s" },
      { sequence: 42, seal: "t" },
    ]);
  });
});
