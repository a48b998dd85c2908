import { describe, expect, test } from "vitest";
import { apiWith, newSite } from "../../support/site.ts";

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
