import { beforeAll, describe, expect, test } from "vitest";
import { type Books, balanceOf, booksOf, codes, entryOf, freshKey, newBooks, post } from "../../support/books.ts";

let books: Books;
beforeAll(async () => {
  books = await newBooks();
});

async function answerTo(entry: object, headers = freshKey()) {
  return books.api.post("/journal-entries", { entityId: books.entityId, ...entry }, headers);
}

describe("posting an entry", () => {
  test("answers the whole entry with balances, versions and seal, and its Location reads the same entry", async () => {
    const own = await newBooks();
    const request = entryOf("rent", "cash", 4299, {
      description: "Office rent, Café ☕",
      reference: "lease-7",
      externalId: "po-77",
      metadata: { store: "114" },
    });
    const answer = await own.api.post("/journal-entries", request, freshKey());
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      status: "posted",
      date: "2026-06-08",
      description: "Office rent, Café ☕",
      reference: "lease-7",
      externalId: "po-77",
      metadata: { store: "114" },
      ledgerId: own.ledgerId,
      currency: "USD",
      source: { type: "api", id: null },
      reversalOf: null,
      reversedBy: null,
      replaces: null,
      lines: [
        { no: 1, accountId: own.accounts.rent, accountCode: "6000", side: "debit", amount: 4299, balanceAfter: 4299, accountVersion: 1 },
        { no: 2, accountId: own.accounts.cash, accountCode: "1000", side: "credit", amount: 4299, balanceAfter: -4299, accountVersion: 1 },
      ],
    });
    expect(answer.body.journalEntryId).toBe(answer.body.id);
    expect(answer.body.seal).toMatch(/^\S{20,}$/);
    expect(answer.body.requestId).toBe(answer.headers.get("x-request-id"));
    const read = await own.api.get(answer.headers.get("location")?.replace("/api/v1", "") ?? "");
    expect(read.body).toEqual(answer.body);
  });

  test("an account may be named by its id, its code or its external id", async () => {
    const lines = [
      { accountId: books.accounts.cash, side: "debit", amount: 3 },
      { accountCode: codes.sales, side: "credit", amount: 1 },
      { accountExternalId: "ext-3000", side: "credit", amount: 2 },
    ];
    const entry = await post(books, { date: "2026-06-08", lines });
    expect(entry.lines.map((line: { accountId: string }) => line.accountId)).toEqual([
      books.accounts.cash,
      books.accounts.sales,
      books.accounts.equity,
    ]);
  });

  test("an amount of 2^53 - 1 goes in and comes out exactly", async () => {
    const own = await newBooks();
    const entry = await post(own, entryOf("cash", "equity", 9007199254740991));
    expect(entry.lines[0].amount).toBe(9007199254740991);
    expect(await balanceOf(own, "cash")).toBe(9007199254740991);
    const more = await own.api.post("/journal-entries", entryOf("cash", "equity", 1), freshKey());
    expect(more).toMatchObject({ status: 422, body: { error: { code: "BALANCE_OVERFLOW", retryable: false } } });
    await post(own, entryOf("equity", "cash", 9007199254740991));
    await post(own, entryOf("cash", "equity", 9007199254740991));
    const balance = await own.api.get(`/accounts/${own.accounts.cash}/balance`);
    expect(balance.text).toContain('"posted":{"debits":18014398509481982,"credits":9007199254740991}');
  });
});

