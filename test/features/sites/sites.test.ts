import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { booksOf, entryOf, freshKey, post } from "../../support/books.ts";
import { operator, operatorKey } from "../../support/operator.ts";
import { newFirm, newUser, postWithoutKey, refresh, sessionOf, signIn } from "../../support/people.ts";
import { apiWith, newSite, request } from "../../support/site.ts";

describe("sites", () => {
  test("are renamed by who has read them as they are", async () => {
    const { api, siteId } = await newSite();
    const read = await api.get(`/sites/${siteId}`);
    const etag = read.headers.get("etag") ?? "";
    expect(etag).not.toBe("");
    const changed = await api.patch(`/sites/${siteId}`, { name: "Renamed" }, { "if-match": etag });
    expect(changed.body.name).toBe("Renamed");
    expect(changed.headers.get("etag")).not.toBe(etag);
    const stale = await api.patch(`/sites/${siteId}`, { name: "Renamed again" }, { "if-match": etag });
    expect(stale.status).toBe(412);
    expect(stale.body.error.code).toBe("PRECONDITION_FAILED");
  });

  test("are made for the firm, each with a key of its own", async () => {
    const { api } = await newSite();
    const made = await api.post("/sites", { name: "Europe", environment: "sandbox", regionHint: "weur" });
    expect(made.status).toBe(201);
    const there = apiWith(made.body.key);
    expect((await there.get("/me")).body.site).toMatchObject({ id: made.body.id, name: "Europe", regionHint: "weur" });
    expect((await there.get("/sites")).body.totalCount).toBe(3);
    expect((await api.get(`/sites/${made.body.id}`)).status).toBe(404);
  });
});

test("a sandbox's key makes sandboxes alone: a live site's key would reach the firm's users", async () => {
  const firm = await newFirm();
  const wish = { name: "Further", environment: "live" };
  for (const api of [firm.sandbox.api, await firm.sandbox.api.withRole("ADMIN")]) {
    const refused = await api.post("/sites", wish);
    expect([refused.status, refused.body.error?.code]).toEqual([403, "LIVE_KEY_REQUIRED"]);
    const made = await api.post("/sites", { ...wish, environment: "sandbox" });
    expect(made.status).toBe(201);
    expect((await apiWith(made.body.key).post("/sites", wish)).status).toBe(403);
  }
  expect((await firm.live.api.get("/sites")).body.totalCount).toBe(4);
  // Who is signed in at a sandbox is a user of the firm all the same.
  const { api } = await signIn(firm.email, { siteId: firm.sandbox.siteId });
  expect((await api.post("/sites", wish)).status).toBe(201);
});

