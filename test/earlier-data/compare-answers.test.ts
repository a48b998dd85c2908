import assert from "node:assert/strict";
import { test } from "node:test";
import { differencesOf, type ExpectedDifference, unexpected } from "./compare-answers.ts";
import type { Answered } from "./exchange.ts";

const json = { "content-type": "application/json" };
const answered = (body: unknown, more: Partial<Answered> = {}): Answered => ({
  status: 200,
  headers: json,
  body: JSON.stringify(body),
  ...more,
});

function differences(was: Answered, is: Answered, path = "/api/v1/accounts") {
  const asked = { name: "accounts", method: "GET", path, headers: {} };
  return differencesOf({ asked, answered: was }, is).map(({ request: _request, ...difference }) => difference);
}

test("a value, a status and a header that changed are found at their places", () => {
  assert.deepEqual(differences(answered({ data: [{ code: "1" }] }), answered({ data: [{ code: "2" }] })), [
    { pointer: "/body/data/0/code", was: "1", is: "2" },
  ]);
  assert.deepEqual(differences(answered({}), answered({}, { headers: { ...json, etag: '"1"' } })), [
    { pointer: "/headers/etag", is: '"1"' },
  ]);
  assert.deepEqual(differences(answered({ a: 1, b: 2 }), answered({ c: 3 }, { status: 409 })), [
    { pointer: "", was: { status: 200, headers: json, body: { a: 1, b: 2 } }, is: { status: 409, headers: json, body: { c: 3 } } },
  ]);
});

test("an item and a member that are new or gone are found", () => {
  assert.deepEqual(differences(answered({ data: [1], a: null }), answered({ data: [1, 2], "b/c": null })), [
    { pointer: "/body/data/1", is: 2 },
    { pointer: "/body/a", was: null },
    { pointer: "/body/b~1c", is: null },
  ]);
});

test("the same values in another order or spelling are a difference of the body", () => {
  const [was, is] = ['{"a":1,"b":2}', '{"b":2,"a":1}'];
  assert.deepEqual(differences({ ...answered({}), body: was }, { ...answered({}), body: is }), [{ pointer: "/body", was, is }]);
});

test("a request's id in an error may be another, but has to be there; in an entry it is the entry's", () => {
  const refused = (error: unknown) => answered({ error }, { status: 409 });
  assert.deepEqual(differences(refused({ requestId: "req_1" }), refused({ requestId: "req_2" })), []);
  assert.deepEqual(differences(refused({ requestId: "req_1" }), refused({})), [{ pointer: "/body/error/requestId", was: "req_1" }]);
  assert.deepEqual(differences(answered({ requestId: "req_1" }), answered({ requestId: "req_2" })), [
    { pointer: "/body/requestId", was: "req_1", is: "req_2" },
  ]);
});

test("a difference that is expected is listed once for all its places, and one that is not there is missing", () => {
  const found = [
    { request: "entries by date", pointer: "/body/data/0/purpose", is: null },
    { request: "entry", pointer: "/body/purpose", is: null },
    { request: "entry", pointer: "/body/status", was: "posted", is: "settled" },
  ];
  const purpose: ExpectedDifference = { request: "*", pointer: "/body/**/purpose", is: null, why: "Entries say their purpose." };
  assert.deepEqual(unexpected(found, [purpose]), { differences: found.slice(2), missing: [] });
  const inLists = { ...purpose, pointer: "/body/data/*/purpose", request: "entries*" };
  assert.deepEqual(unexpected(found, [inLists]), { differences: found.slice(1), missing: [] });
  const anyStatus = { request: "*", pointer: "/body/status", was: "*", is: "*", why: "Another word." };
  const unused = { ...purpose, pointer: "/body/reason" };
  assert.deepEqual(unexpected(found, [purpose, anyStatus, unused]), { differences: [], missing: [unused] });
  assert.deepEqual(unexpected(found, [{ ...purpose, is: "rent" }]), { differences: found, missing: [{ ...purpose, is: "rent" }] });
});