describe("a body that is not an entry is refused and changes nothing", () => {
  const line = (more: object = {}) => ({ accountCode: codes.cash, side: "debit", amount: 5, ...more });
  const other = { accountCode: codes.sales, side: "credit", amount: 5 };
  const at = (pointer: string) => ({ status: 400, code: "VALIDATION_ERROR", pointer });
  const cases: [string, object, { status: number; code: string; pointer: string }][] = [
    ["no lines", { date: "2026-06-08" }, at("/lines")],
    ["one line", { date: "2026-06-08", lines: [line()] }, at("/lines")],
    ["201 lines", { date: "2026-06-08", lines: Array(201).fill(line()) }, at("/lines")],
    ["a zero amount", { date: "2026-06-08", lines: [line({ amount: 0 }), other] }, at("/lines/0/amount")],
    ["a negative amount", { date: "2026-06-08", lines: [line({ amount: -5 }), other] }, at("/lines/0/amount")],
    ["a fractional amount", { date: "2026-06-08", lines: [line({ amount: 5.5 }), other] }, at("/lines/0/amount")],
    ["an amount beyond 2^53 - 1", { date: "2026-06-08", lines: [line({ amount: 9007199254740992 }), other] }, at("/lines/0/amount")],
    ["an amount as text", { date: "2026-06-08", lines: [line({ amount: "5" }), other] }, at("/lines/0/amount")],
    ["an amount that JSON makes of NaN", { date: "2026-06-08", lines: [line({ amount: Number.NaN }), other] }, at("/lines/0/amount")],
    ["no amount", { date: "2026-06-08", lines: [line({ amount: undefined }), other] }, at("/lines/0/amount")],
    ["an unknown side", { date: "2026-06-08", lines: [line({ side: "DEBIT" }), other] }, at("/lines/0/side")],
    ["an unknown field", { date: "2026-06-08", lines: [line(), other], colour: "red" }, at("/colour")],
    ["an unknown field of a line", { date: "2026-06-08", lines: [line({ colour: "red" }), other] }, at("/lines/0/colour")],
    ["a source, which only documents have", { date: "2026-06-08", lines: [line(), other], source: { type: "bill" } }, at("/source")],
    ["no account", { date: "2026-06-08", lines: [{ side: "debit", amount: 5 }, other] }, at("/lines/0")],
    ["two names of an account", { date: "2026-06-08", lines: [line({ accountExternalId: "ext-1000" }), other] }, at("/lines/0")],
    ["a date that does not exist", { date: "2025-02-29", lines: [line(), other] }, at("/date")],
    ["a date with a time", { date: "2026-06-08T00:00:00Z", lines: [line(), other] }, at("/date")],
    [
      "51 keys of metadata",
      { date: "2026-06-08", lines: [line(), other], metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) },
      at("/metadata"),
    ],
    [
      "a key of metadata that would be lost",
      JSON.parse(`{"date":"2026-06-08","lines":${JSON.stringify([line(), other])},"metadata":{"a":"b","__proto__":"c"}}`),
      at("/metadata"),
    ],
    ["metadata that is no text", { date: "2026-06-08", lines: [line(), other], metadata: { n: 1 } }, at("/metadata/n")],
    ["half a character", { date: "2026-06-08", lines: [line(), other], description: "\ud800" }, at("/description")],
    ["a text with NUL", { date: "2026-06-08", lines: [line(), other], externalId: "a\u0000b" }, at("/externalId")],
    ["an externalId that is too long", { date: "2026-06-08", lines: [line(), other], externalId: "x".repeat(201) }, at("/externalId")],
    [
      "debits that miss the credits",
      { date: "2026-06-08", lines: [line({ amount: 6 }), other] },
      { status: 422, code: "ENTRY_UNBALANCED", pointer: "/lines" },
    ],
    ["debits only", { date: "2026-06-08", lines: [line(), line()] }, { status: 422, code: "ENTRY_UNBALANCED", pointer: "/lines" }],
    [
      "an unknown account code",
      { date: "2026-06-08", lines: [line({ accountCode: "9999" }), other] },
      { status: 422, code: "ACCOUNT_NOT_FOUND", pointer: "/lines/0/accountCode" },
    ],
    [
      "an unknown account id",
      { date: "2026-06-08", lines: [line({ accountCode: undefined, accountId: "01980c1e-7e0c-8000-8000-400000000002" }), other] },
      { status: 422, code: "ACCOUNT_NOT_FOUND", pointer: "/lines/0/accountId" },
    ],
    [
      "an unknown ledger",
      { ledgerId: "01980c1e-7e0c-7abc-9def-0123456789ac", date: "2026-06-08", lines: [line(), other] },
      { status: 422, code: "REFERENCE_NOT_FOUND", pointer: "/ledgerId" },
    ],
    [
      "a currency that the entity has no ledger in",
      { currency: "EUR", date: "2026-06-08", lines: [line(), other] },
      { status: 422, code: "REFERENCE_NOT_FOUND", pointer: "/currency" },
    ],
  ];
  test.each(cases)("%s", async (_, body, expected) => {
    const before = await balanceOf(books, "cash");
    const answer = await answerTo(body);
    expect(answer.status).toBe(expected.status);
    expect(answer.body.error.code).toBe(expected.code);
    expect(answer.body.error.details.map((detail: { pointer: string }) => detail.pointer)).toContain(expected.pointer);
    expect(answer.body.error.requestId).toBe(answer.headers.get("x-request-id"));
    expect(await balanceOf(books, "cash")).toBe(before);
  });

  test.each([
    ["that is cut off", '{"date":"2026-06-08","lines":['],
    ["that is not JSON", "date=2026-06-08"],
    ["that is empty", ""],
    ["with a bare NaN", '{"date":"2026-06-08","lines":[{"accountCode":"1000","side":"debit","amount":NaN}]}'],
  ])("a body %s is BODY_NOT_JSON", async (_, text) => {
    const answer = await books.api.send("POST", "/journal-entries", { text, headers: freshKey() });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "BODY_NOT_JSON" } } });
  });

  test.each([
    ["a list", "[]"],
    ["a text", '"entry"'],
    ["null", "null"],
    ["a number beyond all", "1e999"],
    ["depth", `${"[".repeat(5_000)}${"]".repeat(5_000)}`],
    ["one endless field", `{"date":"2026-06-08","${"x".repeat(1_000_000)}":0}`],
    ["a million lines", `{"date":"2026-06-08","lines":[${"0,".repeat(999_999)}0]}`],
    [
      "hundreds of thousands of unknown fields",
      `{"date":"2026-06-08",${Array.from({ length: 300_000 }, (_, i) => `"f${i}":0`).join(",")}}`,
    ],
  ])("%s instead of an entry is a VALIDATION_ERROR", async (_, text) => {
    const answer = await books.api.send("POST", "/journal-entries", {
      text,
      headers: { ...freshKey(), "x-organization-id": books.entityId },
    });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR" } } });
    expect(answer.text.length).toBeLessThan(50_000);
  });
});

