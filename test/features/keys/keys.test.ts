import { describe, expect, test } from "vitest";
import { newBooks } from "../../support/books.ts";
import { operator, operatorKey } from "../../support/operator.ts";
import { type Api, apiWith, newSite } from "../../support/site.ts";

describe("keys", () => {
  const tokens = async (api: Api) => (await api.get("/tokens?limit=200")).body;

  test("are listed with all but their secrets", async () => {
    const { api, tokenId } = await newSite();
    const made = await api.post("/tokens", { name: "Payouts", role: "PREPARER", kind: "agent", expiresAt: "2099-01-01T00:00:00Z" });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/tokens/${made.body.id}`);
    const page = await tokens(api);
    expect(page.totalCount).toBe(2);
    const { key, ...shown } = made.body;
    expect(page.data[0]).toEqual(shown);
    expect(page.data[1].id).toBe(tokenId);
    expect(JSON.stringify(page)).not.toContain(key.slice(-43));
  });

  test("are listed page by page, none twice and none left out", async () => {
    const { api } = await newSite();
    for (let made = 0; made < 6; made += 1) await api.withRole("REVIEWER");
    const seen: string[] = [];
    let path = "/tokens?limit=3";
    for (;;) {
      const page = (await api.get(path)).body;
      seen.push(...page.data.map((token: { id: string }) => token.id));
      if (!page.hasMore) break;
      path = `/tokens?limit=3&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    expect(seen.length).toBe(7);
    expect(new Set(seen).size).toBe(7);
  });

  test("of an agent are PREPARER or REVIEWER", async () => {
    const { api } = await newSite();
    for (const [role, status] of [
      ["OWNER", 400],
      ["ADMIN", 400],
      ["APPROVER", 400],
      ["PREPARER", 201],
      ["REVIEWER", 201],
    ] as const) {
      expect((await api.post("/tokens", { name: "An agent", kind: "agent", role })).status, role).toBe(status);
    }
  });

  test("of an OWNER are out of an ADMIN's reach", async () => {
    const { api, tokenId } = await newSite();
    const admin = await api.withRole("ADMIN");
    expect((await admin.post("/tokens", { name: "Mine", role: "OWNER" })).body.error.code).toBe("FORBIDDEN");
    expect((await admin.delete(`/tokens/${tokenId}`)).body.error.code).toBe("FORBIDDEN");
    expect((await admin.post(`/tokens/${tokenId}/rotate`, {})).body.error.code).toBe("FORBIDDEN");
    expect((await admin.post("/tokens", { name: "Theirs", role: "ADMIN" })).status).toBe(201);
    expect((await api.get("/me")).status).toBe(200);
  });

  test("that are restricted to an entity make and touch none that reach further", async () => {
    const books = await newBooks();
    const owner = books.api;
    const free = (await owner.get("/me")).body.token.id;
    const admin = await owner.withRole("ADMIN", { entityIds: [books.entityId] });
    const made = await admin.post("/tokens", { name: "Within", role: "PREPARER" });
    expect(made.body.entityIds).toEqual([books.entityId]);
    const beyond = await owner.post("/entities", { name: "Another", functionalCurrency: "USD" });
    expect((await admin.post("/tokens", { name: "Beyond", role: "PREPARER", entityIds: [beyond.body.id] })).status).toBe(403);
    const wide = await owner.post("/tokens", { name: "Wide", role: "PREPARER" });
    expect((await admin.post(`/tokens/${wide.body.id}/rotate`, {})).status).toBe(403);
    expect((await admin.delete(`/tokens/${wide.body.id}`)).status).toBe(403);
    expect((await admin.post("/sites", { name: "Mine", environment: "sandbox" })).status).toBe(403);
    const site = (await owner.get("/me")).body.site.id;
    expect((await admin.patch(`/sites/${site}`, { name: "Mine" })).status).toBe(403);
    expect((await admin.post(`/sites/${site}/reset`, {})).status).toBe(403);
    expect(free).not.toBeNull();
    expect((await apiWith(wide.body.key).get("/me")).status).toBe(200);
  });

  test("that end make and rotate none that end later", async () => {
    const { api, tokenId } = await newSite();
    const end = "2098-12-31T23:59:59.000Z";
    const brief = await api.withRole("OWNER", { expiresAt: end });
    expect((await brief.post("/tokens", { name: "As long", role: "PREPARER" })).body.expiresAt).toBe(end);
    expect((await brief.post("/tokens", { name: "Shorter", role: "PREPARER", expiresAt: "2098-12-30T00:00:00Z" })).status).toBe(201);
    const longer = await brief.post("/tokens", { name: "Longer", role: "PREPARER", expiresAt: "2099-01-01T00:00:00Z" });
    expect([longer.status, longer.body.error?.code]).toEqual([403, "FORBIDDEN"]);
    const rotated = await brief.post(`/tokens/${tokenId}/rotate`, {});
    expect([rotated.status, rotated.body.error?.code]).toEqual([403, "FORBIDDEN"]);
    expect((await brief.post(`/tokens/${(await brief.get("/me")).body.token.id}/rotate`, {})).body.expiresAt).toBe(end);
    // A site's first key has no end.
    expect((await brief.post("/sites", { name: "Further", environment: "sandbox" })).body.error?.code).toBe("FORBIDDEN");
  });

  test("are restricted to entities that the site has", async () => {
    const [books, other] = await Promise.all([newBooks(), newBooks()]);
    for (const unknown of [other.entityId, crypto.randomUUID()]) {
      const refused = await books.api.post("/tokens", { name: "Nowhere", role: "PREPARER", entityIds: [books.entityId, unknown] });
      expect([refused.status, refused.body.error?.code]).toEqual([422, "REFERENCE_NOT_FOUND"]);
      expect(refused.body.error?.details[0].pointer).toBe("/entityIds/1");
    }
    expect((await tokens(books.api)).totalCount).toBe(1);
  });

  test("are revoked once and for all, and only there", async () => {
    const [{ api }, other] = await Promise.all([newSite(), newSite()]);
    const made = await api.post("/tokens", { name: "Brief", role: "REVIEWER" });
    const brief = apiWith(made.body.key);
    expect((await brief.get("/me")).status).toBe(200);
    expect((await other.api.delete(`/tokens/${made.body.id}`)).status).toBe(404);
    expect((await brief.get("/me")).status).toBe(200);
    expect((await api.delete(`/tokens/${made.body.id}`)).status).toBe(204);
    expect((await brief.get("/me")).status).toBe(401);
    expect((await api.delete(`/tokens/${made.body.id}`)).status).toBe(204);
    expect((await tokens(api)).data.find((token: { id: string }) => token.id === made.body.id).status).toBe("revoked");
  });

  test("are not all revoked: the last OWNER's key without an end is only rotated", async () => {
    const { api, tokenId, siteId } = await newSite();
    await api.withRole("ADMIN");
    expect((await api.post("/tokens", { name: "Ends", role: "OWNER", expiresAt: "2099-01-01T00:00:00Z" })).status).toBe(201);
    const refused = await api.delete(`/tokens/${tokenId}`);
    expect([refused.status, refused.body.error.code]).toEqual([409, "IN_USE"]);
    expect((await api.get("/me")).status).toBe(200);
    const second = (await api.post("/tokens", { name: "Second", role: "OWNER" })).body;
    const both = await Promise.all([tokenId, second.id].map((id) => api.delete(`/tokens/${id}`)));
    expect(both.filter((answer) => answer.status === 204).length).toBe(1);
    const byOperator = await operatorKey(siteId);
    const live = (await tokens(apiWith(byOperator.body.key))).data.filter(
      (token: { role: string; status: string; expiresAt: string | null }) =>
        token.role === "OWNER" && token.status === "active" && token.expiresAt === null,
    );
    expect(live.length).toBe(2);
  });

  test("are made by the operator for a site that lost its own, and by nobody else", async () => {
    const { api, siteId } = await newSite();
    const made = await operatorKey(siteId, { requestsPerMinute: 5_000 });
    expect(made.status).toBe(201);
    expect(made.headers.get("cache-control")).toBe("no-store");
    expect((await apiWith(made.body.key).get("/me")).body).toMatchObject({
      token: { id: made.body.id, role: "OWNER", kind: "service", entityIds: null, expiresAt: null },
      site: { id: siteId },
      plan: { requestsPerMinute: 5_000 },
    });
    expect((await tokens(api)).data.some((token: { id: string }) => token.id === made.body.id)).toBe(true);
    expect((await operatorKey(siteId, {}, { ...operator, authorization: `Bearer ${api.key}` })).status).toBe(401);
    expect((await operatorKey(crypto.randomUUID())).status).toBe(404);
    expect((await operatorKey(siteId, { role: "ADMIN" })).status).toBe(400);
  });

  test("made with one idempotency key are one; the same key in another site is another", async () => {
    const [one, two] = await Promise.all([newSite(), newSite()]);
    const headers = { "idempotency-key": "make-the-payout-key" };
    const wish = { name: "Payouts", role: "PREPARER" };
    const answers = await Promise.all(Array.from({ length: 6 }, () => one.api.post("/tokens", wish, headers)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect((await tokens(one.api)).totalCount).toBe(2);
    const elsewhere = await two.api.post("/tokens", wish, headers);
    expect(elsewhere.status).toBe(201);
    expect(elsewhere.body.siteId).toBe(two.siteId);
    expect(elsewhere.body.key).not.toBe(answers[0]?.body.key);
  });
});
