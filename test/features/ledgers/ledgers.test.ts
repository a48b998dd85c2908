import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { decodeAddress } from "../../../src/kernel/id.ts";
import { booksOf, entryOf, newBooks, post } from "../../support/books.ts";
import { newSite } from "../../support/site.ts";

const refusedAs = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ error: expect.objectContaining({ code }) }) });

describe("an entity's ledgers", () => {
  test("there is one in each currency, with the scale of ISO 4217 or the one declared", async () => {
    const { api, entityId } = await newBooks({ fiscalYearStart: "04-01" });
    const yen = await api.post("/ledgers", { entityId, currency: "JPY", name: "Tokyo" });
    expect(yen).toMatchObject({
      status: 201,
      body: { entityId, currency: "JPY", scale: 0, functional: false, fiscalYearStart: "04-01", name: "Tokyo", revision: 1 },
    });
    expect(yen.headers.get("location")).toBe(`/api/v1/ledgers/${yen.body.id}`);
    expect(await api.post("/ledgers", { entityId, currency: "POINTS", scale: 0 })).toMatchObject({ status: 201, body: { name: "POINTS" } });
    expect(await api.post("/ledgers", { entityId, currency: "JPY" })).toEqual(refusedAs(409, "CODE_TAKEN"));
    expect(await api.post("/ledgers", { entityId, currency: "USD" })).toEqual(refusedAs(409, "CODE_TAKEN"));
    expect(await api.post("/ledgers", { entityId, currency: "XTS" })).toEqual(refusedAs(422, "CURRENCY_UNSUPPORTED"));
    expect((await api.get("/ledgers?sort=currency:asc")).body.data.map((ledger: { currency: string }) => ledger.currency)).toEqual([
      "JPY",
      "POINTS",
      "USD",
    ]);
  });

  test("are made once however often one key is sent at the same time", async () => {
    const { api, entityId } = await newBooks();
    const key = { "idempotency-key": "one" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post("/ledgers", { entityId, currency: "EUR" }, key)));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect((await api.get("/ledgers")).body.totalCount).toBe(2);
  });

  test("each has its own accounts: the same code in both, picked by ledgerId or by currency", async () => {
    const { api, entityId, ledgerId } = await newBooks();
    const { body: euro } = await api.post("/ledgers", { entityId, currency: "EUR" });
    const opened = await api.post("/accounts", { entityId, currency: "EUR", code: "1000", name: "Kasse", type: "bank" });
    expect(opened).toMatchObject({ status: 201, body: { ledgerId: euro.id, currency: "EUR" } });
    for (const choice of [`ledgerId=${euro.id}`, `entityId=${entityId}&currency=EUR`]) {
      expect(await api.get(`/accounts?${choice}`)).toMatchObject({ body: { totalCount: 1, data: [opened.body] } });
    }
    expect((await api.get("/accounts")).body.totalCount).toBe(5);
    expect(await api.get(`/accounts?ledgerId=${ledgerId}&currency=EUR`)).toEqual(refusedAs(422, "REFERENCE_NOT_FOUND"));
    expect(await api.get("/accounts?currency=GBP")).toEqual(refusedAs(422, "REFERENCE_NOT_FOUND"));
  });

  test("name, description and metadata change under their ETag; what a ledger is does not", async () => {
    const { api, ledgerId } = await newBooks();
    const read = await api.get(`/ledgers/${ledgerId}`);
    const etag = read.headers.get("etag") ?? "";
    const changed = await api.patch(`/ledgers/${ledgerId}`, { name: "Operating", description: "Day to day" }, { "if-match": etag });
    expect(changed).toMatchObject({ status: 200, body: { id: ledgerId, name: "Operating", description: "Day to day", revision: 2 } });
    expect(await api.patch(`/ledgers/${ledgerId}`, { name: "x" }, { "if-match": etag })).toEqual(refusedAs(412, "PRECONDITION_FAILED"));
    for (const change of [{}, { currency: "EUR" }, { scale: 3 }])
      expect(await api.patch(`/ledgers/${ledgerId}`, change)).toEqual(refusedAs(400, "VALIDATION_ERROR"));
    expect(await api.get(`/ledgers/${ledgerId}`)).toMatchObject({ body: { name: "Operating", currency: "USD" } });
  });
});

describe("verification", () => {
  test("is a job that proves the log, asked for under both names", async () => {
    const books = await newBooks();
    const entry = await post(books, entryOf("cash", "equity", 1_000_00));
    const started = await books.api.post(`/ledgers/${books.ledgerId}/verify`, undefined, { "idempotency-key": "v" });
    expect(started).toMatchObject({ status: 202, body: { type: "verify_ledger" } });
    expect(started.headers.get("location")).toBe(`/api/v1/jobs/${started.body.id}`);
    const ledger = env.LEDGER.getByName(`ledger-${decodeAddress(entry.id)?.ledgerNumber}`);
    while ((await books.api.get(`/jobs/${started.body.id}`)).body.status === "running") await runDurableObjectAlarm(ledger);
    const { body: done } = await books.api.get(`/jobs/${started.body.id}`);
    expect(done).toMatchObject({ id: started.body.id, status: "succeeded", result: { ok: true, faults: [] } });
    expect(done.result.sequence).toBeGreaterThanOrEqual(entry.sequence);
    expect(await books.api.get(`/engine/jobs/${started.body.id}`)).toMatchObject({ status: 200, body: done });
    expect(await books.api.post(`/ledgers/${books.ledgerId}/verify`, undefined, { "idempotency-key": "v" })).toMatchObject({
      status: 200,
      body: { id: started.body.id },
    });
  });

  test("of another site's ledger is of an unknown one, and so is its job", async () => {
    const [mine, other] = await Promise.all([newBooks(), newBooks()]);
    const { body: job } = await other.api.post(`/ledgers/${other.ledgerId}/verify`, undefined);
    expect(await mine.api.post(`/ledgers/${other.ledgerId}/verify`, undefined)).toEqual(refusedAs(404, "NOT_FOUND"));
    expect(await mine.api.get(`/jobs/${job.id}`)).toEqual(refusedAs(404, "NOT_FOUND"));
  });
});

