import { describe, expect, test } from "vitest";
import { type Api, newSite } from "../../support/site.ts";

const company = { name: "Blue Bottle Ltd", functionalCurrency: "USD" };
const unknownId = "01980c1e-7e0c-7abc-9def-0123456789ab";

async function made(api: Api, body: object = company) {
  const answer = await api.post("/entities", body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

const refusedAs = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ error: expect.objectContaining({ code }) }) });

describe("making an entity", () => {
  test("makes its functional ledger with it, and answers with a Location that leads to it", async () => {
    const { api } = await newSite();
    const answer = await api.post("/entities", {
      ...company,
      country: "US",
      externalId: "co-1",
      fiscalYearStart: "07-01",
      metadata: { tier: "gold" },
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        kind: "company",
        scale: 2,
        fiscalYearStart: "07-01",
        country: "US",
        externalId: "co-1",
        metadata: { tier: "gold" },
        status: "active",
        revision: 1,
      },
    });
    expect(answer.headers.get("location")).toBe(`/api/v1/entities/${answer.body.id}`);
    expect(await api.get(`/entities/${answer.body.id}`)).toMatchObject({ status: 200, body: answer.body });
    expect(await api.get("/ledgers")).toMatchObject({
      body: {
        totalCount: 1,
        data: [
          {
            id: answer.body.functionalLedgerId,
            entityId: answer.body.id,
            currency: "USD",
            scale: 2,
            functional: true,
            fiscalYearStart: "07-01",
          },
        ],
      },
    });
  });

  test.each([
    ["us-small-business", 71],
    ["ifrs-services", 81],
    ["wallet-platform", 35],
  ])("with the chart %s opens its %i accounts in the same call, parents and roles set", async (chart, count) => {
    const { api } = await newSite();
    const { id } = await made(api, { ...company, chart });
    const accounts = await api.get(`/accounts?entityId=${id}&limit=200`);
    expect(accounts.body.totalCount).toBe(count);
    const byId = new Map<string, { type: string }>(
      accounts.body.data.map((account: { id: string; type: string }) => [account.id, account]),
    );
    const children = accounts.body.data.filter((account: { parentId: string | null }) => account.parentId !== null);
    expect(children.length).toBeGreaterThan(0);
    for (const child of children) expect(byId.get(child.parentId)?.type).toBe(child.type);
    const receivable = await api.get(`/accounts?entityId=${id}&role=accounts_receivable`);
    expect(receivable.body).toMatchObject({ totalCount: 1, data: [{ type: "accounts_receivable", stableKey: "accounts_receivable" }] });
  });

  test.each([
    [{ ...company, functionalCurrency: "ZZZ" }, 422, "CURRENCY_UNSUPPORTED"],
    [{ ...company, functionalCurrency: "DEM" }, 422, "CURRENCY_UNSUPPORTED"],
    [{ ...company, functionalCurrency: "XAU" }, 422, "CURRENCY_UNSUPPORTED"],
    [{ ...company, functionalCurrency: "usd" }, 422, "CURRENCY_UNSUPPORTED"],
    [{ ...company, scale: 3 }, 422, "CURRENCY_UNSUPPORTED"],
    [{ ...company, functionalCurrency: "BTC", scale: 9 }, 400, "VALIDATION_ERROR"],
    [{ ...company, fiscalYearStart: "02-29" }, 400, "VALIDATION_ERROR"],
    [{ ...company, fiscalYearStart: "13-01" }, 400, "VALIDATION_ERROR"],
    [{ ...company, fiscalYearStart: "04-31" }, 400, "VALIDATION_ERROR"],
    [{ ...company, country: "XX" }, 400, "VALIDATION_ERROR"],
    [{ ...company, kind: "trust" }, 400, "VALIDATION_ERROR"],
    [{ ...company, chart: "bakery" }, 400, "VALIDATION_ERROR"],
    [{ ...company, balance: 5 }, 400, "VALIDATION_ERROR"],
    [{ name: "No currency" }, 400, "VALIDATION_ERROR"],
    [[], 400, "VALIDATION_ERROR"],
    [null, 400, "VALIDATION_ERROR"],
  ])("%j is refused and makes nothing", async (body, status, code) => {
    const { api } = await newSite();
    expect(await api.post("/entities", body)).toEqual(refusedAs(status, code));
    expect((await api.get("/entities")).body.totalCount).toBe(0);
    expect((await api.get("/ledgers")).body.totalCount).toBe(0);
  });

  test("takes an asset that ISO 4217 does not list with the scale it declares", async () => {
    const { api } = await newSite();
    expect(await made(api, { ...company, functionalCurrency: "BTC", scale: 8 })).toMatchObject({ functionalCurrency: "BTC", scale: 8 });
  });

  test("refuses an externalId that another entity of the site has, and not one that another site has", async () => {
    const [{ api }, other] = await Promise.all([newSite(), newSite()]);
    await made(api, { ...company, externalId: "co-1" });
    expect(await api.post("/entities", { ...company, externalId: "co-1" })).toEqual(refusedAs(409, "EXTERNAL_ID_TAKEN"));
    await made(other.api, { ...company, externalId: "co-1" });
    expect((await api.get("/entities")).body.totalCount).toBe(1);
  });

  test("happens once however often one key is sent at the same time, chart and all", async () => {
    const { api } = await newSite();
    // With the key's lease at hand none has a head start: without, the first was done before the others began.
    await api.get("/me");
    const key = { "idempotency-key": crypto.randomUUID() };
    const body = { ...company, externalId: "co-1", chart: "wallet-platform" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post("/entities", body, key)));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array(19).fill(200), 201]);
    for (const answer of answers) if (answer.status === 200) expect(answer.headers.get("x-idempotent-replayed")).toBe("true");
    expect((await api.get("/entities")).body.totalCount).toBe(1);
    expect((await api.get("/ledgers")).body.totalCount).toBe(1);
    expect((await api.get("/accounts")).body.totalCount).toBe(35);
    expect(await api.post("/entities", { ...body, name: "Other" }, key)).toEqual(refusedAs(422, "IDEMPOTENCY_KEY_REUSED"));
  });
});

