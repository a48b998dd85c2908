import { expect, test } from "vitest";
import { newSite } from "../../support/site.ts";

test("the countries of ISO 3166-1 are all there, with the currencies of ISO 4217", async () => {
  const { api } = await newSite();
  const answer = await api.get("/metadata/countries");
  expect(answer).toMatchObject({ status: 200, body: { totalCount: 249, hasMore: false, nextCursor: null } });
  expect(answer.body.data).toHaveLength(249);
  expect(answer.body.data).toContainEqual({
    code: "US",
    alpha3: "USA",
    numeric: "840",
    name: "United States of America",
    currencies: ["USD", "USN"],
  });
});

test("the currencies in use are listed with their decimal places, those withdrawn when asked for", async () => {
  const { api } = await newSite();
  const inUse = await api.get("/metadata/currencies");
  const codes = new Map<string, { scale: number | null }>(
    inUse.body.data.map((currency: { code: string; scale: number | null }) => [currency.code, currency]),
  );
  expect(inUse.body.totalCount).toBe(178);
  expect([codes.get("USD")?.scale, codes.get("JPY")?.scale, codes.get("BHD")?.scale, codes.get("XAU")?.scale]).toEqual([2, 0, 3, null]);
  expect(codes.has("DEM")).toBe(false);
  const all = await api.get("/metadata/currencies?includeWithdrawn=true");
  expect(all.body.data).toContainEqual(
    expect.objectContaining({ code: "DEM", status: "withdrawn", withdrawn: "2002-03", entities: ["GERMANY"] }),
  );
  expect((await api.get("/metadata/currencies?includeWithdrawn=yes")).status).toBe(400);
});

test.each(["event-types", "products", "categories"])(
  "a site's %s have keys of their own, unique in the site and their kind",
  async (kind) => {
    const [{ api }, other] = await Promise.all([newSite(), newSite()]);
    const path = `/metadata/${kind}`;
    const made = await api.post(path, { key: "payout", name: "Payout", metadata: { team: "core" } });
    expect(made).toMatchObject({ status: 201, body: { key: "payout", name: "Payout", description: null, metadata: { team: "core" } } });
    expect(await api.post(path, { key: "payout", name: "Other" })).toMatchObject({ status: 409, body: { error: { code: "CODE_TAKEN" } } });
    expect((await other.api.post(path, { key: "payout", name: "Payout" })).status).toBe(201);
    expect(await api.get(path)).toMatchObject({ status: 200, body: { totalCount: 1, data: [made.body] } });
  },
);

test("pages of a site's words lose none and repeat none while others are added", async () => {
  const { api } = await newSite();
  const add = (key: string) => api.post("/metadata/products", { key, name: key });
  await Promise.all(["b", "d", "f", "h"].map(add));
  const first = await api.get("/metadata/products?limit=2&sort=key:asc");
  expect(first.body).toMatchObject({ totalCount: 4, hasMore: true });
  await Promise.all(["a", "c", "e"].map(add));
  const rest = await api.get(`/metadata/products?limit=3&sort=key:asc&cursor=${first.body.nextCursor}`);
  const keys = [...first.body.data, ...rest.body.data].map((term: { key: string }) => term.key);
  expect(keys).toEqual(["b", "d", "e", "f", "h"]);
  expect(rest.body.nextCursor).toBeNull();
  const elsewhere = await api.get(`/metadata/categories?limit=3&sort=key:asc&cursor=${first.body.nextCursor}`);
  expect(elsewhere).toMatchObject({ status: 400, body: { error: { code: "INVALID_CURSOR" } } });
});

test.each([
  [{ name: "Payout" }, "/key"],
  [{ key: "a b", name: "Payout" }, "/key"],
  [{ key: "a", name: " " }, "/name"],
  [{ key: "a", name: "x", colour: "red" }, "/colour"],
  [{ key: "a", name: "x\u0000" }, "/name"],
  [{ key: "a", name: "x", metadata: { n: 1 } }, "/metadata/n"],
])("%j is refused with a pointer to %s", async (body, pointer) => {
  const { api } = await newSite();
  const answer = await api.post("/metadata/products", body);
  expect(answer).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR" } } });
  expect(answer.body.error.details.map((detail: { pointer: string }) => detail.pointer)).toContain(pointer);
  expect((await api.get("/metadata/products")).body.totalCount).toBe(0);
});
