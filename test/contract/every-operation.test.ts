import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { apiRoutes } from "../../src/app.ts";
import { may, type Role, roles } from "../../src/kernel/role.ts";
import { type Operation, readDocument } from "../support/contract/api-document.ts";
import { type Attempt, type Finder, newFinder } from "../support/contract/finder.ts";
import { exampleCases, rightCases, wrongCases } from "../support/contract/parameter-cases.ts";
import { bodiesOf, faultCases, unknownIdCases, validCases } from "../support/contract/schema-cases.ts";
import { changesBetween, stateOf } from "../support/contract/site-state.ts";
import {
  answeringEach,
  describing,
  endingTheirCaller,
  filled,
  newKey,
  newStage,
  queryBeside,
  revokeKey,
  templatesOf,
  textOf,
  unreadIds,
  urlOf,
  validCall,
} from "../support/contract/stage.ts";
import type { Call, Stage } from "../support/contract/stage-part.ts";
import { personAt } from "../support/people.ts";
import { seed } from "../support/seed.ts";
import { type Api, request } from "../support/site.ts";
import "../../src/index.ts";

const definitions = apiRoutes.map(({ definition }) => definition);

const document = await readDocument();
/** Another firm's site, which has everything too. */
let elsewhere: Stage;
/** Where all operations are sent that only read: none leaves anything behind. Each of the others has a site of its own. */
let library: Stage;

beforeAll(async () => {
  elsewhere = await newStage(document);
  library = await newStage(document);
});

describe(`seed ${seed}; one operation alone: -t "<operationId> answers"`, () => {
  test.each(document.operations.map((operation) => [operation.operationId, operation] as const))(
    "%s answers everyone's valid inputs and faults as the document says, and changes nothing where it refuses",
    async (_operationId, operation) => {
      const stage = operation.method === "GET" ? library : await newStage(document, operation.operationId);
      const finder = newFinder(stage, operation);
      const example = await validCall(stage, operation);
      const first = await finder.answerTo({ name: "the example with real ids", call: example });
      expect(
        first.status,
        `no valid call can be made; stage.ts of its feature, in test/features, says what is real: ${first.text}`,
      ).toBeLessThan(300);
      await sentTwice(finder);
      const call = await unusedCall(finder, example);
      await wrongParameters(finder, call);
      await wrongBodies(finder, call);
      await wrongHeaders(finder, call);
      await wrongIds(finder, call);
      await byEveryone(finder, call);
      await underOtherPaths(finder, call);
      await rightParameters(finder, call);
      await rightBodies(finder, call);
      await pages(finder, call);
      const report = finder.report();
      if (report !== undefined) expect.fail(report);
    },
  );
});

test("a path takes the methods that the document declares and refuses any other with those in Allow", async () => {
  // Other names of an operation too, and ids: `/accounts/import` is an `/accounts/{id}` for GET.
  const routes = definitions.flatMap(({ method, path, alsoAt = [] }) =>
    [path, ...alsoAt].map((name) => ({ method: method.toUpperCase(), path: patternOf(name) })),
  );
  const byPath = Map.groupBy(document.operations, ({ path }) => path);
  for (const [path, operations] of byPath) {
    const url = `/api/v1${path.replaceAll("{companyId}", elsewhere.entityId).replace(/\{\w+\}/g, crypto.randomUUID())}`;
    const declared = operations.map(({ method }) => method);
    const isTaken = (method: string) => routes.some((route) => route.method === method && route.path.test(path));
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter((other) => !isTaken(other))) {
      const answer = await request(method, url, { "x-api-key": elsewhere.api.key });
      expect([method, url, answer.status, answer.body?.error?.code]).toEqual([method, url, 405, "METHOD_NOT_ALLOWED"]);
      expect(answer.headers.get("allow")?.split(", ")).toEqual(expect.arrayContaining(declared));
    }
    const preflight = await request("OPTIONS", url, { origin: "https://app.example.com", "access-control-request-method": "GET" });
    expect([url, preflight.status]).toEqual([url, 204]);
  }
});

function patternOf(path: string): RegExp {
  return new RegExp(`^(?:/companies/{companyId})?${path.replace(/\{\w+\}/g, "[^/]+")}$`);
}

function permissionOf(operation: Operation) {
  const definition = definitions.find(({ operationId }) => operationId === operation.operationId);
  if (definition === undefined) throw new Error(`${operation.operationId} is documented and not mounted`);
  return definition.permission;
}

/** A call that nothing stands in the way of: what a POST or DELETE works on may be used up by the one before. */
async function unusedCall(finder: Finder, call: Call): Promise<Call> {
  const { method } = finder.operation;
  return method === "POST" || method === "DELETE" ? validCall(finder.stage, finder.operation) : call;
}

function takes(operation: Operation, header: string): boolean {
  return operation.parameters.some(({ name }) => name === header);
}

