import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { entryOf, freshKey, newBooks, post } from "../../support/books.ts";
import { type Api, newSite } from "../../support/site.ts";

describe("a sandbox reset", () => {
  test("leaves nothing of what there was, and its keys as they are", async () => {
    const books = await newBooks();
    const { api } = books;
    const siteId = (await api.get("/me")).body.site.id;
    const entry = await post(books, entryOf("cash", "equity", 100));
    const answer = await api.post(`/sites/${siteId}/reset`, {});
    expect(answer.status).toBe(200);
    for (const path of ["/entities", "/ledgers"]) expect((await api.get(path)).body.totalCount, path).toBe(0);
    for (const path of [
      `/journal-entries/${entry.id}`,
      `/accounts/${books.accounts.cash}`,
      `/ledgers/${books.ledgerId}`,
      `/entities/${books.entityId}`,
    ]) {
      expect((await api.get(path)).status, path).toBe(404);
    }
    expect((await api.post("/journal-entries", { ledgerId: books.ledgerId, ...entryOf("cash", "equity", 100) }, freshKey())).status).toBe(
      422,
    );
    const again = await api.post("/entities", { name: "Blue Bottle Ltd", functionalCurrency: "USD" });
    expect(again.status).toBe(201);
  });

  test("touches no other site of the same database", async () => {
    const mine = await newBooks();
    // One after the other, they go to each database in turn.
    const others = [await newBooks(), await newBooks(), await newBooks(), await newBooks()];
    const siteOf = async (api: Api) => (await api.get("/me")).body.site.id as string;
    const databaseOf = async (api: Api) =>
      (
        await env.DIRECTORY.prepare("SELECT database FROM sites WHERE id = ?")
          .bind(await siteOf(api))
          .first<{ database: string }>()
      )?.database;
    const neighbours = await Promise.all(others.map(async ({ api }) => (await databaseOf(api)) === (await databaseOf(mine.api))));
    expect(neighbours).toContain(true);
    expect((await mine.api.post(`/sites/${await siteOf(mine.api)}/reset`, {})).status).toBe(200);
    for (const other of others) expect((await other.api.get("/entities")).body.totalCount).toBe(1);
  });

  test("with sampleData fills it with the demo company, whose books balance", async () => {
    const { api, siteId } = await newSite();
    const answer = await api.post(`/sites/${siteId}/reset`, { sampleData: true });
    expect(answer.status).toBe(200);
    expect(answer.body.entries).toBeGreaterThan(1000);
    const balance = await api.get(`/companies/${answer.body.entityId}/reports/trial-balance?asOf=2099-12-31`);
    expect(balance.status).toBe(200);
    expect((await api.get(`/companies/${answer.body.entityId}/journal-entries?limit=1`)).body.totalCount).toBe(answer.body.entries);
  });

  test("repeated with its idempotency key empties nothing again", async () => {
    const { api, siteId } = await newSite();
    const headers = { "idempotency-key": "start-over" };
    const first = await api.post(`/sites/${siteId}/reset`, {}, headers);
    expect((await api.post("/entities", { name: "Later", functionalCurrency: "USD" })).status).toBe(201);
    const second = await api.post(`/sites/${siteId}/reset`, {}, headers);
    expect(second.text).toBe(first.text);
    expect(second.headers.get("x-idempotent-replayed")).toBe("true");
    expect((await api.get("/entities")).body.totalCount).toBe(1);
  });

  test("is refused for a live site", async () => {
    const { api, siteId } = await newSite("live");
    const answer = await api.post(`/sites/${siteId}/reset`, {});
    expect(answer.status).toBe(403);
  });
});