describe("changing an entity", () => {
  test("answers the new state with a new ETag; If-Match of an older one is refused", async () => {
    const { api } = await newSite();
    const { id } = await made(api);
    const read = await api.get(`/entities/${id}`);
    const etag = read.headers.get("etag") ?? "";
    const changed = await api.patch(`/entities/${id}`, { name: "Green Bottle Ltd", country: "GB" }, { "if-match": etag });
    expect(changed).toMatchObject({ status: 200, body: { name: "Green Bottle Ltd", country: "GB", revision: 2 } });
    expect(changed.headers.get("etag")).not.toBe(etag);
    expect(await api.patch(`/entities/${id}`, { name: "Red" }, { "if-match": etag })).toEqual(refusedAs(412, "PRECONDITION_FAILED"));
    expect(await api.patch(`/entities/${id}`, { country: null }, { "if-match": "*" })).toMatchObject({
      status: 200,
      body: { name: "Green Bottle Ltd", country: null },
    });
  });

  test.each([{}, { functionalCurrency: "EUR" }, { kind: "individual" }, { fiscalYearStart: "04-01" }, { name: "" }, { status: "deleted" }])(
    "%j is refused",
    async (change) => {
      const { api } = await newSite();
      const { id } = await made(api);
      expect(await api.patch(`/entities/${id}`, change)).toEqual(refusedAs(400, "VALIDATION_ERROR"));
      expect(await api.get(`/entities/${id}`)).toMatchObject({ body: { revision: 1 } });
    },
  );

  test("of two changes at once under one ETag, one is made", async () => {
    const { api } = await newSite();
    const { id } = await made(api);
    const answers = await Promise.all(["A", "B", "C", "D"].map((name) => api.patch(`/entities/${id}`, { name }, { "if-match": '"1"' })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412, 412]);
    expect(await api.get(`/entities/${id}`)).toMatchObject({ body: { revision: 2 } });
  });

  test("refuses an externalId that another has", async () => {
    const { api } = await newSite();
    await made(api, { ...company, externalId: "co-1" });
    const { id } = await made(api);
    expect(await api.patch(`/entities/${id}`, { externalId: "co-1" })).toEqual(refusedAs(409, "EXTERNAL_ID_TAKEN"));
  });
});

