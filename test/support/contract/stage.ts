/// <reference types="vite/types/importMeta.d.ts" />
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { type Answer, type Api, apiWith, newSite, request } from "../site.ts";
import type { ApiDocument, Operation } from "./api-document.ts";
import type { Describing } from "./schema-cases.ts";
import { type Call, type Hands, type Made, ownNumber, type Stage, type StagePart } from "./stage-part.ts";

/** What each feature has to say, of its own folder. */
const parts = Object.values(import.meta.glob<{ readonly part: StagePart }>("../../features/*/stage.ts", { eager: true })).map(
  ({ part }) => part,
);

function rowsOf<K extends "things" | "makers" | "bodies" | "queryBeside" | "callers">(kind: K): NonNullable<StagePart[K]> {
  // Each part's rows are of the kind's own type, which the entries of a union lose.
  return Object.assign({}, ...parts.map((part) => part[kind])) as NonNullable<StagePart[K]>;
}

function namesOf(kind: "unreadIds" | "answeringEach" | "endingTheirCaller" | "ofSandboxes"): ReadonlySet<string> {
  return new Set(parts.flatMap((part) => part[kind] ?? []));
}

const thingsByName = rowsOf("things");
const makers = rowsOf("makers");
const bodiesByOperation = rowsOf("bodies");
const callers = rowsOf("callers");
export const queryBeside = rowsOf("queryBeside");
export const unreadIds = namesOf("unreadIds");
export const answeringEach = namesOf("answeringEach");
export const endingTheirCaller = namesOf("endingTheirCaller");
const ofSandboxes = namesOf("ofSandboxes");

const hands: Hands = {
  make: makeBy,
  post: async ({ api }, path, body) => {
    const answer = await api.post(path, body, { "idempotency-key": crypto.randomUUID() });
    expect(answer.status, answer.text).toBeLessThan(300);
    writes += 1;
    return answer;
  },
  send: async (stage, operationId) => {
    const call = await validCall(stage, operationOf(stage, operationId));
    // What is public is sent without a key.
    return { call, answer: await send(call, stage.api) };
  },
};

function operationOf(stage: Stage, operationId: string): Operation {
  const operation = stage.document.operations.find((candidate) => candidate.operationId === operationId);
  if (operation === undefined) throw new Error(`there is no operation ${operationId}, which is to make something`);
  return operation;
}

/** Fields whose value belongs to one thing only: each call sends its own. */
const uniqueFields = new Set(["code", "key", "externalId", "email", "ownerEmail"]);
/** Fields that name a thing of the same body by such a value. */
const namingFields = new Set(["parentCode", "accountCode"]);

export async function newStage(document: ApiDocument, operationId?: string): Promise<Stage> {
  const site = await newSite(operationId !== undefined && ofSandboxes.has(operationId) ? "sandbox" : "live");
  const { api, siteId } = site;
  const [company, other] = [
    await api.post("/entities", { name: "Blue Bottle Ltd", functionalCurrency: "USD", chart: "us-small-business" }),
    await api.post("/entities", { name: "Red Kettle Ltd", functionalCurrency: "USD" }),
  ];
  const entityId = company.body.id;
  const accounts = await api.get(`/accounts?entityId=${entityId}&code=1010`);
  const { id: accountId, ledgerId } = accounts.body.data[0];
  for (const [date, amount] of [
    ["2026-05-31", 100],
    ["2026-06-08", 4299],
  ] as const) {
    const lines = [
      { accountCode: "6100", side: "debit", amount },
      { accountCode: "1010", side: "credit", amount },
    ];
    const posted = await api.post(`/companies/${entityId}/journal-entries`, { date, lines }, { "idempotency-key": crypto.randomUUID() });
    expect(posted.status).toBe(201);
  }
  const otherEntityId = other.body.id;
  const { api: restricted } = await newKey(api, { role: "ADMIN", entityIds: [otherEntityId] });
  return { document, site, api, siteId, entityId, ledgerId, accountId, otherEntityId, restricted };
}

/** Another key of the site, not limited in its requests. */
export async function newKey(
  owner: Api,
  fields: Readonly<Record<string, unknown>>,
): Promise<{ readonly api: Api; readonly tokenId: string }> {
  const issued = await owner.post("/tokens", { name: "a key of the test", ...fields });
  expect(issued.status, issued.text).toBe(201);
  writes += 1;
  await env.ACCESS.getByName(issued.body.id).setPlan(1_000_000);
  return { api: apiWith(issued.body.key), tokenId: issued.body.id };
}

export async function revokeKey(owner: Api, tokenId: string): Promise<void> {
  expect((await owner.delete(`/tokens/${tokenId}`)).status).toBe(204);
  writes += 1;
}

/** A valid call of the operation, on real things. What the path names is made for this call alone, unless its id is given. */
export async function validCall(stage: Stage, operation: Operation, id?: string): Promise<Call> {
  const path: Record<string, string> = {};
  let namesBooks = false;
  for (const parameter of operation.parameters.filter((candidate) => candidate.in === "path")) {
    const known = thingsByName[parameter.name]?.(stage);
    if (known === undefined) {
      const made = id === undefined ? await make(stage, operation, parameter.name) : { id, isOfBooks: true };
      path[parameter.name] = made.id;
      namesBooks ||= made.isOfBooks;
    } else {
      path[parameter.name] = String(known);
      namesBooks ||= parameter.name === "companyId";
    }
  }
  const needed = operation.parameters.filter((parameter) => parameter.in === "query" && parameter.required);
  const query = needed.map((parameter) => [parameter.name, String(realParameter(stage, parameter))] as const);
  const headers = operation.parameters.some((parameter) => parameter.name === "x-organization-id")
    ? { "x-organization-id": stage.entityId }
    : {};
  const by = await callers[operation.operationId]?.(stage, hands);
  const body = filled((await templatesOf(stage, operation))[0]);
  return { operation, path, query, headers, body, namesBooks, ...(by ? { by } : {}) };
}

