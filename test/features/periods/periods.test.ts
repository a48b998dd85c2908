import { describe, expect, test } from "vitest";
import { type Books, balanceOf, entryOf, freshKey, newBooks, post } from "../../support/books.ts";

async function lock(books: Books, body: object, api = books.api) {
  return api.send("PUT", "/period-locks", { body: { entityId: books.entityId, ...body } });
}
const january = { startDate: "2026-01-01", endDate: "2026-01-31" };

describe("period locks", () => {
  test("a hard lock refuses entries dated inside, ends included, and tells the first open date", async () => {
    const books = await newBooks();
    const set = await lock(books, { ...january, level: "hard", reason: "Reported" });
    expect(set).toMatchObject({
      status: 200,
      body: {
        entityId: books.entityId,
        ledgers: [
          {
            ledgerId: books.ledgerId,
            currency: "USD",
            outcome: "applied",
            locks: [{ ...january, module: "all", level: "hard", reason: "Reported" }],
          },
        ],
      },
    });
    for (const date of ["2026-01-01", "2026-01-31"]) {
      const answer = await books.api.post("/journal-entries", entryOf("cash", "sales", 1, { date }), freshKey());
      expect(answer).toMatchObject({
        status: 422,
        body: { error: { code: "PERIOD_LOCKED", details: [{ pointer: "/date", earliestOpenDate: "2026-02-01" }] } },
      });
    }
    await post(books, entryOf("cash", "sales", 1, { date: "2025-12-31" }));
    await post(books, entryOf("cash", "sales", 1, { date: "2026-02-01" }));
    expect(await balanceOf(books, "cash")).toBe(2);
    const read = await books.api.get(`/companies/${books.entityId}/period-locks`);
    expect(read.body).toEqual({
      entityId: books.entityId,
      ledgers: [{ ledgerId: books.ledgerId, currency: "USD", locks: [{ ...january, module: "all", level: "hard", reason: "Reported" }] }],
    });
  });

  test("a soft lock lets ADMIN post, flagged, and nobody below", async () => {
    const books = await newBooks();
    await lock(books, { ...january, level: "soft" });
    const preparer = await books.api.withRole("PREPARER");
    const refused = await preparer.post(
      "/journal-entries",
      { entityId: books.entityId, ...entryOf("cash", "sales", 1, { date: "2026-01-10" }) },
      freshKey(),
    );
    expect(refused).toMatchObject({ status: 422, body: { error: { code: "PERIOD_LOCKED" } } });
    expect(await post(books, entryOf("cash", "sales", 1, { date: "2026-01-10" }))).toMatchObject({ flagged: true });
  });

  test("a lock of another module leaves the journal open", async () => {
    const books = await newBooks();
    await lock(books, { ...january, level: "hard", module: "lease" });
    expect(await post(books, entryOf("cash", "sales", 1, { date: "2026-01-10" }))).toMatchObject({ flagged: false });
  });

  test("an entry in a locked period is voided on a date of its own, or not at all", async () => {
    const books = await newBooks();
    const entry = await post(books, entryOf("cash", "sales", 1, { date: "2026-01-10" }));
    await lock(books, { ...january, level: "hard" });
    const refused = await books.api.post(`/journal-entries/${entry.id}/void`, { reason: "Twice" });
    expect(refused).toMatchObject({
      status: 422,
      body: { error: { code: "PERIOD_LOCKED", details: [{ earliestOpenDate: "2026-02-01" }] } },
    });
    expect(await books.api.post(`/journal-entries/${entry.id}/void`, { reason: "Twice", date: "2026-02-01" })).toMatchObject({
      status: 201,
      body: { date: "2026-02-01" },
    });
  });

  test("lifting a hard lock takes ADMIN and a reason", async () => {
    const books = await newBooks();
    await lock(books, { ...january, level: "hard" });
    const approver = await books.api.withRole("APPROVER");
    expect(await lock(books, { ...january, level: "open", reason: "x" }, approver)).toMatchObject({
      status: 422,
      body: { error: { code: "LOCK_NOT_LIFTED" } },
    });
    expect(await lock(books, { ...january, level: "open" })).toMatchObject({ status: 422, body: { error: { code: "LOCK_NOT_LIFTED" } } });
    expect(await lock(books, { ...january, level: "open", reason: "Audit adjustment" })).toMatchObject({
      status: 200,
      body: { ledgers: [{ outcome: "applied", locks: [] }] },
    });
    await post(books, entryOf("cash", "sales", 1, { date: "2026-01-10" }));
  });

  test("is applied to every ledger of the entity", async () => {
    const books = await newBooks();
    const euro = await books.api.post("/ledgers", { entityId: books.entityId, currency: "EUR" });
    expect(euro.status).toBe(201);
    const set = await lock(books, { ...january, level: "soft" });
    expect(set.body.ledgers.map((ledger: { currency: string; outcome: string }) => `${ledger.currency} ${ledger.outcome}`).sort()).toEqual([
      "EUR applied",
      "USD applied",
    ]);
  });

  test("a preparer may not lock, and bad ranges, levels and modules are refused", async () => {
    const books = await newBooks();
    expect(await lock(books, { ...january, level: "soft" }, await books.api.withRole("PREPARER"))).toMatchObject({
      status: 403,
      body: { error: { code: "FORBIDDEN" } },
    });
    for (const body of [
      { startDate: "2026-02-01", endDate: "2026-01-01", level: "soft" },
      { startDate: "2026-02-30", endDate: "2026-03-01", level: "soft" },
      { ...january, level: "firm" },
      { ...january, level: "soft", module: "payroll" },
      { ...january, level: "soft", ledgers: [] },
      { level: "soft" },
    ]) {
      expect(await lock(books, body)).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR" } } });
    }
    const stranger = await newBooks();
    expect(
      await stranger.api.send("PUT", `/companies/${books.entityId}/period-locks`, { body: { ...january, level: "soft" } }),
    ).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
    expect(await stranger.api.get(`/companies/${books.entityId}/period-locks`)).toMatchObject({
      status: 404,
      body: { error: { code: "NOT_FOUND" } },
    });
  });
});