describe("what the ledger refuses", () => {
  test("an archived account", async () => {
    const own = await newBooks();
    await own.api.send("PATCH", `/accounts/${own.accounts.rent}`, { body: { status: "archived" } });
    const answer = await own.api.post("/journal-entries", entryOf("rent", "cash", 1), freshKey());
    expect(answer).toMatchObject({ status: 422, body: { error: { code: "ACCOUNT_CLOSED" } } });
    expect(answer.body.error.details[0].pointer).toMatch(/^\/lines\/0/);
  });

  test("an account of another ledger of the same entity, and one of another site, as if neither existed", async () => {
    const stranger = await newBooks();
    const neighbour = await booksOf(books.api);
    for (const accountId of [stranger.accounts.cash, neighbour.accounts.cash]) {
      const answer = await answerTo({
        date: "2026-06-08",
        lines: [
          { accountId, side: "debit", amount: 1 },
          { accountCode: codes.sales, side: "credit", amount: 1 },
        ],
      });
      expect(answer).toMatchObject({ status: 422, body: { error: { code: "ACCOUNT_NOT_FOUND" } } });
    }
  });

  test("a balance limit, with the bound and the balance it would have had", async () => {
    const own = await newBooks();
    await own.api.send("PATCH", `/accounts/${own.accounts.cash}`, { body: { minBalance: 0 } });
    const answer = await own.api.post("/journal-entries", entryOf("rent", "cash", 1), freshKey());
    expect(answer).toMatchObject({
      status: 422,
      body: { error: { code: "BALANCE_LIMIT", details: [{ accountId: own.accounts.cash, bound: 0, balance: -1 }] } },
    });
    expect(await balanceOf(own, "rent")).toBe(0);
  });

  test("a stale version and a condition that would not hold", async () => {
    const own = await newBooks();
    await post(own, entryOf("cash", "equity", 100));
    const withConditions = (conditions: object) => ({
      date: "2026-06-08",
      lines: [
        { accountCode: codes.rent, side: "debit", amount: 60 },
        { accountCode: codes.cash, side: "credit", amount: 60, conditions },
      ],
    });
    const stale = await own.api.post("/journal-entries", withConditions({ expectedVersion: 0 }), freshKey());
    expect(stale).toMatchObject({
      status: 409,
      body: { error: { code: "VERSION_STALE", details: [{ pointer: "/lines/1/conditions/expectedVersion" }] } },
    });
    const failed = await own.api.post("/journal-entries", withConditions({ minPosted: 41 }), freshKey());
    expect(failed).toMatchObject({
      status: 422,
      body: { error: { code: "CONDITION_FAILED", details: [{ pointer: "/lines/1/conditions/minPosted", bound: 41, balance: 40 }] } },
    });
    await post(own, withConditions({ expectedVersion: 1, minAvailable: 40 }));
  });

  test("a role that may not post", async () => {
    const reader = await books.api.withRole("REVIEWER");
    const answer = await reader.post("/journal-entries", { entityId: books.entityId, ...entryOf("cash", "sales", 1) }, freshKey());
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "FORBIDDEN" } } });
  });

  test("no entity where the site has several, and two that differ", async () => {
    const own = await newBooks();
    const second = await booksOf(own.api);
    const none = await own.api.post("/journal-entries", entryOf("cash", "sales", 1), freshKey());
    expect(none).toMatchObject({ status: 400, body: { error: { code: "ENTITY_REQUIRED" } } });
    const two = await own.api.post(
      "/journal-entries",
      { entityId: own.entityId, ...entryOf("cash", "sales", 1) },
      { ...freshKey(), "x-organization-id": second.entityId },
    );
    expect(two).toMatchObject({ status: 400, body: { error: { code: "ENTITY_CONFLICT" } } });
    const mixed = await own.api.post(
      "/journal-entries",
      { entityId: own.entityId, ledgerId: second.ledgerId, ...entryOf("cash", "sales", 1) },
      freshKey(),
    );
    expect(mixed).toMatchObject({ status: 400, body: { error: { code: "ENTITY_CONFLICT" } } });
    const byLedger = await own.api.post("/journal-entries", { ledgerId: second.ledgerId, ...entryOf("cash", "sales", 7) }, freshKey());
    expect(byLedger.status).toBe(201);
    expect(await balanceOf(second, "cash")).toBe(7);
  });
});