function isBelowCompany(operation: Operation): boolean {
  return operation.path.startsWith("/companies/{companyId}/");
}

function withQuery(call: Call, name: string, ...values: string[]): Call {
  return { ...call, query: [...call.query.filter(([known]) => known !== name), ...values.map((value) => [name, value] as const)] };
}

function withHeaders(call: Call, headers: Call["headers"]): Call {
  return { ...call, headers: { ...call.headers, ...headers } };
}

function shown(value: string): string {
  return value.length > 30 ? `of ${value.length} characters` : JSON.stringify(value);
}

/** The same request twice under one idempotency key, after one that was refused as invalid and so left the key free. */
async function sentTwice(finder: Finder): Promise<void> {
  const { operation, stage } = finder;
  if (!takes(operation, "Idempotency-Key") || endingTheirCaller.has(operation.operationId)) return;
  const call = withHeaders(await validCall(stage, operation), { "idempotency-key": crypto.randomUUID() });
  await finder.mustRefuse([{ name: "refused under the key", call: withQuery(call, "surprise", "1") }], 400);
  const once: Attempt = { name: "once", call };
  const first = await finder.mustTake(once);
  if (first.headers.has("x-idempotent-replayed")) finder.note(once, first, "it repeats what never was");
  const before = await stateOf(stage.siteId);
  const again: Attempt = { name: "the same again", call };
  const second = await finder.answerTo(again);
  if (second.text !== first.text) finder.note(again, second, `it has to answer the same bytes as at first: ${first.text.slice(0, 400)}`);
  if (second.status !== 200 || second.headers.get("x-idempotent-replayed") !== "true")
    finder.note(again, second, "it has to say that it repeats");
  const changes = changesBetween(before, await stateOf(stage.siteId));
  if (changes.length > 0) finder.note(again, second, `it repeats and changed ${changes.join(", ")}`);
}

async function wrongParameters(finder: Finder, call: Call): Promise<void> {
  const { operation, stage } = finder;
  const wrong = wrongCases(operation).map(
    ({ parameter: { name }, text }): Attempt => ({ name: `the parameter ${name} is ${shown(text)}`, call: withQuery(call, name, text) }),
  );
  const twice = exampleCases(document, stage, operation).map(
    ({ parameter: { name }, text }): Attempt => ({ name: `the parameter ${name} is there twice`, call: withQuery(call, name, text, text) }),
  );
  const missing = call.query.map(([name]): Attempt => ({ name: `the parameter ${name} is missing`, call: withQuery(call, name) }));
  const unknown: Attempt = { name: "a parameter that nobody knows", call: withQuery(call, "surprise", "1") };
  const problem: Attempt = { name: "the same for RFC 9457", call: withHeaders(unknown.call, { accept: "application/problem+json" }) };
  await finder.mustRefuse([unknown, problem, ...wrong, ...twice, ...missing], 400);
}

const noBodies: readonly (readonly [string, string])[] = [
  ["broken JSON", '{"a":'],
  ["no JSON", "a=1"],
  ["empty", ""],
  ["two values", "{} {}"],
  ["a list", "[]"],
  ["null", "null"],
  ["a text", '"x"'],
  ["a number", "1"],
  ["lists in lists", "[".repeat(8_000) + "]".repeat(8_000)],
  ["objects in objects", `${'{"a":'.repeat(2_700)}1${"}".repeat(2_700)}`],
  ["__proto__", '{"__proto__":{"a":1}}'],
];

async function wrongBodies(finder: Finder, call: Call): Promise<void> {
  const { operation, stage } = finder;
  const { body } = operation;
  if (body === undefined) return;
  // No body at all is one where the document says that it may be left out.
  const texts = noBodies
    .filter(([, text]) => text !== "" || body.required)
    .map(([what, text]): Attempt => ({ name: `the body is ${what}`, call: { ...call, text } }));
  const faults = (await templatesOf(stage, operation))
    .flatMap((template) => faultCases(describing(stage), body.schema, filled(template)))
    .map(({ name, value }): Attempt => ({ name, call: { ...call, body: value } }));
  await finder.mustRefuse([...texts, ...faults], 400);
}

