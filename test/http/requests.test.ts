import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { bodyBytesMax, publicBodyBytesMax } from "../../src/kernel/bounds.ts";
import { entryOf, freshKey, newBooks } from "../support/books.ts";
import { operator } from "../support/operator.ts";
import { type Answer, newSite, request } from "../support/site.ts";

describe("aliases", () => {
  test.each(["/v2/ledger", "/v2/event-service", "/v2/balances", ""])("the same routes answer under %s", async (prefix) => {
    const { api, siteId } = await newSite();
    for (const path of ["/me", `/sites/${siteId}/me`]) {
      const answer = await request("GET", `${prefix}/api/v1${path}`, { "x-api-key": api.key });
      expect(answer.status).toBe(200);
      expect(answer.body.site.id).toBe(siteId);
    }
  });

  test("a route under its site, its company, or both is the route itself", async () => {
    const books = await newBooks();
    const { siteId } = (await books.api.get("/me")).body.token ? { siteId: (await books.api.get("/me")).body.site.id } : { siteId: "" };
    const bare = await books.api.get(`/accounts?entityId=${books.entityId}`);
    expect(bare.status).toBe(200);
    for (const prefix of [`/companies/${books.entityId}`, `/sites/${siteId}/companies/${books.entityId}`]) {
      const scoped = await books.api.get(`${prefix}/accounts`);
      expect(scoped.status).toBe(200);
      expect(scoped.body.data).toEqual(bare.body.data);
    }
    expect((await books.api.get(`/sites/${siteId}`)).body.id).toBe(siteId);
    expect((await books.api.get(`/companies/${books.entityId}`)).body.id).toBe(books.entityId);
  });

  test.each([
    ["/health", "countinghouse"],
    ["/api/v1/health", "countinghouse"],
    ["/v2/ledger/health", "ledger"],
    ["/v2/event-service/health", "event-service"],
    ["/v2/balances/health", "balances"],
  ])("%s answers without a key", async (path, service) => {
    const answer = await request("GET", path, {});
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: "ok", service, version: packageJson.version });
    expect(Date.parse(answer.body.time)).not.toBeNaN();
    expect(answer.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
  });
});

describe("another site", () => {
  /** What of an answer could tell two refusals apart. */
  const traits = ({ status, headers, body }: Answer) => ({
    status,
    headers: [...headers.keys()].sort(),
    error: { ...body.error, requestId: "" },
  });

  test("has ids that are answered like ids that nothing has", async () => {
    const [{ api }, other] = await Promise.all([newSite(), newBooks()]);
    const otherSite = (await other.api.get("/me")).body;
    const unknown = crypto.randomUUID().replace(/^(.{14})./, "$17");
    const asked: readonly (readonly [string, string, string, unknown?])[] = [
      ["GET", "/sites/$", otherSite.site.id],
      ["PATCH", "/sites/$", otherSite.site.id, { name: "Mine now" }],
      ["POST", "/sites/$/reset", otherSite.site.id, {}],
      ["GET", "/sites/$/me", otherSite.site.id],
      ["GET", "/sites/$/entities", otherSite.site.id],
      ["DELETE", "/tokens/$", otherSite.token.id],
      ["POST", "/tokens/$/rotate", otherSite.token.id, {}],
      ["GET", "/entities/$", other.entityId],
      ["GET", "/companies/$", other.entityId],
      ["GET", "/companies/$/accounts", other.entityId],
      ["GET", "/ledgers/$", other.ledgerId],
      ["GET", "/accounts?entityId=$", other.entityId],
      ["GET", "/accounts?ledgerId=$", other.ledgerId],
    ];
    for (const [method, path, foreign, body] of asked) {
      const [ofOther, ofNobody] = await Promise.all(
        [foreign, unknown].map((id) => api.send(method, path.replace("$", id), body === undefined ? {} : { body })),
      );
      expect(ofOther?.status, `${method} ${path}`).toBeGreaterThanOrEqual(404);
      expect(ofOther && traits(ofOther), `${method} ${path}`).toEqual(ofNobody && traits(ofNobody));
    }
    expect((await other.api.get("/me")).status).toBe(200);
  });
});