describe("several sites of a firm", () => {
  /** A firm with a live site, its sandbox, and further ones of all kinds. */
  async function firmWithSites() {
    const { body } = await postWithoutKey("/signup", { firmName: "Acme Payments", ownerEmail: "owner@example.com" });
    const owner = apiWith(body.live.key);
    const wishes = [
      { name: "Europe", environment: "live", jurisdiction: "eu", regionHint: "weur" },
      { name: "America", environment: "live", jurisdiction: "us" },
      { name: "Staging", environment: "sandbox", regionHint: "apac" },
    ] as const;
    const made = [];
    for (const wish of wishes) {
      const answer = await owner.post("/sites", wish);
      expect(answer.status).toBe(201);
      expect(answer.headers.get("location")).toBe(`/api/v1/sites/${answer.body.id}`);
      made.push({ ...answer.body, api: apiWith(answer.body.key) });
    }
    return { firmId: body.firm.id as string, owner, sandbox: apiWith(body.sandbox.key), made, wishes };
  }

  test("are listed to the keys of each of them, and to those of no other firm", async () => {
    const { owner, sandbox, made, firmId } = await firmWithSites();
    const names = ["Acme Payments live", "Acme Payments sandbox", "Europe", "America", "Staging"];
    for (const api of [owner, sandbox, ...made.map((site) => site.api)]) {
      const { data, totalCount } = (await api.get("/sites?sort=createdAt:asc")).body;
      expect(totalCount).toBe(5);
      expect(data.map((site: { name: string }) => site.name).sort()).toEqual([...names].sort());
      expect(new Set(data.map((site: { firmId: string }) => site.firmId))).toEqual(new Set([firmId]));
    }
    const other = await firmWithSites();
    expect((await other.owner.get("/sites")).body.data.some((site: { id: string }) => made.some(({ id }) => id === site.id))).toBe(false);
    const seen: string[] = [];
    for (let path = "/sites?limit=2"; ; ) {
      const page = (await owner.get(path)).body;
      seen.push(...page.data.map((site: { id: string }) => site.id));
      if (!page.hasMore) break;
      path = `/sites?limit=2&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([5, 5]);
  });

  test("are made by an OWNER or an ADMIN of one of them, who gets a key of that role, and by nobody below", async () => {
    const { owner } = await firmWithSites();
    const wish = { name: "Further", environment: "sandbox" };
    const byAdmin = await (await owner.withRole("ADMIN")).post("/sites", wish);
    expect(byAdmin.status).toBe(201);
    expect((await apiWith(byAdmin.body.key).get("/me")).body.token.role).toBe("ADMIN");
    for (const role of ["APPROVER", "PREPARER", "REVIEWER"])
      expect((await (await owner.withRole(role)).post("/sites", wish)).status, role).toBe(403);
    for (const bad of [
      { ...wish, jurisdiction: "fr" },
      { ...wish, regionHint: "moon" },
      { ...wish, database: "SITE_DB_0" },
      { name: "No kind" },
    ])
      expect((await owner.post("/sites", bad)).status, JSON.stringify(bad)).toBe(400);
  });

  test("keep what they have to themselves: no key of one reads, changes or posts anything of another", async () => {
    const { owner, made } = await firmWithSites();
    const [europe, america] = made;
    const books = await booksOf(europe.api);
    const entry = await post(books, entryOf("cash", "equity", 100));
    for (const api of [owner, america.api]) {
      for (const path of [
        `/sites/${europe.id}`,
        `/entities/${books.entityId}`,
        `/ledgers/${books.ledgerId}`,
        `/accounts/${books.accounts.cash}`,
        `/accounts/${books.accounts.cash}/balance`,
        `/journal-entries/${entry.id}`,
        `/companies/${books.entityId}/reports/trial-balance`,
        `/sites/${europe.id}/entities`,
      ])
        expect((await api.get(path)).status, path).toBe(404);
      expect((await api.patch(`/sites/${europe.id}`, { name: "Mine" })).status).toBe(404);
      expect((await api.delete(`/tokens/${europe.tokenId}`)).status).toBe(404);
      expect((await api.post(`/tokens/${europe.tokenId}/rotate`, {})).status).toBe(404);
      const posted = await api.post("/journal-entries", { ledgerId: books.ledgerId, ...entryOf("cash", "equity", 1) }, freshKey());
      expect(posted.status).toBe(422);
      expect((await api.get("/entities")).body.totalCount).toBe(0);
      expect((await api.get("/tokens")).body.data.some((token: { id: string }) => token.id === europe.tokenId)).toBe(false);
    }
  });

  test("fix their jurisdiction, region and environment for good", async () => {
    const { made, wishes } = await firmWithSites();
    for (const [at, { api, id }] of made.entries()) {
      for (const change of [
        { jurisdiction: "us" },
        { jurisdiction: null },
        { regionHint: "me" },
        { environment: "sandbox" },
        { database: "SITE_DB_0" },
      ]) {
        const refused = await api.patch(`/sites/${id}`, change);
        expect([refused.status, refused.body.error.details[0].code], JSON.stringify(change)).toEqual([400, "unknown_field"]);
      }
      expect((await api.get(`/sites/${id}`)).body).toMatchObject({ jurisdiction: null, regionHint: null, ...wishes[at] });
    }
  });

  test("of a jurisdiction have their ledgers and keys there, and their keys say so: elsewhere nobody knows them", async () => {
    const { made, owner } = await firmWithSites();
    const [{ api, key, tokenId, id }] = made;
    expect(key).toMatch(/^ch_live_eu_[0-9a-f]{32}_/);
    const books = await booksOf(api);
    await post(books, entryOf("cash", "equity", 100));
    const { number } = (await env.DIRECTORY.prepare("SELECT number FROM ledger_numbers WHERE ledger_id = ?")
      .bind(books.ledgerId)
      .first()) as {
      number: number;
    };
    // The runtime of the tests knows no jurisdictions, and objects of one have another name there: see src/platform/objects.ts.
    const heads = [`eu ledger-${number}`, `ledger-${number}`].map((name) => env.LEDGER.getByName(name).read({ kind: "head" }));
    expect((await Promise.all(heads)).map(({ ok }) => ok)).toEqual([true, "not_open"]);
    expect(await env.ACCESS.getByName(`eu ${tokenId}`).plan()).toBe(100);
    expect(await env.ACCESS.getByName(tokenId).plan()).toBeNull();
    for (const forged of [key.replace("_eu_", "_us_"), key.replace("_eu_", "_"), key.replace("_eu_", "_fr_")])
      expect((await apiWith(forged).get("/me")).status, forged.slice(0, 12)).toBe(401);

    const rotated = await api.post(`/tokens/${tokenId}/rotate`, { overlapSeconds: 0 });
    expect(rotated.body.key).toMatch(/^ch_live_eu_/);
    expect((await api.get("/me")).status).toBe(401);
    const again = apiWith(rotated.body.key);
    expect((await again.get("/me")).body.site.id).toBe(id);
    const brief = await again.withRole("REVIEWER");
    expect((await again.delete(`/tokens/${(await brief.get("/me")).body.token.id}`)).status).toBe(204);
    expect((await brief.get("/me")).status).toBe(401);
    const plan = (tokenOf: string) =>
      request("PUT", `/operator/tokens/${tokenOf}/plan`, operator, JSON.stringify({ requestsPerMinute: 700 }));
    expect((await plan(rotated.body.id)).status).toBe(200);
    expect(await env.ACCESS.getByName(`eu ${rotated.body.id}`).plan()).toBe(700);
    expect((await plan(crypto.randomUUID())).status).toBe(404);
    expect(apiWith((await operatorKey(id)).body.key).key).toMatch(/^ch_live_eu_/);
    expect((await owner.get("/me")).body.site.jurisdiction).toBeNull();
  });

  test("of a jurisdiction have the sessions of their users there, from the sign-in to the log-out", async () => {
    const people = await newFirm();
    const { id: siteId } = (await people.live.api.post("/sites", { name: "Europe", environment: "live", jurisdiction: "eu" })).body;
    const session = await signIn(people.email, { siteId });
    expect((await session.api.get("/me")).body.site).toMatchObject({ id: siteId, jurisdiction: "eu" });
    expect(await env.ACCESS.getByName(`eu ${session.id}`).plan()).toBe(100);
    expect(await env.ACCESS.getByName(session.id).plan()).toBeNull();
    const refreshed = sessionOf(await refresh(session.refreshToken));
    expect((await refreshed.api.get("/me")).status).toBe(200);
    const { id, email } = await newUser(people, "ADMIN");
    const admin = await signIn(email, { siteId });
    expect((await admin.api.get("/tokens")).status).toBe(200);
    expect((await people.live.api.patch(`/users/${id}`, { role: "REVIEWER" })).status).toBe(200);
    expect((await admin.api.get("/tokens")).status).toBe(403);
    expect((await people.live.api.delete(`/users/${id}`)).status).toBe(204);
    expect((await admin.api.get("/me")).status).toBe(401);
    expect((await refreshed.api.post("/auth/logout", {})).status).toBe(204);
    expect((await refreshed.api.get("/me")).status).toBe(401);
  });
});

test("a site's new origins reach its other keys within a lease", async () => {
  const { api, siteId } = await newSite();
  const other = await api.withRole("REVIEWER");
  const origin = "https://books.example.com";
  expect((await other.get("/me", { origin })).headers.get("access-control-allow-origin")).toBeNull();
  await api.patch(`/sites/${siteId}`, { origins: [origin] });
  const later = Date.now() + 5_000;
  vi.spyOn(Date, "now").mockReturnValue(later);
  expect((await other.get("/me", { origin })).headers.get("access-control-allow-origin")).toBe(origin);
  vi.restoreAllMocks();
});
