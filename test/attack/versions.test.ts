import { beforeAll, describe, expect, test } from "vitest";
import { newFirm, newUser, signIn } from "../support/people.ts";
import type { Answer, Api } from "../support/site.ts";
import { apiThrough, rounds, shutAt, toLedger } from "./support/gates.ts";

/** Nobody posts or hands in by its id alone what somebody else wrote last. */

interface Office {
  readonly owner: Api;
  readonly cem: Api;
  readonly ann: Api;
  readonly entityId: string;
}
let office: Office;

beforeAll(async () => {
  const firm = await newFirm();
  const made = await firm.live.api.post("/entities", { name: "Tide", functionalCurrency: "USD", chart: "us-small-business" });
  expect(made.status).toBe(201);
  const person = async (role: "APPROVER" | "PREPARER") => (await signIn((await newUser(firm, role)).email)).api;
  office = { owner: firm.live.api, cem: await person("PREPARER"), ann: await person("APPROVER"), entityId: made.body.id };
});

const lines = (amount: number) => [
  { accountCode: "6100", side: "debit", amount },
  { accountCode: "1010", side: "credit", amount },
];
const keep = async (api: Api) => {
  const kept = await api.post("/entries", { date: "2026-06-08", lines: lines(100) });
  expect(kept.status).toBe(201);
  return kept;
};
const edit = async (api: Api, of: Answer, amount = 99_900) => {
  const edited = await api.patch(`/journal-entries/${of.body.id}`, { lines: lines(amount) });
  expect(edited.status).toBe(200);
  return edited;
};
const read = (of: Answer) => office.owner.get(`/journal-entries/${of.body.id}`);
const required = (version: number) => ({
  status: 428,
  body: { error: { code: "VERSION_REQUIRED", retryable: false, details: [{ pointer: "/version", code: "VERSION_REQUIRED", version }] } },
});