describe("an entry that replaces another", () => {
  test("names it, and is refused where the ledger has no such entry", async () => {
    const own = await newBooks();
    const stranger = await newBooks();
    const wrong = await post(own, entryOf("rent", "cash", 5));
    const foreign = await post(stranger, entryOf("rent", "cash", 5));
    expect(await post(own, entryOf("sales", "cash", 5, { replaces: wrong.id }))).toMatchObject({ replaces: wrong.id });
    for (const replaces of [foreign.id, own.accounts.cash, "01980c1e-7e0c-8000-8000-400000000002"]) {
      const answer = await own.api.post("/journal-entries", entryOf("sales", "cash", 5, { replaces }), freshKey());
      expect(answer).toMatchObject({ status: 422, body: { error: { code: "REFERENCE_NOT_FOUND", details: [{ pointer: "/replaces" }] } } });
    }
  });
});

describe("idempotency of a post", () => {
  test("the key is required, and a bad one is refused", async () => {
    expect(await answerTo(entryOf("cash", "sales", 1), {})).toMatchObject({
      status: 400,
      body: { error: { code: "IDEMPOTENCY_KEY_REQUIRED" } },
    });
    expect(await answerTo(entryOf("cash", "sales", 1), { "idempotency-key": "x".repeat(256) })).toMatchObject({
      status: 400,
      body: { error: { code: "IDEMPOTENCY_KEY_INVALID" } },
    });
  });

  test("a repeated request is answered byte for byte as the first, and posts nothing", async () => {
    const key = freshKey();
    const before = await balanceOf(books, "cash");
    const first = await answerTo(entryOf("cash", "sales", 11), key);
    await post(books, entryOf("cash", "sales", 1));
    const again = await answerTo(entryOf("cash", "sales", 11), { "idempotency-key": `"${key["idempotency-key"]}"` });
    expect(first.status).toBe(201);
    expect(again.status).toBe(200);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("x-idempotent-replayed")).toBe("true");
    expect(again.headers.get("x-original-status")).toBe("201");
    expect(await balanceOf(books, "cash")).toBe(before + 12);
  });

  test("the order of keys in the body does not matter, one digit does", async () => {
    const key = freshKey();
    const { date, lines } = entryOf("cash", "sales", 5);
    const first = await answerTo({ date, lines, description: "x" }, key);
    const reordered = await answerTo(
      { description: "x", lines: lines.map(({ accountCode, side, amount }) => ({ amount, side, accountCode })), date },
      key,
    );
    expect(reordered.text).toBe(first.text);
    const other = await answerTo({ ...entryOf("cash", "sales", 6), description: "x" }, key);
    expect(other).toMatchObject({ status: 422, body: { error: { code: "IDEMPOTENCY_KEY_REUSED", retryable: false } } });
  });

  test("a refusal of the ledger is kept with its status, a malformed request is not", async () => {
    const own = await newBooks();
    const key = freshKey();
    const refused = await own.api.post(
      "/journal-entries",
      entryOf("cash", "sales", 1, {
        lines: [
          { accountCode: "77", side: "debit", amount: 1 },
          { accountCode: "1000", side: "credit", amount: 1 },
        ],
      }),
      key,
    );
    expect(refused).toMatchObject({ status: 422, body: { error: { code: "ACCOUNT_NOT_FOUND" } } });
    await own.api.post("/accounts", { code: "77", name: "Late", type: "bank" });
    const again = await own.api.post(
      "/journal-entries",
      entryOf("cash", "sales", 1, {
        lines: [
          { accountCode: "77", side: "debit", amount: 1 },
          { accountCode: "1000", side: "credit", amount: 1 },
        ],
      }),
      key,
    );
    expect(again).toMatchObject({ status: 422, body: { error: { code: "ACCOUNT_NOT_FOUND" } } });
    expect(again.headers.get("x-idempotent-replayed")).toBe("true");
    const malformed = freshKey();
    expect((await own.api.post("/journal-entries", { date: "nope", lines: [] }, malformed)).status).toBe(400);
    expect((await own.api.post("/journal-entries", entryOf("cash", "sales", 1), malformed)).status).toBe(201);
  });

  test("the aliases of one operation share their keys, and other ledgers and sites do not", async () => {
    const own = await newBooks();
    const second = await booksOf(own.api);
    const stranger = await newBooks();
    const key = freshKey();
    const entry = entryOf("cash", "sales", 9);
    const first = await own.api.post(`/companies/${own.entityId}/journal-entries`, entry, key);
    expect(first.status).toBe(201);
    const aliases = [
      await own.api.post("/journal-entries", { ...entry, entityId: own.entityId }, key),
      await own.api.post("/journal-entries", { ...entry, ledgerId: own.ledgerId }, key),
      await own.api.post("/journal-entries", entry, { ...key, "x-organization-id": own.entityId }),
      await own.api.post(`/companies/${own.entityId}/journal-entries`, { ...entry, currency: "USD" }, key),
    ];
    for (const alias of aliases) expect([alias.status, alias.text]).toEqual([200, first.text]);
    expect((await own.api.post("/journal-entries", { ...entry, entityId: second.entityId }, key)).status).toBe(201);
    expect((await stranger.api.post("/journal-entries", entry, key)).status).toBe(201);
    expect(await balanceOf(own, "cash")).toBe(9);
  });

  test("fifty requests at once with one key make one entry", async () => {
    const own = await newBooks();
    const key = freshKey();
    const answers = await Promise.all(Array.from({ length: 50 }, () => own.api.post("/journal-entries", entryOf("cash", "sales", 3), key)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.every((answer) => [200, 201, 409].includes(answer.status))).toBe(true);
    expect(await balanceOf(own, "cash")).toBe(3);
  });

  test("an externalId repeated with the same content answers the entry that exists, with other content is refused", async () => {
    const own = await newBooks();
    const first = await post(own, entryOf("cash", "sales", 3, { externalId: "inv-1" }));
    const again = await own.api.post("/journal-entries", entryOf("cash", "sales", 3, { externalId: "inv-1" }), freshKey());
    expect(again).toMatchObject({ status: 200, body: { id: first.id } });
    const other = await own.api.post("/journal-entries", entryOf("cash", "sales", 4, { externalId: "inv-1" }), freshKey());
    expect(other).toMatchObject({
      status: 409,
      body: { error: { code: "EXTERNAL_ID_TAKEN", details: [{ pointer: "/externalId", entryId: first.id }] } },
    });
    expect(await balanceOf(own, "cash")).toBe(3);
  });
});