async function wrongHeaders(finder: Finder, call: Call): Promise<void> {
  const { operation, stage } = finder;
  if (takes(operation, "Idempotency-Key")) {
    const keys = ["", "x".repeat(256), "tab\tinside"];
    const wrong = keys.map(
      (key): Attempt => ({ name: `Idempotency-Key is ${shown(key)}`, call: withHeaders(call, { "idempotency-key": key }) }),
    );
    const isRequired = operation.parameters.some(({ name, required }) => name === "Idempotency-Key" && required);
    const missing: Attempt = { name: "Idempotency-Key is missing", call: withHeaders(call, { "idempotency-key": null }) };
    await finder.mustRefuse([...wrong, ...(isRequired ? [missing] : [])], 400);
  }
  if (operation.body) {
    const types = ["text/plain", "application/xml", "application/json; charset=latin1", "multipart/form-data; boundary=x"];
    const wrong = types.map((type): Attempt => ({ name: `Content-Type ${type}`, call: withHeaders(call, { "content-type": type }) }));
    await finder.mustRefuse([...wrong, { name: "Content-Encoding gzip", call: withHeaders(call, { "content-encoding": "gzip" }) }], 415);
  }
  if (takes(operation, "If-Match")) {
    const tags = ['"9007199254740991"', "no tag", '""'];
    await finder.mustRefuse(
      tags.map((tag) => ({ name: `If-Match ${tag}`, call: withHeaders(call, { "if-match": tag }) })),
      412,
    );
    const unused = await unusedCall(finder, call);
    const changed = await finder.mustTake({ name: "If-Match *", call: withHeaders(unused, { "if-match": "*" }) });
    // What is done once has no next version: another one is in its first.
    const isOnce = operation.method === "POST";
    const tag = isOnce ? '"1"' : changed.headers.get("etag");
    const again = isOnce ? await unusedCall(finder, call) : unused;
    await finder.mustTake({ name: "If-Match as told", call: withHeaders(again, { "if-match": tag }) });
  }
  if (isBelowCompany(operation)) {
    const other = withHeaders(call, { "x-organization-id": stage.otherEntityId });
    await finder.mustRefuse([{ name: "x-organization-id names another company", call: other }], 400);
  }
}

/** Ids that nobody has, that cannot be one, and that another site has. */
async function wrongIds(finder: Finder, call: Call): Promise<void> {
  const { operation, stage } = finder;
  const theirs = await validCall(elsewhere, operation);
  const inPath = Object.keys(call.path).flatMap((name) =>
    (
      [
        ["nobody's", crypto.randomUUID()],
        ["malformed", "not-an-id"],
        ["too long", "0".repeat(300)],
        ["another site's", theirs.path[name] ?? ""],
      ] as const
    ).map(([whose, id]): Attempt => ({ name: `${name} in the path is ${whose}`, call: { ...call, path: { ...call.path, [name]: id } } })),
  );
  await finder.mustRefuse(inPath, 404);
  const { body } = operation;
  if (body === undefined || answeringEach.has(operation.operationId)) return;
  const text = textOf(call) ?? "";
  const swaps = [
    [stage.entityId, elsewhere.entityId],
    [stage.ledgerId, elsewhere.ledgerId],
    [stage.accountId, elsewhere.accountId],
  ] as const;
  const another = swaps
    .filter(([mine]) => text.includes(mine))
    .map(
      ([mine, their]): Attempt => ({
        name: `${mine} in the body is another site's`,
        call: { ...call, text: text.replaceAll(mine, their) },
      }),
    );
  const nobodys = unknownIdCases(describing(stage), body.schema, call.body, unreadIds).map(
    ({ name, value }): Attempt => ({ name, call: { ...call, body: value } }),
  );
  await finder.mustRefuse([...another, ...nobodys]);
}

/** Whether a call names something of the stage's company. */
function namesBooks(call: Call, stage: Stage): boolean {
  const text = `${JSON.stringify([call.query, call.headers])} ${textOf(call) ?? ""}`;
  return call.namesBooks || [stage.entityId, stage.ledgerId, stage.accountId].some((id) => text.includes(id));
}

/** Who else may send the call, beside a service that is OWNER. */
const everyone = [
  ...roles.slice(1).map((role) => ["service", role] as const),
  ["person", "APPROVER"],
  ["agent", "PREPARER"],
  ["agent", "REVIEWER"],
] as const;

const keys = new Map<string, Api>();

async function keyOf({ site, siteId, api }: Stage, kind: string, role: Role): Promise<Api> {
  const name = `${siteId} ${kind} ${role}`;
  const key = keys.get(name) ?? (kind === "person" ? await personAt(site, role) : await newKey(api, { kind, role })).api;
  keys.set(name, key);
  return key;
}

