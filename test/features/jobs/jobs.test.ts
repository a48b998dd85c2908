import { expect, test } from "vitest";
import { booksOf, newBooks } from "../../support/books.ts";

const unknown = expect.objectContaining({
  status: 404,
  body: expect.objectContaining({ error: expect.objectContaining({ code: "NOT_FOUND" }) }),
});

test("a job of a ledger is there for keys that reach the ledger's entity, and for no other", async () => {
  const [books, elsewhere] = await Promise.all([newBooks(), newBooks()]);
  const second = await booksOf(books.api);
  const { body: job } = await books.api.post(`/ledgers/${books.ledgerId}/verify`, undefined);
  const [within, beside] = await Promise.all([books, second].map(({ entityId }) => books.api.withRole("ADMIN", { entityIds: [entityId] })));
  expect(await within?.get(`/jobs/${job.id}`)).toMatchObject({ status: 200, body: { id: job.id, type: "verify_ledger" } });
  expect(await beside?.get(`/jobs/${job.id}`)).toEqual(unknown);
  expect(await elsewhere.api.get(`/jobs/${job.id}`)).toEqual(unknown);
  expect(await books.api.get(`/jobs/${crypto.randomUUID()}`)).toEqual(unknown);
});
