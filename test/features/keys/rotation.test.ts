import { afterEach, describe, expect, test, vi } from "vitest";
import { apiWith, newSite } from "../../support/site.ts";

const second = 1000;
const start = Date.UTC(2026, 5, 8, 9, 30);
let now = start;

/** Stops the clock of the edge and of the Access objects: both read it each time. */
function holdClock(): void {
  now = start;
  vi.spyOn(Date, "now").mockImplementation(() => now);
}
afterEach(() => vi.restoreAllMocks());

const idOf = async (key: string): Promise<string> => (await apiWith(key).get("/me")).body.token.id;

describe("rotation", () => {
  test("gives a new key; the old one goes on for the overlap and not a moment longer", async () => {
    holdClock();
    const { api } = await newSite();
    const old = await api.withRole("PREPARER");
    const rotated = await api.post(`/tokens/${await idOf(old.key)}/rotate`, { overlapSeconds: 3600 });
    expect(rotated.status).toBe(201);
    expect(rotated.body).toMatchObject({ role: "PREPARER", kind: "service", status: "active", expiresAt: null });
    const next = apiWith(rotated.body.key);
    now += 3600 * second - 1;
    expect((await old.get("/me")).status).toBe(200);
    now += 1;
    expect((await old.get("/me")).status).toBe(401);
    expect((await next.get("/me")).status).toBe(200);
  });

  test("overlaps by a day unless it is told otherwise, and keeps the principal", async () => {
    holdClock();
    const { api } = await newSite();
    const old = await api.withRole("PREPARER");
    const before = (await old.get("/me")).body.token;
    const rotated = await api.post(`/tokens/${before.id}/rotate`, {});
    const after = (await apiWith(rotated.body.key).get("/me")).body.token;
    expect(after.principalId).toBe(before.principalId);
    expect(after.id).not.toBe(before.id);
    const listed = (await api.get("/tokens")).body.data.find((token: { id: string }) => token.id === before.id);
    expect(listed.expiresAt).toBe(new Date(now + 86_400 * second).toISOString());
  });

  test("without an overlap ends the old key at once where it is asked for", async () => {
    const { api } = await newSite();
    const old = await api.withRole("PREPARER");
    expect((await old.get("/me")).status).toBe(200);
    expect((await api.post(`/tokens/${await idOf(old.key)}/rotate`, { overlapSeconds: 0 })).status).toBe(201);
    expect((await old.get("/me")).status).toBe(401);
  });

  test("of a key that has ended is refused", async () => {
    const { api } = await newSite();
    const old = await api.withRole("PREPARER");
    const id = await idOf(old.key);
    expect((await api.delete(`/tokens/${id}`)).status).toBe(204);
    expect((await api.post(`/tokens/${id}/rotate`, {})).status).toBe(409);
  });
});