describe("refusals", () => {
  test("carry the request's name in header and body, and nothing else is given away", async () => {
    const answer = await request("GET", "/api/v1/me", {});
    expect(Object.keys(answer.body)).toEqual(["error"]);
    expect(Object.keys(answer.body.error).sort()).toEqual(["code", "details", "message", "requestId", "retryable"]);
    expect(answer.headers.get("x-request-id")).toBe(answer.body.error.requestId);
  });

  test("come as RFC 9457 where that is preferred, with the same facts", async () => {
    const { api } = await newSite();
    const plain = await api.post("/entities", { name: "" });
    const problem = await api.post("/entities", { name: "" }, { accept: "application/problem+json" });
    expect(problem.status).toBe(400);
    expect(problem.headers.get("content-type")).toBe("application/problem+json");
    expect(problem.body).toMatchObject({
      type: expect.stringContaining("VALIDATION_ERROR"),
      status: 400,
      title: expect.any(String),
      detail: plain.body.error.message,
      code: "VALIDATION_ERROR",
      errors: plain.body.error.details,
      retryable: false,
      requestId: problem.headers.get("x-request-id"),
    });
  });

  test("of a method name those that the route takes", async () => {
    const { api } = await newSite();
    const answer = await api.send("DELETE", "/entities");
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")?.split(", ").sort()).toEqual(expect.arrayContaining(["GET", "POST"]));
    expect(answer.body.error.code).toBe("METHOD_NOT_ALLOWED");
  });

  test.each(["/api/v1/health", "/v2/ledger/api/v1/health", "/health", "/v2/balances/health", "/api/openapi.json", "/docs"])(
    "of a method at %s are 405, with a key and without",
    async (path) => {
      const { api } = await newSite();
      for (const headers of [{}, { "x-api-key": api.key }]) {
        const answer = await request("POST", path, headers, "{}");
        expect([answer.status, answer.headers.get("allow"), answer.body.error.code]).toEqual([405, "GET", "METHOD_NOT_ALLOWED"]);
      }
    },
  );

  test("of a route that there is not are 404, below the API and beside it", async () => {
    const { api } = await newSite();
    expect((await api.get("/unheard-of")).body.error.code).toBe("ROUTE_NOT_FOUND");
    const keyless = await request("GET", "/api/v1/unheard-of", {});
    expect(keyless.body.error.code).toBe("ROUTE_NOT_FOUND");
    expect((await request("DELETE", "/api/v1/entities", {})).headers.get("allow")).toContain("POST");
    const beside = await request("GET", "/v3/anything", {});
    expect(beside.status).toBe(404);
    expect(beside.body.error.code).toBe("ROUTE_NOT_FOUND");
  });

  test("an answer says how far it has seen the site's database, and a request may say so too, whatever it says", async () => {
    const { api } = await newSite();
    const bookmark = (await api.get("/entities")).headers.get("x-bookmark");
    expect(bookmark).toMatch(/^[0-9a-f-]+$/);
    for (const sent of [bookmark ?? "", "nonsense", "", "0".repeat(5_000)]) {
      expect((await api.get("/entities", { "x-bookmark": sent })).status, sent).toBe(200);
    }
  });

  test("HEAD answers as GET does, without the body", async () => {
    const { api } = await newSite();
    const answer = await api.send("HEAD", "/me");
    expect(answer.status).toBe(200);
    expect(answer.text).toBe("");
    expect(answer.headers.get("x-ratelimit-limit")).not.toBeNull();
  });
});