describe("reading an entry", () => {
  test("by every alias, and never from another site or another entity's path", async () => {
    const own = await newBooks();
    const second = await booksOf(own.api);
    const stranger = await newBooks();
    const entry = await post(own, entryOf("cash", "sales", 3));
    for (const path of [`/journal-entries/${entry.id}`, `/entries/${entry.id}`, `/companies/${own.entityId}/journal-entries/${entry.id}`]) {
      expect(await own.api.get(path)).toMatchObject({ status: 200, body: { id: entry.id } });
    }
    const unknown = await own.api.get("/journal-entries/01980c1e-7e0c-8000-8000-400000000002");
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
    const foreign = [
      await stranger.api.get(`/journal-entries/${entry.id}`),
      await stranger.api.get(`/transfers/${entry.id}`),
      await stranger.api.post(`/journal-entries/${entry.id}/void`, { reason: "x" }),
      await stranger.api.post(`/journal-entries/${entry.id}/reverse`, { reason: "x", date: "2026-06-09" }),
      await stranger.api.send("PUT", `/journal-entries/${entry.id}/posting-reference`, { body: { postingReference: "x" } }),
      await own.api.get(`/companies/${second.entityId}/journal-entries/${entry.id}`),
      await own.api.get("/journal-entries/not-an-id"),
      await own.api.get(`/journal-entries/${own.accounts.cash}`),
      await own.api.get(`/journal-entries/${entry.id.slice(0, 7)}${entry.id[7] === "0" ? "1" : "0"}${entry.id.slice(8)}`),
    ];
    for (const answer of foreign) {
      expect(answer.status).toBe(404);
      expect(answer.body.error).toEqual({ ...unknown.body.error, requestId: answer.body.error.requestId });
    }
  });
});

