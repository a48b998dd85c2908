import { beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../../../src/kernel/role.ts";
import { newBooks } from "../../support/books.ts";
import { personAt } from "../../support/people.ts";
import type { Answer, Api } from "../../support/site.ts";

type Policy = "none" | "required" | "four_eyes";

interface Office {
  readonly owner: Api;
  readonly approver: Api;
  readonly otherApprover: Api;
  readonly preparer: Api;
  readonly reviewer: Api;
  readonly agent: Api;
  readonly entityId: string;
}

/** A company with books, whose people work under a policy. */
async function office(policy: Policy): Promise<Office> {
  const { api: owner, entityId, site } = await newBooks();
  const changed = await owner.patch(`/entities/${entityId}`, { approvalPolicy: policy });
  expect(changed.body).toMatchObject({ approvalPolicy: policy });
  const person = async (role: Role, name: string) => (await personAt(site, role, name)).api;
  return {
    owner,
    entityId,
    approver: await person("APPROVER", "Ann"),
    otherApprover: await person("APPROVER", "Ben"),
    preparer: await person("PREPARER", "Cem"),
    reviewer: await person("REVIEWER", "Dee"),
    agent: await owner.withRole("PREPARER", { name: "Robot", kind: "agent" }),
  };
}

const supplies = (more: object = {}) => ({
  date: "2026-06-08",
  description: "Office supplies",
  lines: [
    { accountCode: "6000", side: "debit", amount: 4299 },
    { accountCode: "1000", side: "credit", amount: 4299, memo: "card 4417" },
  ],
  ...more,
});
const key = () => ({ "idempotency-key": crypto.randomUUID() });
const post = (api: Api, more: object = {}) => api.post("/journal-entries", supplies(more), key());
const draft = (api: Api, more: object = {}) => api.post("/entries", supplies(more));
const act = (api: Api, of: Answer, action: string, body?: object) =>
  body === undefined
    ? api.send("POST", `/journal-entries/${of.body.id}/${action}`)
    : api.post(`/journal-entries/${of.body.id}/${action}`, body);
const approve = (api: Api, of: Answer, version = 1) => act(api, of, "approve", { version });
const read = (api: Api, of: Answer) => api.get(`/journal-entries/${of.body.id}`);
async function bankBalance(api: Api) {
  const accounts = await api.get("/accounts?code=1000");
  return (await api.get(`/accounts/${accounts.body.data[0].id}/balance`)).body.balance;
}

describe("who posts at once and whose entries wait", () => {
  const expected: Record<Policy, Record<string, number>> = {
    none: { owner: 201, approver: 201, preparer: 201, reviewer: 403, agent: 202 },
    required: { owner: 201, approver: 201, preparer: 202, reviewer: 403, agent: 202 },
    four_eyes: { owner: 202, approver: 202, preparer: 202, reviewer: 403, agent: 202 },
  };

  test.each(Object.keys(expected) as Policy[])("under the policy %s", async (policy) => {
    const people = await office(policy);
    for (const [who, status] of Object.entries(expected[policy])) {
      const api = people[who as keyof Office] as Api;
      const answer = await post(api);
      expect(answer.status, who).toBe(status);
      if (status === 403) continue;
      const isPosted = status === 201;
      expect(answer.body, who).toMatchObject({
        status: isPosted ? "posted" : "pending_approval",
        seal: isPosted ? expect.any(String) : null,
      });
      const batch = await api.post("/journal-entries/batch", { mode: "atomic", entries: [supplies(), supplies()] }, key());
      expect(batch.status, who).toBe(status);
      expect(batch.body.data.map((entry: { status: string }) => entry.status)).toEqual(Array(2).fill(answer.body.status));
    }
  });

  test("an entry that waits moves nothing until it is approved, and then posts under the id that it had", async () => {
    const { preparer, approver, owner } = await office("required");
    const pending = await post(preparer, { externalId: "po-77" });
    expect(pending.headers.get("location")).toBe(`/api/v1/journal-entries/${pending.body.id}`);
    expect(pending.body).toMatchObject({
      journalEntryId: pending.body.id,
      approval: { version: 1, approvedBy: null, preparedBy: [{ kind: "person" }] },
      lines: [{ accountCode: "6000", balanceAfter: null, accountVersion: null }, { memo: "card 4417" }],
    });
    expect(await bankBalance(owner)).toBe(0);
    const approved = await approve(approver, pending);
    expect(approved).toMatchObject({
      status: 200,
      body: { id: pending.body.id, status: "posted", externalId: "po-77", approval: { version: 1, approvedBy: { kind: "person" } } },
    });
    expect(approved.body.sequence).toBeGreaterThan(pending.body.sequence);
    expect(approved.body.approval.approvedBy).not.toEqual(approved.body.approval.preparedBy[0]);
    expect((await read(owner, pending)).body).toEqual(approved.body);
    expect(await bankBalance(owner)).toBe(-4299);
    const lines = await owner.get("/journal-lines?limit=1");
    expect(lines.body.data[0].journalEntryId).toBe(pending.body.id);
    // The address of the fact that posted it is nobody's id.
    const { id } = approved.body;
    const own = `${id.slice(0, -6)}${approved.body.sequence.toString(16).padStart(6, "0")}`;
    expect((await owner.get(`/journal-entries/${own}`)).status).toBe(404);
  });

  test("sent again by its externalId, what waits is there once; with other content it is refused", async () => {
    const { preparer, owner } = await office("required");
    const pending = await post(preparer, { externalId: "po-77" });
    expect(await post(preparer, { externalId: "po-77" })).toMatchObject({
      status: 200,
      body: { id: pending.body.id, status: "pending_approval" },
    });
    expect(await post(owner, { externalId: "po-77", description: "Another" })).toMatchObject({
      status: 409,
      body: { error: { code: "EXTERNAL_ID_TAKEN", details: [{ entryId: pending.body.id }] } },
    });
    const twice = await preparer.post("/journal-entries", supplies({ externalId: "po-78" }), { "idempotency-key": "k-78" });
    const again = await preparer.post("/journal-entries", supplies({ externalId: "po-78" }), { "idempotency-key": "k-78" });
    expect([again.status, again.text, again.headers.get("x-original-status")]).toEqual([200, twice.text, "202"]);
  });

  test("a dry run tells that it would wait", async () => {
    const { preparer } = await office("required");
    expect(await preparer.post("/journal-entries/validate", supplies())).toMatchObject({
      status: 200,
      body: { status: "pending_approval" },
    });
    expect((await preparer.get("/journal-entries")).body.totalCount).toBe(0);
  });
});

describe("four eyes", () => {
  test("nobody approves what they prepared, through whichever key", async () => {
    const { approver, otherApprover } = await office("four_eyes");
    const pending = await post(approver);
    expect(await approve(approver, pending)).toMatchObject({ status: 403, body: { error: { code: "SELF_APPROVAL" } } });
    expect(await approve(otherApprover, pending)).toMatchObject({ status: 200, body: { status: "posted" } });
  });

  test("everyone who wrote a version is one of its preparers", async () => {
    const { owner, approver, otherApprover, preparer } = await office("four_eyes");
    const kept = await draft(preparer);
    expect(await otherApprover.patch(`/journal-entries/${kept.body.id}`, { description: "Paper" })).toMatchObject({
      status: 200,
      body: { description: "Paper", approval: { version: 2, preparedBy: [{}, {}] } },
    });
    await act(preparer, kept, "submit", { version: 2 });
    expect(await approve(otherApprover, kept, 3)).toMatchObject({ status: 403, body: { error: { code: "SELF_APPROVAL" } } });
    expect(await approve(approver, kept, 3)).toMatchObject({ status: 200 });
    expect((await read(owner, kept)).body.approval.preparedBy).toHaveLength(2);
  });

  test("reversing waits too, and reverses when it is approved", async () => {
    const { owner, approver, otherApprover } = await office("four_eyes");
    const pending = await post(approver);
    await approve(otherApprover, pending);
    const reversal = await act(approver, pending, "reverse", { date: "2026-07-01", reason: "Accrual" });
    expect(reversal).toMatchObject({ status: 202, body: { status: "pending_approval", reversalOf: pending.body.id, date: "2026-07-01" } });
    expect((await read(owner, pending)).body.status).toBe("posted");
    const twice = await act(owner, pending, "void", { reason: "Twice" });
    expect(await approve(otherApprover, reversal)).toMatchObject({ status: 200, body: { status: "posted", reversalOf: pending.body.id } });
    expect((await read(owner, pending)).body).toMatchObject({ status: "reversed", reversedBy: reversal.body.id });
    expect(await approve(otherApprover, twice)).toMatchObject({ status: 409, body: { error: { code: "ALREADY_REVERSED" } } });
  });
});

test("what an agent prepared is approved by a person, not by a service", async () => {
  const { owner, approver, agent } = await office("none");
  const pending = await post(agent);
  expect(await approve(owner, pending)).toMatchObject({ status: 403, body: { error: { code: "PERSON_REQUIRED" } } });
  expect(await approve(approver, pending)).toMatchObject({ status: 200, body: { approval: { preparedBy: [{ kind: "agent" }] } } });
  const kept = await draft(agent);
  expect(await act(agent, kept, "post")).toMatchObject({ status: 403, body: { error: { code: "APPROVAL_REQUIRED" } } });
});

describe("the states of an entry", () => {
  /** Brings a fresh entry into a state. */
  const into: Record<string, (people: Office) => Promise<Answer>> = {
    draft: ({ preparer }) => draft(preparer),
    pending_approval: async ({ preparer }) => {
      const kept = await draft(preparer);
      await act(preparer, kept, "submit");
      return kept;
    },
    posted: ({ owner }) => post(owner),
    "posted draft": async ({ owner }) => {
      const kept = await draft(owner);
      await act(owner, kept, "post");
      return kept;
    },
    voided: async ({ preparer }) => {
      const kept = await draft(preparer);
      await act(preparer, kept, "void", { reason: "Not needed" });
      return kept;
    },
  };
  const actions: Record<string, (people: Office, of: Answer) => Promise<Answer>> = {
    edit: ({ preparer }, of) => preparer.patch(`/journal-entries/${of.body.id}`, { description: "Changed" }),
    submit: ({ preparer }, of) => act(preparer, of, "submit"),
    post: ({ preparer }, of) => act(preparer, of, "post"),
    approve: async ({ approver, owner }, of) => approve(approver, of, (await read(owner, of)).body.approval?.version ?? 1),
    reject: ({ approver }, of) => act(approver, of, "reject", { reason: "No receipt" }),
    void: ({ approver }, of) => act(approver, of, "void", { reason: "A mistake" }),
    reverse: ({ approver }, of) => act(approver, of, "reverse", { date: "2026-07-01", reason: "Accrual" }),
  };
  const table: Record<string, Record<string, string>> = {
    draft: { edit: "draft", submit: "pending_approval", post: "posted", approve: "409", reject: "409", void: "voided", reverse: "409" },
    pending_approval: { edit: "409", submit: "409", post: "409", approve: "posted", reject: "draft", void: "409", reverse: "409" },
    posted: { edit: "409", submit: "409", post: "409", approve: "409", reject: "409", void: "voided", reverse: "reversed" },
    "posted draft": { edit: "409", submit: "409", post: "409", approve: "409", reject: "409", void: "voided", reverse: "reversed" },
    voided: { edit: "409", submit: "409", post: "409", approve: "409", reject: "409", void: "409", reverse: "409" },
  };
  let people: Office;
  beforeAll(async () => {
    people = await office("none");
  });

  const cases = Object.entries(table).flatMap(([state, row]) =>
    Object.entries(row).map(([action, outcome]) => ({ state, action, outcome })),
  );
  test.each(cases)("$state, $action: $outcome", async ({ state, action, outcome }) => {
    const entry = await (into[state] as (typeof into)[string])(people);
    const before = (await read(people.owner, entry)).text;
    const answer = await (actions[action] as (typeof actions)[string])(people, entry);
    const after = await read(people.owner, entry);
    if (outcome === "409") {
      expect(answer).toMatchObject({ status: 409, body: { error: { code: "ENTRY_STATE", details: [{ allowed: expect.any(Array) }] } } });
      expect(after.text).toBe(before);
    } else {
      expect(answer.status).toBeLessThan(300);
      expect(after.body.status).toBe(outcome);
    }
  });

  test("taking a posted entry back takes an APPROVER, letting a draft go a PREPARER", async () => {
    const posted = await post(people.owner);
    expect(await act(people.preparer, posted, "void", { reason: "x" })).toMatchObject({
      status: 403,
      body: { error: { code: "FORBIDDEN" } },
    });
    const kept = await draft(people.preparer);
    expect(await act(people.preparer, kept, "void", { reason: "Not needed" })).toMatchObject({
      status: 200,
      body: { status: "voided", approval: { reason: "Not needed" } },
    });
    for (const action of ["approve", "reject"])
      expect((await act(people.preparer, kept, action, action === "approve" ? { version: 1 } : { reason: "x" })).status).toBe(403);
  });
});

describe("a draft", () => {
  let people: Office;
  beforeAll(async () => {
    people = await office("required");
  });

  test("may be unbalanced and without lines until it is submitted", async () => {
    const kept = await people.preparer.post("/entries", { date: "2026-06-08" });
    expect(kept).toMatchObject({ status: 201, body: { status: "draft", lines: [] } });
    expect(await act(people.preparer, kept, "submit")).toMatchObject({ status: 422, body: { error: { code: "ENTRY_UNBALANCED" } } });
    const lopsided = [
      { accountCode: "6000", side: "debit", amount: 5 },
      { accountCode: "1000", side: "credit", amount: 4 },
    ];
    expect((await people.preparer.patch(`/entries/${kept.body.id}`, { lines: lopsided })).status).toBe(200);
    expect(await act(people.preparer, kept, "submit")).toMatchObject({ status: 422, body: { error: { code: "ENTRY_UNBALANCED" } } });
    const lines = [...lopsided.slice(0, 1), { accountCode: "1000", side: "credit", amount: 5 }];
    expect(await people.preparer.patch(`/entries/${kept.body.id}`, { lines })).toMatchObject({
      status: 200,
      body: { approval: { version: 3 } },
    });
    expect(await act(people.preparer, kept, "submit")).toMatchObject({
      status: 200,
      body: { status: "pending_approval", approval: { version: 4 } },
    });
  });

  test("keeps what a change leaves out, and loses what it says is null", async () => {
    const kept = await draft(people.preparer, { reference: "r-1", metadata: { store: "114" }, externalId: "d-1" });
    const changed = await people.preparer.patch(`/journal-entries/${kept.body.id}`, {
      reference: null,
      metadata: null,
      date: "2026-06-09",
    });
    expect(changed.body).toMatchObject({
      date: "2026-06-09",
      reference: null,
      metadata: {},
      externalId: "d-1",
      description: "Office supplies",
    });
    expect(changed.body.lines).toEqual(kept.body.lines);
    expect(await people.preparer.patch(`/journal-entries/${kept.body.id}`, { status: "posted" })).toMatchObject({ status: 400 });
    expect(
      await people.preparer.patch(`/journal-entries/${kept.body.id}`, { lines: [{ accountCode: "nope", side: "debit", amount: 1 }] }),
    ).toMatchObject({
      status: 422,
      body: { error: { code: "ACCOUNT_NOT_FOUND" } },
    });
  });

  test("is changed only as it was seen", async () => {
    const kept = await draft(people.preparer);
    const etag = (await read(people.owner, kept)).headers.get("etag") ?? "";
    expect(etag).toBe('"1"');
    expect((await people.preparer.patch(`/journal-entries/${kept.body.id}`, { description: "a" }, { "if-match": etag })).status).toBe(200);
    expect(await people.preparer.patch(`/journal-entries/${kept.body.id}`, { description: "b" }, { "if-match": etag })).toMatchObject({
      status: 412,
      body: { error: { code: "PRECONDITION_FAILED" } },
    });
    await act(people.preparer, kept, "submit");
    expect(await approve(people.approver, kept, 2)).toMatchObject({
      status: 409,
      body: { error: { code: "VERSION_STALE", details: [{ version: 3 }] } },
    });
    expect(await approve(people.approver, kept, 3)).toMatchObject({ status: 200 });
  });

  test.each(['"2"', '"1", "2"'])("is approved in the version that the body names, whatever If-Match %s says", async (etag) => {
    const kept = await draft(people.preparer);
    await act(people.preparer, kept, "submit");
    const approval = await people.approver.post(`/journal-entries/${kept.body.id}/approve`, { version: 1 }, { "if-match": etag });
    expect(approval).toMatchObject({ status: 409, body: { error: { code: "VERSION_STALE", details: [{ version: 2 }] } } });
  });

  test("has at most 100 versions", async () => {
    const kept = await draft(people.preparer);
    for (let version = 2; version <= 100; version++)
      expect((await people.preparer.patch(`/journal-entries/${kept.body.id}`, { description: `v${version}` })).status).toBe(200);
    expect(await people.preparer.patch(`/journal-entries/${kept.body.id}`, { description: "one more" })).toMatchObject({
      status: 409,
      body: { error: { code: "ENTRY_STATE" } },
    });
    expect((await act(people.owner, kept, "post", { version: 100 })).body.status).toBe("posted");
  });

  test("rejected goes back with the reason, and can be handed in again", async () => {
    const pending = await post(people.preparer);
    expect(await act(people.approver, pending, "reject", { reason: "No receipt" })).toMatchObject({
      status: 200,
      body: { status: "draft", approval: { version: 2, reason: "No receipt" } },
    });
    expect(await act(people.preparer, pending, "submit")).toMatchObject({ status: 200, body: { approval: { version: 3, reason: null } } });
  });

  test("is refused when it is posted, not before, where its period is locked; and locking tells of it", async () => {
    const { owner, preparer, approver, entityId } = await office("required");
    const pending = await post(preparer, { date: "2026-01-15" });
    const locked = await owner.send("PUT", "/period-locks", {
      body: { entityId, startDate: "2026-01-01", endDate: "2026-01-31", level: "hard" },
    });
    expect(locked.body.ledgers[0]).toMatchObject({ openDrafts: 1, openDraftIds: [pending.body.id], openHolds: 0, openHoldIds: [] });
    expect(await approve(approver, pending)).toMatchObject({
      status: 422,
      body: { error: { code: "PERIOD_LOCKED", details: [{ earliestOpenDate: "2026-02-01" }] } },
    });
    expect((await read(owner, pending)).body.status).toBe("pending_approval");
  });

  test("gives its externalId back when it is voided", async () => {
    const kept = await draft(people.preparer, { externalId: "once" });
    expect((await draft(people.preparer, { externalId: "once", description: "b" })).status).toBe(409);
    await act(people.preparer, kept, "void", { reason: "Not needed" });
    expect((await draft(people.preparer, { externalId: "once", description: "b" })).status).toBe(201);
  });

  test("is nobody's in another site", async () => {
    const kept = await draft(people.preparer);
    const other = await office("none");
    expect((await read(other.owner, kept)).status).toBe(404);
    for (const action of ["submit", "post"]) expect((await act(other.owner, kept, action)).status).toBe(404);
    expect((await approve(other.owner, kept)).status).toBe(404);
  });
});

describe("many approvals in one request", () => {
  test("have a result each, in the order of the request", async () => {
    const { owner, preparer, approver } = await office("required");
    const [a, b] = [await post(preparer), await post(preparer)];
    const posted = await post(owner);
    const unknown = "01980c1e-7e0c-8000-8000-400000000012";
    const entries = [
      { id: b.body.id, version: 1 },
      { id: unknown, version: 1 },
      { id: posted.body.id, version: 1 },
      { id: a.body.id, version: 7 },
      { id: a.body.id, version: 1 },
      { id: a.body.id, version: 1 },
    ];
    const answer = await approver.post("/journal-entries/batch-approve", { entries });
    expect(answer.status).toBe(200);
    expect(answer.body.data.map((result: { status?: string; error?: { code: string } }) => result.status ?? result.error?.code)).toEqual([
      "posted",
      "NOT_FOUND",
      "ENTRY_STATE",
      "VERSION_STALE",
      "posted",
      "ENTRY_STATE",
    ]);
    expect(answer.body.data[0].id).toBe(b.body.id);
    expect(answer.body.data[3].error.details[0].pointer).toBe("/entries/3/version");
    expect((await preparer.post("/journal-entries/batch-approve", { entries })).status).toBe(403);
  });
});

describe("the list of entries", () => {
  test("has every state, in one order, and each by its status", async () => {
    const { owner, preparer, approver } = await office("required");
    const ids: Record<string, string> = {};
    const keep = (name: string, answer: Answer) => {
      ids[name] = answer.body.id;
      return answer;
    };
    keep("posted", await post(owner, { date: "2026-03-01" }));
    keep("draft", await draft(preparer, { date: "2026-02-01", reference: "r-9" }));
    keep("pending", await post(preparer, { date: "2026-05-01" }));
    const voidedDraft = keep("voidedDraft", await draft(preparer, { date: "2026-01-01" }));
    await act(preparer, voidedDraft, "void", { reason: "x" });
    const approved = keep("approved", await post(preparer, { date: "2026-04-01" }));
    await approve(approver, approved);
    const voided = keep("voided", await post(owner, { date: "2026-06-01" }));
    const reversal = keep("reversal", await act(owner, voided, "void", { reason: "x" }));
    expect(reversal.status).toBe(201);
    const named = (answer: Answer) =>
      answer.body.data.map((entry: { id: string }) => Object.keys(ids).find((name) => ids[name] === entry.id));
    expect(named(await owner.get("/journal-entries?sort=date:asc"))).toEqual([
      "voidedDraft",
      "draft",
      "posted",
      "approved",
      "pending",
      "voided",
      "reversal",
    ]);
    expect(named(await owner.get("/journal-entries?sort=sequence:asc"))).toEqual([
      "posted",
      "draft",
      "pending",
      "voidedDraft",
      "approved",
      "voided",
      "reversal",
    ]);
    expect(named(await owner.get("/journal-entries?status=draft"))).toEqual(["draft"]);
    expect(named(await owner.get("/journal-entries?status=pending_approval"))).toEqual(["pending"]);
    expect(named(await owner.get("/journal-entries?status=posted&sort=date:asc"))).toEqual(["posted", "approved", "reversal"]);
    expect(named(await owner.get("/journal-entries?status=voided&sort=date:asc"))).toEqual(["voidedDraft", "voided"]);
    expect(named(await owner.get("/journal-entries?reference=r-9"))).toEqual(["draft"]);
    expect(named(await owner.get("/journal-entries?startDate=2026-02-01&endDate=2026-03-01&sort=date:asc"))).toEqual(["draft", "posted"]);
    expect((await owner.get("/transfers")).body.totalCount).toBe(4);
    expect((await owner.get(`/transfers/${ids.draft}`)).status).toBe(404);
    // Page by page it is the same list.
    for (const sort of ["date:asc", "sequence:desc"]) {
      const whole = await owner.get(`/journal-entries?sort=${sort}`);
      expect(whole.body.totalCount).toBe(7);
      const paged: unknown[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: Answer = await owner.get(
          `/journal-entries?sort=${sort}&limit=2${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        paged.push(...page.body.data);
        cursor = page.body.nextCursor;
      }
      expect(paged).toEqual(whole.body.data);
      expect((await owner.get(`/journal-entries?sort=${sort}&offset=3&limit=2`)).body.data).toEqual(whole.body.data.slice(3, 5));
    }
    const { body } = await owner.get("/accounts?code=6000");
    expect((await owner.get(`/journal-entries?accountId=${body.data[0].id}`)).body.totalCount).toBe(7);
    expect((await owner.get("/journal-entries?minAmount=4300")).body.totalCount).toBe(0);
  });
});

test("a policy holds for every ledger of the entity, those that come later too", async () => {
  const { owner, preparer, entityId } = await office("required");
  const euros = await owner.post("/ledgers", { entityId, currency: "EUR" });
  expect(euros.status).toBe(201);
  for (const code of ["1000", "6000"]) {
    const type = code === "1000" ? "bank" : "expense";
    expect((await owner.post("/accounts", { ledgerId: euros.body.id, code, name: code, type })).status).toBe(201);
  }
  expect((await post(preparer, { ledgerId: euros.body.id })).status).toBe(202);
  await owner.patch(`/entities/${entityId}`, { approvalPolicy: "none" });
  expect((await post(preparer, { ledgerId: euros.body.id })).status).toBe(201);
  expect((await preparer.patch(`/entities/${entityId}`, { approvalPolicy: "none" })).status).toBe(403);
  const made = await owner.post("/entities", {
    name: "Strict Ltd",
    functionalCurrency: "USD",
    approvalPolicy: "four_eyes",
    chart: "us-small-business",
  });
  expect(made.body.approvalPolicy).toBe("four_eyes");
  const lines = [
    { accountCode: "6100", side: "debit", amount: 5 },
    { accountCode: "1010", side: "credit", amount: 5 },
  ];
  expect((await post(owner, { entityId: made.body.id, lines })).status).toBe(202);
});