describe.each(["post", "submit"] as const)("%s", (action) => {
  const reached = action === "post" ? "posted" : "pending_approval";
  const act = (api: Api, of: Answer, body?: object, headers: Record<string, string> = {}) =>
    api.send("POST", `/journal-entries/${of.body.id}/${action}`, { ...(body === undefined ? {} : { body }), headers });

  test("one's own needs no version, with or without a body", async () => {
    for (const body of [undefined, {}, { version: 1 }]) {
      const own = await keep(office.cem);
      expect(await act(office.cem, own, body)).toMatchObject({ status: 200, body: { status: reached } });
    }
  });

  test("no body has no type, whatever type the request says", async () => {
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "application/json-patch+json"]) {
      const own = await keep(office.cem);
      const said = { headers: { "content-type": type } };
      const path = `/journal-entries/${own.body.id}/${action}`;
      expect(await office.cem.send("POST", path, { text: '{"version":1}', ...said })).toMatchObject({ status: 415 });
      expect(await office.cem.send("POST", path, { text: "", ...said })).toMatchObject({ status: 200, body: { status: reached } });
    }
  });

  test("what somebody else wrote takes the version that was looked at, and is told which it is", async () => {
    const kept = await keep(office.cem);
    await edit(office.ann, kept);
    const before = await read(kept);
    for (const body of [undefined, {}]) expect(await act(office.cem, kept, body)).toMatchObject(required(2));
    expect((await read(kept)).text).toBe(before.text);
    expect(await act(office.cem, kept, { version: 2 })).toMatchObject({ status: 200, body: { status: reached } });
  });

  test("another's draft takes it from the first version on, from whichever principal", async () => {
    const kept = await keep(office.cem);
    for (const api of [office.ann, office.owner]) expect(await act(api, kept)).toMatchObject(required(1));
    expect(await act(office.ann, kept, undefined, { "if-match": '"1"' })).toMatchObject({ status: 200 });
  });

  test("a version that is past is refused as before: 409 from the body, 412 from If-Match", async () => {
    const kept = await keep(office.cem);
    await edit(office.ann, kept);
    expect(await act(office.cem, kept, { version: 1 })).toMatchObject({
      status: 409,
      body: { error: { code: "VERSION_STALE", details: [{ pointer: "/version", version: 2 }] } },
    });
    for (const etag of ['"1"', '"1", "7"', '"x"'])
      expect(await act(office.cem, kept, undefined, { "if-match": etag }), etag).toMatchObject({
        status: 412,
        body: { error: { code: "PRECONDITION_FAILED" } },
      });
    // Any version is none.
    expect(await act(office.cem, kept, undefined, { "if-match": "*" })).toMatchObject(required(2));
    // Two that differ cannot both be right.
    expect(await act(office.cem, kept, { version: 2 }, { "if-match": '"1"' })).toMatchObject({ status: 412 });
    expect(await act(office.cem, kept, { version: 1 }, { "if-match": '"2"' })).toMatchObject({ status: 412 });
    expect((await read(kept)).body.status).toBe("draft");
    expect(await act(office.cem, kept, { version: 2 }, { "if-match": '"1", "2"' })).toMatchObject({ status: 200 });
  });

  test("of several tags of If-Match one may be the present one", async () => {
    const kept = await keep(office.cem);
    await edit(office.ann, kept);
    expect(await act(office.cem, kept, undefined, { "if-match": '"1", "2"' })).toMatchObject({ status: 200 });
  });

  test.each([
    (id: string) => `/entries/${id}`,
    (id: string) => `/companies/${office.entityId}/journal-entries/${id}`,
    (id: string) => `/companies/${office.entityId}/entries/${id}`,
  ])("every alias asks for it (%#)", async (path) => {
    const kept = await keep(office.cem);
    await edit(office.ann, kept);
    expect(await office.cem.send("POST", `${path(kept.body.id)}/${action}`)).toMatchObject(required(2));
    expect(await office.cem.post(`${path(kept.body.id)}/${action}`, { version: 2 })).toMatchObject({ status: 200 });
  });

  test("a version that is none is malformed", async () => {
    const kept = await keep(office.cem);
    for (const version of [0, -1, 1.5, "1", null])
      expect(await act(office.cem, kept, { version })).toMatchObject({ status: 400, body: { error: { code: "VALIDATION_ERROR" } } });
    expect(await act(office.cem, kept, { versions: 1 })).toMatchObject({ status: 400 });
  });

  test("the refusal leaves the idempotency key free", async () => {
    const kept = await keep(office.cem);
    await edit(office.ann, kept);
    const key = { "idempotency-key": crypto.randomUUID() };
    expect(await act(office.cem, kept, undefined, key)).toMatchObject({ status: 428 });
    const done = await act(office.cem, kept, { version: 2 }, key);
    expect(done).toMatchObject({ status: 200 });
    expect((await act(office.cem, kept, { version: 2 }, key)).text).toBe(done.text);
  });

  test("ten rounds of an edit that arrives between the click and the ledger: what is posted was looked at", async () => {
    await rounds(async () => {
      const kept = await keep(office.owner);
      const shut = shutAt(toLedger("write"));
      const posting = act(apiThrough(shut.gate, office.owner), kept);
      await shut.reachedBy(posting);
      await edit(office.ann, kept);
      shut.open();
      expect(await posting).toMatchObject(required(2));
      expect((await read(kept)).body).toMatchObject({ status: "draft", lines: [{ amount: 99_900 }, { amount: 99_900 }] });
    });
  });
});

test("giving a draft back changes no word of it: its writer hands it in again as it is, another names the version", async () => {
  const kept = await keep(office.cem);
  expect((await office.cem.send("POST", `/journal-entries/${kept.body.id}/submit`)).status).toBe(200);
  expect((await office.ann.post(`/journal-entries/${kept.body.id}/reject`, { reason: "No receipt" })).status).toBe(200);
  expect(await office.ann.send("POST", `/journal-entries/${kept.body.id}/post`)).toMatchObject(required(3));
  expect((await office.cem.send("POST", `/journal-entries/${kept.body.id}/submit`)).status).toBe(200);
});

test("the version comes before the state while the draft is open, and after it where it is no draft any more", async () => {
  const kept = await keep(office.cem);
  expect((await office.cem.send("POST", `/journal-entries/${kept.body.id}/submit`)).status).toBe(200);
  expect(await office.ann.send("POST", `/journal-entries/${kept.body.id}/post`)).toMatchObject(required(2));
  const state = { status: 409, body: { error: { code: "ENTRY_STATE" } } };
  expect(await office.ann.post(`/journal-entries/${kept.body.id}/post`, { version: 2 })).toMatchObject(state);
  expect((await office.ann.post(`/journal-entries/${kept.body.id}/approve`, { version: 2 })).status).toBe(200);
  expect(await office.ann.send("POST", `/journal-entries/${kept.body.id}/post`)).toMatchObject(state);
});
