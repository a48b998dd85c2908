import { beforeAll, describe, expect, test } from "vitest";
import { type Operation, readDocument } from "../support/contract/api-document.ts";
import { idPlaces } from "../support/contract/schema-cases.ts";
import { stateOf } from "../support/contract/site-state.ts";
import { describing, filled, newStage, send, templatesOf, validCall } from "../support/contract/stage.ts";
import type { Call, Stage } from "../support/contract/stage-part.ts";
import "../../src/index.ts";

const document = await readDocument();
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Another firm's site, which has one of everything that the API makes. */
let elsewhere: Stage;
/** An id of each kind that exists there, by what it is of. */
let foreign: ReadonlyMap<string, string>;
/** Every id that its own answers tell. */
let theirs: ReadonlySet<string>;
/** Whoever reads with foreign ids: reading leaves nothing behind. */
let library: Stage;

beforeAll(async () => {
  elsewhere = await newStage(document);
  library = await newStage(document);
  const kinds = new Map<string, string>();
  const told = new Set<string>();
  for (const operation of document.operations) {
    if (operation.isPublic) continue;
    const call = await validCall(elsewhere, operation);
    for (const id of Object.values(call.path)) if (id !== elsewhere.siteId) kinds.set(operation.path, id);
    const answer = await send(call, call.by ?? elsewhere.api);
    // A reset is of a sandbox, and this is none.
    expect([200, 201, 202, 204, 403], `${operation.operationId}: ${answer.text}`).toContain(answer.status);
    const found = answer.text.match(uuid) ?? [];
    const { id } = (answer.body ?? {}) as { readonly id?: string };
    if (operation.method === "POST" && id !== undefined) kinds.set(operation.path, id);
    for (const one of found) told.add(one);
  }
  kinds.set("the entity", elsewhere.entityId);
  kinds.set("the ledger", elsewhere.ledgerId);
  kinds.set("the account", elsewhere.accountId);
  kinds.set("the site", elsewhere.siteId);
  foreign = new Map([...kinds].filter(([, id], place, all) => all.findIndex(([, other]) => other === id) === place));
  theirs = new Set([...told, ...kinds.values()]);
}, 120_000);

/** A place of an operation's call where an id stands: of its path, its query, a header or its body. */
interface Place {
  readonly name: string;
  readonly isPath: boolean;
  readonly with: (id: string) => Call;
}

async function placesOf(stage: Stage, operation: Operation): Promise<Place[]> {
  const call = await validCall(stage, operation);
  const places = Object.keys(call.path).map(
    (name): Place => ({ name: `{${name}}`, isPath: true, with: (id) => ({ ...call, path: { ...call.path, [name]: id } }) }),
  );
  for (const { name, in: part, schema } of operation.parameters) {
    const { format, items = {} } = document.plain(schema);
    const isId = format === "uuid" || document.plain(items).format === "uuid" || /Ids?$/.test(name);
    const others = call.query.filter(([known]) => known !== name);
    if (part === "query" && isId) places.push({ name, isPath: false, with: (id) => ({ ...call, query: [...others, [name, id]] }) });
    if (name === "x-organization-id")
      places.push({ name, isPath: false, with: (id) => ({ ...call, headers: { ...call.headers, [name]: id } }) });
  }
  const { body } = operation;
  if (body === undefined) return places;
  for (const template of await templatesOf(stage, operation))
    for (const { pointer, wrap } of idPlaces(describing(stage), body.schema, template))
      places.push({ name: pointer, isPath: false, with: (id) => ({ ...call, body: filled(wrap(id)) }) });
  return places;
}

describe("another site's ids", () => {
  test.each(document.operations.filter(({ isPublic }) => !isPublic).map((operation) => [operation.operationId, operation] as const))(
    "tell nothing and change nothing, wherever %s takes an id",
    async (_operationId, operation) => {
      const stage = operation.method === "GET" ? library : await newStage(document, operation.operationId);
      const places = await placesOf(stage, operation);
      const before = await stateOf(elsewhere.siteId);
      for (const place of places) {
        for (const [kind, id] of foreign) {
          const call = place.with(id);
          const answer = await send(call, call.by ?? stage.api);
          const what = `${operation.operationId}: the id of ${kind} in ${place.name}: ${answer.status} ${answer.text.slice(0, 300)}`;
          expect(answer.status, what).toBeLessThan(500);
          const told = (answer.text.match(uuid) ?? []).filter((one) => one !== id && theirs.has(one));
          expect(told, what).toEqual([]);
          // What the path names is there or is not.
          if (place.isPath) expect(answer.status, what).toBe(404);
        }
      }
      expect(await stateOf(elsewhere.siteId)).toEqual(before);
    },
  );
});