/** How cases of a body are made in the stage: with real things where a field takes them. */
export function describing(stage: Stage): Describing {
  return { document: stage.document, known: (name) => thingsByName[name]?.(stage) };
}

export function realParameter(stage: Stage, parameter: Operation["parameters"][number]): unknown {
  return thingsByName[parameter.name]?.(stage) ?? parameter.example ?? parameter.schema.example ?? parameter.schema.default;
}

/** The bodies of valid calls, with the place of each call's own number still open. */
export async function templatesOf(stage: Stage, operation: Operation): Promise<readonly unknown[]> {
  if (operation.body === undefined) return [undefined];
  const given = new Set<string>();
  walk(operation.body.example, (name, value) => {
    if (uniqueFields.has(name)) given.add(value);
    return value;
  });
  const example = walk(real(stage, operation.body.example), (name, value) => {
    if (!given.has(value) || !(uniqueFields.has(name) || namingFields.has(name))) return value;
    return value.includes("@") ? `${ownNumber}.${value}` : `${value}-${ownNumber}`;
  });
  return bodiesByOperation[operation.operationId]?.(stage, example, hands) ?? [example];
}

/** The body as one call sends it. */
export function filled(template: unknown): unknown {
  calls += 1;
  return template === undefined ? undefined : JSON.parse(JSON.stringify(template).replaceAll(ownNumber, String(calls)));
}
let calls = 0;

function real(stage: Stage, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => real(stage, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, thingsByName[name]?.(stage) ?? real(stage, inner)]));
}

function walk(value: unknown, change: (name: string, text: string) => string, name = ""): unknown {
  if (typeof value === "string") return change(name, value);
  if (Array.isArray(value)) return value.map((item) => walk(item, change, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, change, key)]));
}

async function make(stage: Stage, operation: Operation, parameter: string): Promise<Made> {
  const collection = operation.path.slice(0, operation.path.indexOf(`/{${parameter}}`));
  const post = stage.document.operations.find(({ method, path }) => method === "POST" && path === collection);
  const steps = makers[operation.operationId] ?? makers[collection] ?? (post ? [post.operationId] : []);
  if (typeof steps === "function") return steps(stage, hands);
  if (steps.length === 0)
    throw new Error(`Nothing makes what ${operation.path} names: say it in stage.ts of its feature, in test/features`);
  const made = await makeBy(stage, steps);
  return collection === "/entities" ? { ...made, isOfBooks: true } : made;
}

/** Makes a thing by the operations, one after the other. */
async function makeBy(stage: Stage, [first, ...others]: readonly string[]): Promise<Made> {
  const step = async (operationId: string, id?: string) => {
    const answer = await send(await validCall(stage, operationOf(stage, operationId), id), stage.api);
    expect(answer.status, `${operationId} makes what another operation works on: ${answer.text}`).toBeLessThan(300);
    return answer;
  };
  const made = await step(first ?? "");
  const { id } = made.body;
  for (const operationId of others) await step(operationId, id);
  return { id, isOfBooks: [stage.entityId, stage.ledgerId].some((known) => made.text.includes(known)) };
}

export function urlOf(call: Call, prefix = "/api/v1"): string {
  const path = call.operation.path.replace(/\{(\w+)\}/g, (_, name: string) => call.path[name] ?? "");
  const query = call.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
  return `${prefix}${path}${query ? `?${query}` : ""}`;
}

/** What is sent, less what only this run knows: for the report of a failure. */
export function textOf(call: Call): string | undefined {
  return call.text ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
}

/** Sends the call with a key, or with none. A POST that takes an idempotency key has one of its own. */
export async function send(
  call: Call,
  api: Api | undefined,
  as: { readonly url?: string; readonly method?: string } = {},
): Promise<Answer> {
  const text = textOf(call);
  const takesKey = call.operation.parameters.some((parameter) => parameter.name === "Idempotency-Key");
  const headers: Record<string, string | null> = {
    // What needs no key is limited by address: every call has its own.
    "cf-connecting-ip": Array.from(crypto.getRandomValues(new Uint8Array(4))).join("."),
    ...(api && !call.operation.isPublic
      ? api.key.startsWith("ch_")
        ? { "x-api-key": api.key }
        : { authorization: `Bearer ${api.key}` }
      : {}),
    ...(text === undefined ? {} : { "content-type": "application/json" }),
    ...(takesKey ? { "idempotency-key": crypto.randomUUID() } : {}),
    ...call.headers,
  };
  const sent = Object.entries(headers).filter((header): header is [string, string] => header[1] !== null);
  const answer = await request(as.method ?? call.operation.method, as.url ?? urlOf(call), Object.fromEntries(sent), text);
  if (call.operation.method !== "GET" && answer.status < 400) writes += 1;
  return answer;
}

/** How many requests were taken so far that may have changed something. */
export function writesSent(): number {
  return writes;
}
let writes = 0;
