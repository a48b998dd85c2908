import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { signUp as signUpOperation } from "../../../src/features/firms/sign-up.ts";
import { anonymousContext } from "../../../src/operation/build-context.ts";
import { logFor } from "../../../src/platform/log.ts";
import { Refused } from "../../../src/platform/refused.ts";
import { booksOf, entryOf, freshKey, newBooks, post } from "../../support/books.ts";
import { newFirm, newUser, refresh, sessionOf, signIn } from "../../support/people.ts";
import { type Api, apiWith, newSite, request } from "../../support/site.ts";

const signUp = (body: unknown, headers: Record<string, string> = {}) =>
  request(
    "POST",
    "/api/v1/signup",
    { "content-type": "application/json", "cf-connecting-ip": crypto.randomUUID(), ...headers },
    JSON.stringify(body),
  );
const firm = { firmName: "Acme Payments", ownerEmail: "owner@example.com" };
const count = async (table: string, where: string, ...values: string[]) =>
  (
    await env.DIRECTORY.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`)
      .bind(...values)
      .first<{ n: number }>()
  )?.n;

const operatorKey = (siteId: string, more: object = {}, token = (env as unknown as { OPERATOR_TOKEN: string }).OPERATOR_TOKEN) =>
  request(
    "POST",
    `/operator/sites/${siteId}/tokens`,
    { authorization: `Bearer ${token}`, "content-type": "application/json" },
    JSON.stringify({ name: "Way back", ...more }),
  );

describe("signing up", () => {
  test("makes a firm with a live and a sandbox site, and an OWNER's key of each that reaches that site only", async () => {
    const answer = await signUp(firm);
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const { live, sandbox } = answer.body;
    expect(live.key).toMatch(/^ch_live_/);
    expect(sandbox.key).toMatch(/^ch_test_/);
    for (const [{ key, siteId }, environment] of [
      [live, "live"],
      [sandbox, "sandbox"],
    ] as const) {
      const me = (await apiWith(key).get("/me")).body;
      expect(me).toMatchObject({
        token: { role: "OWNER", kind: "service", entityIds: null },
        site: { id: siteId, environment, firmId: answer.body.firm.id },
        plan: { requestsPerMinute: 100, burst: 200 },
      });
    }
    expect((await apiWith(live.key).get(`/sites/${sandbox.siteId}`)).status).toBe(404);
    expect((await apiWith(live.key).get("/sites")).body.totalCount).toBe(2);
  });

  test("again with the same key shows the same firm and its keys, and makes nothing; with another body it is refused", async () => {
    const key = { "idempotency-key": crypto.randomUUID() };
    const first = await signUp(firm, key);
    const second = await signUp({ ownerEmail: firm.ownerEmail, firmName: firm.firmName }, key);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get("x-idempotent-replayed")).toBe("true");
    expect(await count("sites", "firm_id = ?", first.body.firm.id)).toBe(2);
    expect((await signUp({ ...firm, firmName: "Another" }, key)).body.error.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  test("many times at once with one key makes one firm", async () => {
    const name = `Firm ${crypto.randomUUID()}`;
    const key = { "idempotency-key": crypto.randomUUID() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => signUp({ ...firm, firmName: name }, key)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 201).length).toBe(1);
    expect(await count("firms", "name = ?", name)).toBe(1);
  });

  test("shows the answer again to nobody who reads the directory: it is kept sealed", async () => {
    const key = crypto.randomUUID();
    const { body } = await signUp(firm, { "idempotency-key": key });
    const rows = await env.DIRECTORY.prepare("SELECT * FROM sealed_answers").all();
    expect(rows.results.length).toBeGreaterThan(0);
    const kept = rows.results
      .map((row) =>
        Object.values(row)
          .map((value) => (Array.isArray(value) ? new TextDecoder().decode(Uint8Array.from(value)) : String(value)))
          .join(" "),
      )
      .join("\n");
    expect(kept).not.toContain(body.live.key);
    expect(kept).not.toContain(key);
  });

  test("is open, closed, or by an invitation that is right, as the installation says", async () => {
    const attempt = async (setting: string, invitation?: string) => {
      const context = {
        // The setting is a variable of the deployment, whose generated type knows its present value only.
        env: { ...env, SIGNUP: setting, INVITATION: "come in" } as unknown as Cloudflare.Env,
        requestId: "req_test",
        log: logFor("req_test"),
        address: "nobody",
        waitUntil: () => undefined,
      };
      const request = { ...firm, ...(invitation === undefined ? {} : { invitation }) };
      return signUpOperation(anonymousContext(context), request).then(
        (once) => "value" in once && once.value.firm.name,
        (error: unknown) => (error instanceof Refused ? error.failure.code : String(error)),
      );
    };
    expect(await attempt("open")).toBe(firm.firmName);
    expect(await attempt("invitation", "come in")).toBe(firm.firmName);
    expect(await attempt("invitation", "let me in")).toBe("SIGNUP_CLOSED");
    expect(await attempt("invitation")).toBe("SIGNUP_CLOSED");
    expect(await attempt("closed", "come in")).toBe("SIGNUP_CLOSED");
  });

  test.each([
    [{}],
    [{ firmName: "A" }],
    [{ firmName: "", ownerEmail: "a@example.com" }],
    [{ firmName: "A", ownerEmail: "no address" }],
    [{ ...firm, role: "OWNER" }],
  ])("with %j is refused", async (body) => {
    expect((await signUp(body)).body.error.code).toBe("VALIDATION_ERROR");
  });
});

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
    expect((await operatorKey(siteId, {}, api.key)).status).toBe(401);
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

describe("several sites of a firm", () => {
  /** A firm with a live site, its sandbox, and further ones of all kinds. */
  async function firmWithSites() {
    const { body } = await signUp(firm);
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
    const operator = {
      authorization: `Bearer ${(env as unknown as { OPERATOR_TOKEN: string }).OPERATOR_TOKEN}`,
      "content-type": "application/json",
    };
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
    const { body } = await signUp(firm);
    const answer = await apiWith(body.live.key).post(`/sites/${body.live.siteId}/reset`, {});
    expect(answer.status).toBe(403);
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