async function byEveryone(finder: Finder, given: Call): Promise<void> {
  const { operation, stage } = finder;
  const permission = permissionOf(operation);
  if (permission === "public") return;
  const allowed: Attempt[] = [];
  const denied: Attempt[] = [];
  for (const [kind, role] of everyone) {
    const attempt = { name: `as ${kind} ${role}`, by: await keyOf(stage, kind, role) };
    if (may(role, permission)) allowed.push({ ...attempt, call: await unusedCall(finder, given) });
    else denied.push({ ...attempt, call: given });
  }
  await finder.mustRefuse(denied, 403);
  await finder.mayTake(allowed);
  const call = await unusedCall(finder, given);
  const revoked = await newKey(stage.api, { role: "OWNER" });
  await revokeKey(stage.api, revoked.tokenId);
  await finder.mustRefuse(
    [
      { name: "without a key", call, key: "none" },
      { name: "with a revoked key", call, by: revoked.api, key: "dead" },
    ],
    401,
  );
  const restricted: Attempt = { name: "with the key of another company", call, by: stage.restricted };
  if (namesBooks(call, stage)) await finder.mustRefuse([restricted], 403, 404, 422);
  else {
    const answer = await finder.answerTo(restricted);
    const told = [stage.entityId, stage.ledgerId, stage.accountId].filter((id) => answer.text.includes(id));
    if (told.length > 0) finder.note(restricted, answer, "it tells of a company that the key does not reach");
  }
  const stranger: Attempt = { name: "with another site's key", call, by: elsewhere.api };
  if (Object.keys(call.path).length > 0) await finder.mustRefuse([stranger], 404);
  else if (namesBooks(call, stage)) await finder.mustRefuse([stranger]);
}

async function underOtherPaths(finder: Finder, given: Call): Promise<void> {
  const { operation, stage } = finder;
  if (operation.method === "GET") await finder.mustTake({ name: "HEAD", call: given, method: "HEAD" });
  if (operation.isPublic) return;
  const under = async (prefix: string, call?: Call) => {
    const sent = call ?? (await unusedCall(finder, given));
    return { name: `under ${prefix}`, call: sent, url: urlOf(sent, prefix) };
  };
  for (const prefix of [
    "/v2/ledger/api/v1",
    "/v2/balances/api/v1",
    `/api/v1/sites/${stage.siteId}`,
    `/v2/event-service/api/v1/sites/${stage.siteId}`,
  ])
    await finder.mustTake(await under(prefix));
  await finder.mustRefuse([await under(`/api/v1/sites/${elsewhere.siteId}`, given)], 404);
  if (isBelowCompany(operation)) {
    const call = withHeaders(await unusedCall(finder, given), { "x-organization-id": stage.entityId });
    const url = urlOf(call).replace(`/companies/${stage.entityId}`, "");
    await finder.mustTake({ name: "with the company in a header", call, url });
  } else await finder.mayTake([await under(`/api/v1/companies/${stage.entityId}`)]);
}

async function rightParameters(finder: Finder, given: Call): Promise<void> {
  const { operation, stage } = finder;
  for (const { parameter, text } of exampleCases(document, stage, operation)) {
    const beside = queryBeside[operation.operationId]?.[parameter.name] ?? [];
    const own = await unusedCall(finder, given);
    const call = withQuery({ ...own, query: [...own.query, ...beside] }, parameter.name, text);
    await finder.mustTake({ name: `the parameter ${parameter.name} is as in its example, ${shown(text)}`, call });
  }
  const attempts: Attempt[] = [];
  for (const { parameter, text } of rightCases(operation)) {
    const call = withQuery(await unusedCall(finder, given), parameter.name, text);
    attempts.push({ name: `the parameter ${parameter.name} is ${shown(text)}`, call });
  }
  await finder.mayTake(attempts);
}

const bodiesOfSeed = 5;

async function rightBodies(finder: Finder, given: Call): Promise<void> {
  const { operation, stage } = finder;
  const { body } = operation;
  if (body === undefined) return;
  const attempts: Attempt[] = [];
  const templates = await templatesOf(stage, operation);
  for (const template of templates.slice(1)) {
    const call = { ...(await unusedCall(finder, given)), body: filled(template) };
    await finder.mustTake({ name: "another valid body", call });
  }
  for (const { name, value } of templates.flatMap((template) => validCases(describing(stage), body.schema, template)))
    attempts.push({ name, call: { ...(await unusedCall(finder, given)), body: filled(value) } });
  for (const [at, value] of fc.sample(bodiesOf(document, body.schema), { seed, numRuns: bodiesOfSeed }).entries())
    attempts.push({ name: `body ${at + 1} of the seed`, call: { ...(await unusedCall(finder, given)), body: value } });
  const call = await unusedCall(finder, given);
  // RFC 8259 §4 leaves open what a name given twice means.
  attempts.push({ name: "a name twice", call: { ...call, text: (textOf(call) ?? "").replace(/^\{("[^"]+"):/, "{$1:null,$1:") } });
  await finder.mayTake(attempts);
}

/** A page of one item, and the one after it. */
async function pages(finder: Finder, call: Call): Promise<void> {
  if (!takes(finder.operation, "cursor")) return;
  const short = withQuery(call, "limit", "1");
  const first = await finder.mustTake({ name: "the first page", call: short });
  const { nextCursor } = first.body;
  if (typeof nextCursor === "string") await finder.mustTake({ name: "the second page", call: withQuery(short, "cursor", nextCursor) });
}
