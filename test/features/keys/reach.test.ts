import { describe, expect, test } from "vitest";
import { apiWith, newSite, request } from "../../support/site.ts";

describe("a replay shows nothing to a key that could not have made the request", () => {
  test("an ADMIN restricted to an entity does not get the unrestricted key that an OWNER made under the same idempotency key", async () => {
    const { api } = await newSite();
    const entity = await api.post("/entities", { name: "Blue Bottle Ltd", functionalCurrency: "USD" });
    const restricted = await api.post("/tokens", { name: "restricted", role: "ADMIN", entityIds: [entity.body.id] });
    const wish = { name: "service", role: "ADMIN" };
    const made = await api.post("/tokens", wish, { "idempotency-key": "1" });
    const repeated = await apiWith(restricted.body.key).post("/tokens", wish, { "idempotency-key": "1" });
    expect(made.status).toBe(201);
    expect(repeated.body.key).not.toBe(made.body.key);
    expect(repeated.body.entityIds ?? [entity.body.id]).toEqual([entity.body.id]);
  });

  test("an ADMIN does not get the OWNER's key of a site that an OWNER made under the same idempotency key", async () => {
    const { api } = await newSite();
    const admin = await api.post("/tokens", { name: "admin", role: "ADMIN" });
    const wish = { name: "staging", environment: "sandbox" };
    const made = await api.post("/sites", wish, { "idempotency-key": "1" });
    const repeated = await apiWith(admin.body.key).post("/sites", wish, { "idempotency-key": "1" });
    expect(made.status).toBe(201);
    expect(repeated.body.key).not.toBe(made.body.key);
    const me = await apiWith(repeated.body.key).get("/me");
    expect(me.body.token.role).toBe("ADMIN");
  });

  test("a restricted key does not get the kept answer about another entity", async () => {
    const { api } = await newSite();
    const own = await api.post("/entities", { name: "Own Ltd", functionalCurrency: "USD" });
    const restricted = await api.post("/tokens", { name: "restricted", role: "ADMIN", entityIds: [own.body.id] });
    const wish = { name: "Other Ltd", functionalCurrency: "USD" };
    await api.post("/entities", wish, { "idempotency-key": "1" });
    const repeated = await apiWith(restricted.body.key).post("/entities", wish, { "idempotency-key": "1" });
    expect(repeated.status).toBe(403);
  });
});

test("a company in the path has to exist, whatever the route does with it", async () => {
  const { api } = await newSite();
  for (const company of ["not-an-id", crypto.randomUUID()]) {
    expect((await api.get(`/companies/${company}/me`)).status).toBe(404);
    expect((await api.post(`/companies/${company}/tokens`, { name: "x", role: "REVIEWER" })).status).toBe(404);
  }
});

test("a fiscal year that began before the calendar does is none too many for a trial balance", async () => {
  const { api } = await newSite();
  const entity = await api.post("/entities", { name: "Old Ltd", functionalCurrency: "USD", fiscalYearStart: "07-01" });
  const report = await api.get(`/companies/${entity.body.id}/reports/trial-balance?asOf=1900-01-01`);
  expect([report.status, report.body.fiscalYearStart]).toEqual([200, "1900-01-01"]);
});

test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("the parameter %s is as unknown as any other", async (name) => {
  const { api } = await newSite();
  expect((await api.get(`/entities?${name}=1`)).status).toBe(400);
});

test("a sign-up has no more to say than a name and an address: a body beyond 16 KiB is refused unread", async () => {
  const text = JSON.stringify({ firmName: "x".repeat(20_000), ownerEmail: "owner@example.com" });
  const answer = await request("POST", "/api/v1/signup", { "content-type": "application/json", "cf-connecting-ip": "192.0.2.77" }, text);
  expect([answer.status, answer.body.error.code]).toEqual([413, "BODY_TOO_LARGE"]);
});

test("a chart of commas alone is refused while it is read", async () => {
  const { api } = await newSite();
  const entity = await api.post("/entities", { name: "Comma Ltd", functionalCurrency: "USD" });
  const answer = await api.post("/accounts/import", { entityId: entity.body.id, csv: ",".repeat(1_000_000), dryRun: true });
  expect(answer.status).toBe(400);
});