test("a key restricted to one entity meets the books of another as if they were not there", async () => {
  const own = await newBooks();
  const second = await booksOf(own.api);
  const entry = await post(own, entryOf("cash", "sales", 3));
  const restricted = await own.api.withRole("ADMIN", { entityIds: [second.entityId] });
  expect((await restricted.post("/journal-entries", entryOf("cash", "sales", 2), freshKey())).status).toBe(201);
  expect(await balanceOf(second, "cash")).toBe(2);
  for (const answer of [
    await restricted.get(`/journal-entries/${entry.id}`),
    await restricted.get(`/accounts/${own.accounts.cash}/balance`),
    await restricted.post(`/journal-entries/${entry.id}/void`, { reason: "x" }),
    await restricted.get(`/companies/${own.entityId}/journal-entries`),
  ]) {
    expect(answer).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
  }
  expect(await restricted.get(`/journal-entries?ledgerId=${own.ledgerId}`)).toMatchObject({
    status: 422,
    body: { error: { code: "REFERENCE_NOT_FOUND" } },
  });
  expect(await restricted.get(`/journal-entries?entityId=${own.entityId}`)).toMatchObject({
    status: 403,
    body: { error: { code: "ENTITY_FORBIDDEN" } },
  });
});

describe("voiding, reversing and noting a reference", () => {
  test("a void is a linked reversal on the entry's date, and shows on both", async () => {
    const own = await newBooks();
    const entry = await post(own, entryOf("rent", "cash", 50));
    const reversal = await own.api.post(`/journal-entries/${entry.id}/void`, { reason: "Twice" });
    expect(reversal).toMatchObject({ status: 201, body: { status: "posted", date: "2026-06-08", reversalOf: entry.id, reason: "Twice" } });
    expect(reversal.headers.get("location")).toBe(`/api/v1/journal-entries/${reversal.body.id}`);
    expect((await own.api.get(`/journal-entries/${entry.id}`)).body).toMatchObject({ status: "voided", reversedBy: reversal.body.id });
    expect(await balanceOf(own, "rent")).toBe(0);
    const again = await own.api.post(`/journal-entries/${entry.id}/reverse`, { reason: "Again", date: "2026-06-09" });
    expect(again).toMatchObject({
      status: 409,
      body: { error: { code: "ALREADY_REVERSED", details: [{ reversedBy: reversal.body.id }] } },
    });
    const undone = await own.api.post(`/journal-entries/${reversal.body.id}/void`, { reason: "Undo" });
    expect(undone).toMatchObject({ status: 409, body: { error: { code: "IS_REVERSAL" } } });
  });

  test("a reversal has a date of its own, and balances before it stay as they were", async () => {
    const own = await newBooks();
    const entry = await post(own, entryOf("rent", "cash", 50));
    const reversal = await own.api.post(`/journal-entries/${entry.id}/reverse`, { reason: "Accrual", date: "2026-07-01" });
    expect(reversal.body).toMatchObject({ date: "2026-07-01", reversalOf: entry.id });
    expect((await own.api.get(`/journal-entries/${entry.id}`)).body.status).toBe("reversed");
    expect(await balanceOf(own, "rent", "?asOf=2026-06-30")).toBe(50);
    expect(await balanceOf(own, "rent", "?asOf=2026-07-01")).toBe(0);
  });

  test("a repeated key answers the same reversal, and a preparer may not reverse", async () => {
    const own = await newBooks();
    const entry = await post(own, entryOf("rent", "cash", 50));
    const preparer = await own.api.withRole("PREPARER");
    expect(await preparer.post(`/journal-entries/${entry.id}/void`, { reason: "x" })).toMatchObject({
      status: 403,
      body: { error: { code: "FORBIDDEN" } },
    });
    const key = freshKey();
    const first = await own.api.post(`/journal-entries/${entry.id}/void`, { reason: "x" }, key);
    const again = await own.api.post(`/entries/${entry.id}/void`, { reason: "x" }, key);
    expect([again.status, again.text]).toEqual([200, first.text]);
  });

  test.each([
    ["void", { date: "2026-06-08" }],
    ["void", { reason: "" }],
    ["void", { reason: "x", date: "2026-13-01" }],
    ["reverse", { reason: "x" }],
    ["reverse", { date: "2026-06-08" }],
    ["reverse", { reason: "x", date: "2026-06-08", lines: [] }],
  ])("%s with %j is refused", async (action, body) => {
    const entry = await post(books, entryOf("rent", "cash", 1));
    expect(await books.api.post(`/journal-entries/${entry.id}/${action}`, body)).toMatchObject({
      status: 400,
      body: { error: { code: "VALIDATION_ERROR" } },
    });
  });

  test("the posting reference is noted and changes nothing else", async () => {
    const entry = await post(books, entryOf("rent", "cash", 1));
    const noted = await books.api.send("PUT", `/journal-entries/${entry.id}/posting-reference`, { body: { postingReference: "FI-4711" } });
    expect(noted).toMatchObject({ status: 200, body: { ...entry, postingReference: "FI-4711" } });
    expect((await books.api.get(`/journal-entries/${entry.id}`)).body).toEqual({ ...entry, postingReference: "FI-4711" });
    expect((await books.api.send("PUT", `/journal-entries/${entry.id}/posting-reference`, { body: { postingReference: "" } })).status).toBe(
      400,
    );
  });
});