describe("what is not the caller's", () => {
  test("another site's ledger and account answer as unknown ones do, in path, query and body", async () => {
    const [mine, other] = await Promise.all([newBooks(), newBooks()]);
    const unknownAccount = other.accounts.cash.replace(/^.{8}/, "00000001");
    for (const ledgerId of [other.ledgerId, "01980c1e-7e0c-7abc-9def-0123456789ab", other.accounts.cash]) {
      expect(await mine.api.get(`/ledgers/${ledgerId}`)).toEqual(refusedAs(404, "NOT_FOUND"));
      expect(await mine.api.patch(`/ledgers/${ledgerId}`, { name: "Mine" })).toEqual(refusedAs(404, "NOT_FOUND"));
      expect(await mine.api.get(`/accounts?ledgerId=${ledgerId}`)).toEqual(refusedAs(422, "REFERENCE_NOT_FOUND"));
      expect(await mine.api.post("/accounts", { ledgerId, code: "9", name: "x", type: "bank" })).toEqual(
        refusedAs(422, "REFERENCE_NOT_FOUND"),
      );
      expect(await mine.api.post("/accounts/import", { ledgerId, chart: "wallet-platform" })).toEqual(
        refusedAs(422, "REFERENCE_NOT_FOUND"),
      );
    }
    const answers = [];
    for (const accountId of [other.accounts.cash, unknownAccount, mine.ledgerId]) {
      const read = await mine.api.get(`/accounts/${accountId}`);
      answers.push(JSON.stringify({ ...read.body.error, requestId: "" }));
      expect(read).toEqual(refusedAs(404, "NOT_FOUND"));
      expect(await mine.api.patch(`/accounts/${accountId}`, { name: "Mine" })).toEqual(refusedAs(404, "NOT_FOUND"));
      expect(await mine.api.delete(`/accounts/${accountId}`)).toEqual(refusedAs(404, "NOT_FOUND"));
      expect(await mine.api.post("/accounts", { code: "9", name: "x", type: "bank", parentId: accountId })).toEqual(
        refusedAs(422, "REFERENCE_NOT_FOUND"),
      );
    }
    expect(new Set(answers).size).toBe(1);
    expect(await other.api.get(`/accounts/${other.accounts.cash}`)).toMatchObject({ status: 200, body: { name: "cash" } });
  });

  test("a company's path leads to its own ledgers and accounts only", async () => {
    const books = await newBooks();
    const second = await booksOf(books.api);
    expect((await books.api.get(`/companies/${second.entityId}/accounts/${second.accounts.cash}`)).status).toBe(200);
    expect(await books.api.get(`/companies/${second.entityId}/accounts/${books.accounts.cash}`)).toEqual(refusedAs(404, "NOT_FOUND"));
    expect(await books.api.get(`/companies/${second.entityId}/ledgers/${books.ledgerId}`)).toEqual(refusedAs(404, "NOT_FOUND"));
    expect((await books.api.get(`/companies/${second.entityId}/ledgers`)).body).toMatchObject({
      totalCount: 1,
      data: [{ id: second.ledgerId }],
    });
  });

  test("a key restricted to one entity sees and changes that one only", async () => {
    const books = await newBooks();
    const second = await booksOf(books.api);
    const limited = await books.api.withRole("ADMIN", { entityIds: [second.entityId] });
    expect((await limited.get("/entities")).body).toMatchObject({ totalCount: 1, data: [{ id: second.entityId }] });
    expect((await limited.get("/ledgers")).body).toMatchObject({ totalCount: 1, data: [{ id: second.ledgerId }] });
    expect((await limited.get("/accounts")).body).toMatchObject({ totalCount: 5, data: [{ ledgerId: second.ledgerId }, {}, {}, {}, {}] });
    for (const path of [
      `/entities/${books.entityId}`,
      `/companies/${books.entityId}`,
      `/ledgers/${books.ledgerId}`,
      `/accounts/${books.accounts.cash}`,
    ]) {
      expect(await limited.get(path)).toEqual(refusedAs(404, "NOT_FOUND"));
    }
    expect(await limited.post("/accounts", { entityId: books.entityId, code: "9", name: "x", type: "bank" })).toEqual(
      refusedAs(403, "ENTITY_FORBIDDEN"),
    );
    expect(await limited.post("/accounts", { ledgerId: books.ledgerId, code: "9", name: "x", type: "bank" })).toEqual(
      refusedAs(422, "REFERENCE_NOT_FOUND"),
    );
    expect(await limited.post("/entities", { name: "Mine", functionalCurrency: "USD" })).toEqual(refusedAs(403, "ENTITY_FORBIDDEN"));
    expect((await limited.post("/accounts", { code: "9", name: "x", type: "bank" })).body.entityId).toBe(second.entityId);
  });

  test("a site without entities asks for one", async () => {
    const { api } = await newSite();
    expect(await api.get("/accounts")).toEqual(refusedAs(400, "ENTITY_REQUIRED"));
    expect(await api.post("/accounts", { code: "9", name: "x", type: "bank" })).toEqual(refusedAs(400, "ENTITY_REQUIRED"));
  });
});
