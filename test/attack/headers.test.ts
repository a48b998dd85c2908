/** What every answer carries, whichever it is and wherever it is asked for; and what media types are taken. */
import { describe, expect, test } from "vitest";
import { apiRoutes } from "../../src/app.ts";
import { operator } from "../support/operator.ts";
import { type Answer, newSite, request } from "../support/site.ts";

const services = ["", "/v2/ledger", "/v2/event-service", "/v2/balances"];
const newAddress = () => `10.${Array.from(crypto.getRandomValues(new Uint8Array(3))).join(".")}`;
const inPath = (path: string) => path.replace(/\{\w+\}/g, () => crypto.randomUUID());

function expectSafe({ headers }: Answer, what: string): void {
  expect(headers.get("cache-control"), what).toBe("no-store");
  expect(headers.get("x-content-type-options"), what).toBe("nosniff");
  expect(headers.get("strict-transport-security"), what).toBe("max-age=31536000");
}

describe("no cache stores an answer of the API and no browser guesses at it", () => {
  test("to any operation: without a key, with a good one, and beforehand", async () => {
    const { api } = await newSite();
    const from = { "cf-connecting-ip": newAddress() };
    for (const { definition } of apiRoutes) {
      const method = definition.method.toUpperCase();
      // Its answer says how long it lasts: nothing in it is secret.
      if (definition.operationId === "getSigningKeys") continue;
      for (const path of [definition.path, ...(definition.alsoAt ?? [])].map(inPath)) {
        const what = `${method} ${path}`;
        const text = definition.body === undefined ? undefined : "{}";
        const json: Record<string, string> = text === undefined ? {} : { "content-type": "application/json" };
        expectSafe(await request(method, `/api/v1${path}`, { ...from, ...json }, text), what);
        if (definition.permission !== "public")
          expectSafe(await api.send(method, path, { headers: json, ...(text === undefined ? {} : { text }) }), what);
      }
    }
  });

  test.each(services)("below %s: answers, refusals, what is not there, and what browsers ask beforehand", async (prefix) => {
    const { api } = await newSite();
    const key = { "x-api-key": api.key };
    const from = { "cf-connecting-ip": newAddress() };
    const asks = { origin: "https://app.example.com", "access-control-request-method": "POST" };
    const asked: readonly (readonly [string, string, Record<string, string>, string?])[] = [
      ["GET", "/api/v1/me", key],
      ["GET", "/api/v1/me", from],
      ["HEAD", "/api/v1/me", key],
      ["GET", "/api/v1/none", key],
      ["GET", "/api/v1/none", from],
      ["POST", "/api/v1/health", from],
      ["OPTIONS", "/api/v1/entities", { ...asks, ...from }],
      ["OPTIONS", "/api/v1/entities", from],
      ["POST", "/api/v1/entities", { ...key, "content-type": "text/plain" }, "x"],
      ["POST", "/api/v1/entities", { ...key, "content-type": "application/json" }, "{"],
      ["GET", "/api/openapi.json?service=none", from],
    ];
    for (const [method, path, headers, text] of asked) {
      const answer = await request(method, prefix + path, headers, text);
      expectSafe(answer, `${method} ${prefix}${path} ${answer.status}`);
    }
  });

  test("that shows a secret, when it is made and when it is repeated", async () => {
    const from = { "content-type": "application/json", "cf-connecting-ip": newAddress(), "idempotency-key": crypto.randomUUID() };
    const body = JSON.stringify({ firmName: "Acme", ownerEmail: `${crypto.randomUUID()}@example.com` });
    for (const status of [201, 200]) {
      const answer = await request("POST", "/api/v1/signup", from, body);
      expect(answer.status).toBe(status);
      expectSafe(answer, "sign-up");
    }
    const { api } = await newSite();
    for (const status of [201, 200]) {
      const answer = await api.post("/tokens", { name: "x", role: "REVIEWER" }, { "idempotency-key": "made once" });
      expect(answer.status).toBe(status);
      expectSafe(answer, "a key");
    }
  });

  test("beside the API: of the operator, of a service's health, of what is not there", async () => {
    const from = { "cf-connecting-ip": newAddress() };
    for (const [path, headers] of [
      ["/operator/dead-letters", operator],
      ["/operator/dead-letters", from],
      ["/health", from],
      ["/v2/ledger/health", from],
      ["/nothing", from],
    ] as const) {
      expectSafe(await request("GET", path, headers), path);
    }
  });

  test("what says how long it lasts keeps it", async () => {
    const answer = await request("GET", "/docs/errors", {});
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });
});

describe("what takes no key is not there below a site or a company, under any prefix", () => {
  const open = apiRoutes
    .filter(({ definition }) => definition.permission === "public")
    .flatMap(({ definition }) =>
      [definition.path, ...(definition.alsoAt ?? [])].map((path) => [definition.method.toUpperCase(), inPath(path), definition] as const),
    );

  test("there are such", () => expect(open.length).toBeGreaterThanOrEqual(3));

  test.each(services)("%s", async (prefix) => {
    const { siteId } = await newSite();
    const from = { "cf-connecting-ip": newAddress() };
    const scopes = [`/companies/${crypto.randomUUID()}`, "/companies/none", `/sites/${siteId}`, `/sites/${siteId}/companies/x`];
    for (const [method, path, { bodyExample, operationId }] of open) {
      const text = bodyExample === undefined ? undefined : JSON.stringify(bodyExample);
      const headers = text === undefined ? from : { ...from, "content-type": "application/json" };
      for (const scope of scopes) {
        const answer = await request(method, `${prefix}/api/v1${scope}${path}`, headers, text);
        expect([answer.status, answer.body?.error?.code], `${operationId} below ${scope}`).toEqual([404, "NOT_FOUND"]);
      }
    }
  });
});

describe("a body is taken as JSON and as nothing that only ends so", () => {
  test.each([
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/problem+json",
    "application/vnd.api+json",
    "application/x-json",
    "application/json5",
    "application/jsonlines",
    "application/json+x",
    "application/json.x",
    "text/json",
    "text/plain; application/json",
  ])("%s is refused", async (type) => {
    const { api } = await newSite();
    const answer = await api.send("POST", "/entities", {
      text: '{"name":"A","functionalCurrency":"USD"}',
      headers: { "content-type": type },
    });
    expect([answer.status, answer.body.error.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    expect((await api.get("/entities")).body.totalCount).toBe(0);
  });

  test.each([
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/json ; x=y",
  ])("%s is taken", async (type) => {
    const { api } = await newSite();
    const answer = await api.send("POST", "/entities", {
      text: '{"name":"A","functionalCurrency":"USD"}',
      headers: { "content-type": type },
    });
    expect(answer.status).toBe(201);
  });
});