describe("deleting and archiving an entity", () => {
  test("one in whose books nothing was posted goes with its ledgers and accounts", async () => {
    const { api } = await newSite();
    const { id, functionalLedgerId } = await made(api, { ...company, externalId: "co-1", chart: "us-small-business" });
    await api.post("/ledgers", { entityId: id, currency: "EUR" });
    expect((await api.delete(`/entities/${id}`)).status).toBe(204);
    expect(await api.get(`/entities/${id}`)).toEqual(refusedAs(404, "NOT_FOUND"));
    expect(await api.get(`/ledgers/${functionalLedgerId}`)).toEqual(refusedAs(404, "NOT_FOUND"));
    expect(await api.get(`/accounts?entityId=${id}`)).toEqual(refusedAs(422, "REFERENCE_NOT_FOUND"));
    await made(api, { ...company, externalId: "co-1" });
  });

  test.each([
    ["a draft", "/entries", /drafts .* Void them first/],
    ["an open hold", "/holds", /open holds\. Release them first/],
  ])("one with %s is refused for what is to be done about it", async (_, path, advice) => {
    const { api } = await newSite();
    const { id } = await made(api, { ...company, chart: "us-small-business" });
    const lines = [
      { accountCode: "1010", side: "debit", amount: 5 },
      { accountCode: "3010", side: "credit", amount: 5 },
    ];
    const open = await api.post(path, { date: "2026-06-08", lines }, { "idempotency-key": "open" });
    expect(open.status).toBe(201);
    const refused = await api.delete(`/entities/${id}`);
    expect(refused).toEqual(refusedAs(409, "IN_USE"));
    expect(refused.body.error.message).toMatch(advice);
    expect(refused.body.error.details).toEqual([]);
    const settled = path === "/holds" ? `/holds/${open.body.id}/release` : `/journal-entries/${open.body.id}/void`;
    expect((await api.post(settled, path === "/holds" ? undefined : { reason: "Not needed" }, { "idempotency-key": "end" })).status).toBe(
      200,
    );
    expect((await api.delete(`/entities/${id}`)).status).toBe(204);
  });

  test("one with entries is refused and keeps everything; archived, it is no longer the site's only one", async () => {
    const { api } = await newSite();
    const { id } = await made(api, { ...company, chart: "us-small-business" });
    const entry = {
      date: "2026-06-08",
      lines: [
        { accountCode: "1010", side: "debit", amount: 5 },
        { accountCode: "3010", side: "credit", amount: 5 },
      ],
    };
    expect((await api.post("/journal-entries", entry, { "idempotency-key": "first" })).status).toBe(201);
    expect(await api.delete(`/entities/${id}`)).toEqual(refusedAs(409, "IN_USE"));
    expect((await api.get(`/accounts?entityId=${id}`)).body.totalCount).toBe(71);
    expect(await api.patch(`/entities/${id}`, { status: "archived" })).toMatchObject({ status: 200, body: { status: "archived" } });
    expect(await api.get("/accounts")).toEqual(refusedAs(400, "ENTITY_REQUIRED"));
    expect((await api.get(`/accounts?entityId=${id}`)).body.totalCount).toBe(71);
    expect((await api.get("/entities?status=active")).body.totalCount).toBe(0);
  });

  test("one whose only used accounts come last of hundreds is refused, too", async () => {
    const { api } = await newSite();
    const { id } = await made(api);
    const accounts = Array.from({ length: 450 }, (_, i) => ({ code: String(1_000 + i), name: `Account ${i}`, type: "bank" }));
    expect((await api.post("/accounts/import", { accounts })).status).toBe(201);
    const entry = {
      date: "2026-06-08",
      lines: [
        { accountCode: "1448", side: "debit", amount: 5 },
        { accountCode: "1449", side: "credit", amount: 5 },
      ],
    };
    expect((await api.post("/journal-entries", entry, { "idempotency-key": "first" })).status).toBe(201);
    expect(await api.delete(`/entities/${id}`)).toEqual(refusedAs(409, "IN_USE"));
    expect((await api.get("/accounts")).body.totalCount).toBe(450);
  });
});

describe("companies and organizations", () => {
  test("are the entities of kind company", async () => {
    const { api } = await newSite();
    const a = await made(api);
    const person = await made(api, { ...company, kind: "individual", name: "Ada" });
    for (const path of ["/companies", "/organizations"])
      expect(await api.get(path)).toMatchObject({ status: 200, body: { totalCount: 1, data: [a] } });
    expect(await api.get(`/companies/${a.id}`)).toMatchObject({ status: 200, body: a });
    expect(await api.get(`/companies/${person.id}`)).toEqual(refusedAs(404, "NOT_FOUND"));
    expect(await api.get("/entities?kind=individual")).toMatchObject({ body: { totalCount: 1, data: [person] } });
  });
});

describe("what is not the caller's", () => {
  test("another site's entity answers as an unknown one does, wherever its id is given", async () => {
    const [{ api }, other] = await Promise.all([newSite(), newSite()]);
    const { id } = await made(other.api);
    await made(api);
    for (const entityId of [id, unknownId]) {
      const answers = [
        await api.get(`/entities/${entityId}`),
        await api.patch(`/entities/${entityId}`, { name: "Mine" }),
        await api.delete(`/entities/${entityId}`),
        await api.get(`/companies/${entityId}`),
        await api.get(`/companies/${entityId}/accounts`),
        await api.get(`/companies/${entityId}/ledgers`),
      ];
      for (const answer of answers) expect(answer).toEqual(refusedAs(404, "NOT_FOUND"));
      expect(await api.post("/accounts", { entityId, code: "1", name: "x", type: "bank" })).toEqual(refusedAs(422, "REFERENCE_NOT_FOUND"));
      expect(await api.post("/ledgers", { entityId, currency: "EUR" })).toEqual(refusedAs(422, "REFERENCE_NOT_FOUND"));
    }
    expect(await other.api.get(`/entities/${id}`)).toMatchObject({ status: 200, body: { name: company.name } });
  });

  test("only ADMIN and OWNER make, change and delete; everyone reads", async () => {
    const { api } = await newSite();
    const { id } = await made(api);
    for (const role of ["APPROVER", "PREPARER", "REVIEWER"] as const) {
      const limited = await api.withRole(role);
      expect(await limited.post("/entities", company)).toEqual(refusedAs(403, "FORBIDDEN"));
      expect(await limited.patch(`/entities/${id}`, { name: "x" })).toEqual(refusedAs(403, "FORBIDDEN"));
      expect(await limited.delete(`/entities/${id}`)).toEqual(refusedAs(403, "FORBIDDEN"));
      expect((await limited.get(`/entities/${id}`)).status).toBe(200);
    }
    expect((await (await api.withRole("ADMIN")).post("/entities", company)).status).toBe(201);
  });
});