describe("bodies", () => {
  test.each([
    ["no JSON", "{", 400, "BODY_NOT_JSON"],
    ["two values", "{} {}", 400, "BODY_NOT_JSON"],
    ["nothing", "", 400, "BODY_NOT_JSON"],
    ["not a number", '{"name":NaN}', 400, "BODY_NOT_JSON"],
    ["a list", "[]", 400, "VALIDATION_ERROR"],
    ["null", "null", 400, "VALIDATION_ERROR"],
    ["an unknown field", '{"name":"A","functionalCurrency":"USD","colour":"red"}', 400, "VALIDATION_ERROR"],
    ["a prototype", '{"__proto__":{"name":"A"},"functionalCurrency":"USD"}', 400, "VALIDATION_ERROR"],
    ["a depth that nothing has", `{"name":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, 400, "VALIDATION_ERROR"],
    ["a depth in a field that nothing has", `{"x":${'{"x":'.repeat(20_000)}1${"}".repeat(20_000)}}`, 400, "VALIDATION_ERROR"],
  ])("of %s are refused", async (_name, text, status, code) => {
    const { api } = await newSite();
    const answer = await api.send("POST", "/entities", { text });
    expect(answer.status).toBe(status);
    expect(answer.body.error.code).toBe(code);
    expect((await api.get("/entities")).body.totalCount).toBe(0);
  });

  test("that are too large are refused before they are read, and when they do not say so", async () => {
    const { api } = await newSite();
    const claimed = await api.send("POST", "/entities", { text: "{}", headers: { "content-length": String(bodyBytesMax + 1) } });
    expect(claimed.body.error.code).toBe("BODY_TOO_LARGE");
    expect(claimed.status).toBe(413);
    expect(claimed.headers.get("x-ratelimit-limit")).not.toBeNull();
    const sent = await api.send("POST", "/entities", { text: `{"name":"${"x".repeat(bodyBytesMax)}"}` });
    expect(sent.status).toBe(413);
  });

  test("of another media type are refused", async () => {
    const { api } = await newSite();
    const answer = await api.send("POST", "/entities", {
      text: "name=A",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.status).toBe(415);
    expect(answer.body.error.code).toBe("UNSUPPORTED_MEDIA_TYPE");
  });

  test.each([
    ["another charset", { "content-type": "application/json; charset=utf-16" }],
    ["a content encoding", { "content-type": "application/json; charset=UTF-8", "content-encoding": "gzip" }],
  ])("in %s are refused as a type that is not taken", async (_, headers) => {
    const { api } = await newSite();
    const answer = await api.send("POST", "/entities", { text: "{}", headers });
    expect([answer.status, answer.body.error.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
  });
});

describe("browsers", () => {
  const origin = "https://app.example.com";

  test("may read answers from the origins that the site lists, and from no other", async () => {
    const { api, siteId } = await newSite();
    expect((await api.patch(`/sites/${siteId}`, { origins: [origin] })).status).toBe(200);
    const allowed = await api.get("/me", { origin });
    expect(allowed.headers.get("access-control-allow-origin")).toBe(origin);
    expect(allowed.headers.get("access-control-expose-headers")).toContain("X-Request-Id");
    expect(allowed.headers.get("vary")).toContain("Origin");
    const refused = await api.get("/no-such-route", { origin });
    expect(refused.headers.get("access-control-allow-origin")).toBe(origin);
    for (const other of ["https://evil.example.com", "null", `${origin}.evil.example`, "http://app.example.com"]) {
      expect((await api.get("/me", { origin: other })).headers.get("access-control-allow-origin")).toBeNull();
    }
    const ofNobody = await newSite();
    expect((await ofNobody.api.get("/me", { origin })).headers.get("access-control-allow-origin")).toBeNull();
  });

  test("may ask beforehand without a key, and are never offered credentials", async () => {
    const answer = await request("OPTIONS", "/api/v1/journal-entries", {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "idempotency-key,x-api-key,content-type",
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
    for (const name of ["idempotency-key", "x-api-key", "content-type", "if-match", "authorization"]) {
      expect(answer.headers.get("access-control-allow-headers")?.toLowerCase()).toContain(name);
    }
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });
});

test("a company in the path has to exist, whatever the route does with it", async () => {
  const { api } = await newSite();
  for (const company of ["not-an-id", crypto.randomUUID()]) {
    expect((await api.get(`/companies/${company}/me`)).status).toBe(404);
    expect((await api.post(`/companies/${company}/tokens`, { name: "x", role: "REVIEWER" })).status).toBe(404);
  }
});

test("what takes no key has neither a site nor a company, and makes nothing below one", async () => {
  const { siteId } = await newSite();
  const firmName = `Firm ${crypto.randomUUID()}`;
  for (const scope of [`/sites/${siteId}`, `/companies/${crypto.randomUUID()}`, "/companies/not-an-id"]) {
    const body = JSON.stringify({ firmName, ownerEmail: "owner@example.com" });
    const answer = await request("POST", `/api/v1${scope}/signup`, { "content-type": "application/json" }, body);
    expect([answer.status, answer.body.error?.code]).toEqual([404, "NOT_FOUND"]);
    expect((await request("GET", `/api/v1${scope}/health`, {})).status).toBe(404);
  }
  expect(await env.DIRECTORY.prepare("SELECT 1 FROM firms WHERE name = ?").bind(firmName).first()).toBeNull();
});

test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("the parameter %s is as unknown as any other", async (name) => {
  const { api } = await newSite();
  expect((await api.get(`/entities?${name}=1`)).status).toBe(400);
});

test("the operator's bodies are as long as those of keys may be: what takes neither is shorter", async () => {
  const text = JSON.stringify({ padding: "x".repeat(publicBodyBytesMax) });
  const headers = { "content-type": "application/json", "cf-connecting-ip": "192.0.2.77" };
  const ofOperator = await request("PUT", "/operator/databases/SITE_DB_0", { ...headers, ...operator }, text);
  expect([ofOperator.status, ofOperator.body.error.code]).toEqual([400, "VALIDATION_ERROR"]);
  const ofNobody = await request("POST", "/api/v1/signup", headers, text);
  expect([ofNobody.status, ofNobody.body.error.code]).toEqual([413, "BODY_TOO_LARGE"]);
});

describe("a request that is wrong in several ways", () => {
  test("is told every fault of its query at once", async () => {
    const { api } = await newBooks();
    const { body } = await api.get("/journal-entries?limit=500&foo=1&bar=2");
    expect(body.error.details.map(({ pointer }: { pointer: string }) => pointer)).toEqual(["foo", "bar", "limit"]);
  });
});

describe("a POST without a body", () => {
  test.each([{}, { text: "" }])("is one with {} where nothing in it is required (%j)", async (none) => {
    const { api, entityId } = await newBooks();
    const hold = await api.post("/holds", { entityId, ...entryOf("cash", "equity", 5) }, freshKey());
    expect((await api.send("POST", `/holds/${hold.body.id}/release`, { ...none, headers: freshKey() })).status).toBe(200);
  });

  test("is told that it is empty where something is", async () => {
    const { api } = await newBooks();
    const answer = await api.send("POST", "/holds", { text: "", headers: freshKey() });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "BODY_NOT_JSON", message: expect.stringContaining("empty") } } });
  });
});
