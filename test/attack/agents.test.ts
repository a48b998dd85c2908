import { beforeAll, describe, expect, test } from "vitest";
import { type AgentAction, type AgentOutcome, agentTable } from "../../src/ledger/domain/agent-table.ts";
import { newFirm, newUser, signIn } from "../support/people.ts";
import type { Answer, Api } from "../support/site.ts";

/** What an agent's key may do to its own and to others' things: the table of the ledger, cell by cell, over HTTP. */

const key = () => ({ "idempotency-key": crypto.randomUUID() });
const lines = (amount = 100) => [
  { accountCode: "6100", side: "debit", amount },
  { accountCode: "1010", side: "credit", amount },
];
const entry = (more: object = {}) => ({ date: "2026-06-08", description: "Supplies", lines: lines(), ...more });

interface Office {
  readonly owner: Api;
  readonly person: Api;
  readonly agent: Api;
  readonly otherAgent: Api;
  readonly entityId: string;
}
let office: Office;

beforeAll(async () => {
  const firm = await newFirm();
  const owner = firm.live.api;
  const made = await owner.post("/entities", { name: "Tide", functionalCurrency: "USD", chart: "us-small-business" });
  expect(made.status).toBe(201);
  const ann = await newUser(firm, "APPROVER");
  office = {
    owner,
    person: (await signIn(ann.email)).api,
    agent: await owner.withRole("PREPARER", { kind: "agent", name: "Reader" }),
    otherAgent: await owner.withRole("PREPARER", { kind: "agent", name: "Another reader" }),
    entityId: made.body.id,
  };
});

const draftOf = async (api: Api) => made(await api.post("/entries", entry()), 201);
const holdOf = async (api: Api) => made(await api.post("/holds", entry(), key()), 201);
const groupHoldOf = async (api: Api) => made(await api.post("/holds", entry({ groupId: crypto.randomUUID() }), key()), 201);
/** A posted entry that the agent prepared and a person approved, or that a person posted. */
const postedOf = async (api: Api) => {
  const written = await api.post("/journal-entries", entry(), key());
  if (written.status === 202) made(await office.person.post(`/journal-entries/${written.body.id}/approve`, { version: 1 }), 200);
  return written;
};
function made(answer: Answer, status: number): Answer {
  expect(answer.status, answer.text).toBe(status);
  return answer;
}
const pendingOf = async (api: Api) => {
  const draft = await draftOf(api);
  made(await api.send("POST", `/journal-entries/${draft.body.id}/submit`), 200);
  return draft;
};
const at = (of: Answer, action: string) => `/journal-entries/${of.body.id}/${action}`;
const accountOf = async (code: string) => (await office.owner.get(`/accounts?code=${code}`)).body.data[0];

/** How each action is done over HTTP to what `api` made, by the agent. `read`: what must be as it was where it is refused. */
const cells: Record<
  AgentAction,
  { readonly of: (api: Api) => Promise<Answer>; readonly act: (agent: Api, of: Answer) => Promise<Answer>; readonly read?: "holds" }
> = {
  post_entry: { of: draftOf, act: (agent) => agent.post("/journal-entries", entry(), key()) },
  create_draft: { of: draftOf, act: (agent) => agent.post("/entries", entry()) },
  edit_draft: { of: draftOf, act: (agent, of) => agent.patch(`/journal-entries/${of.body.id}`, { lines: lines(99_900) }) },
  submit_draft: { of: draftOf, act: (agent, of) => agent.send("POST", at(of, "submit")) },
  void_draft: { of: draftOf, act: (agent, of) => agent.post(at(of, "void"), { reason: "Not needed" }) },
  post_draft: { of: draftOf, act: (agent, of) => agent.send("POST", at(of, "post")) },
  approve_entry: { of: pendingOf, act: (agent, of) => agent.post(at(of, "approve"), { version: 2 }) },
  reject_entry: { of: pendingOf, act: (agent, of) => agent.post(at(of, "reject"), { reason: "No receipt" }) },
  reverse_entry: { of: postedOf, act: (agent, of) => agent.post(at(of, "void"), { reason: "A mistake" }) },
  set_posting_reference: {
    of: postedOf,
    act: (agent, of) => agent.send("PUT", at(of, "posting-reference"), { body: { postingReference: "FI-1" } }),
  },
  place_hold: { of: holdOf, act: (agent) => agent.post("/holds", entry(), key()) },
  settle_hold: { of: holdOf, act: (agent, of) => agent.post(`/holds/${of.body.id}/settle`, {}, key()), read: "holds" },
  release_hold: { of: holdOf, act: (agent, of) => agent.post(`/holds/${of.body.id}/release`, {}), read: "holds" },
  // An agent places no hold of a group.
  end_group: {
    of: () => groupHoldOf(office.person),
    act: (agent, of) => agent.post(`/hold-groups/${of.body.groupId}/release`, {}, key()),
    read: "holds",
  },
  open_account: { of: draftOf, act: (agent) => agent.post("/accounts", { code: "9999", name: "Mine", type: "bank" }) },
  change_account: { of: draftOf, act: async (agent) => agent.patch(`/accounts/${(await accountOf("6100")).id}`, { name: "Mine" }) },
  delete_account: { of: draftOf, act: async (agent) => agent.delete(`/accounts/${(await accountOf("6160")).id}`) },
  lock_period: {
    of: draftOf,
    act: (agent) =>
      agent.send("PUT", "/period-locks", {
        body: { entityId: office.entityId, startDate: "2026-01-01", endDate: "2026-01-31", level: "hard" },
      }),
  },
  set_approval_policy: { of: draftOf, act: (agent) => agent.patch(`/entities/${office.entityId}`, { approvalPolicy: "none" }) },
  set_shared_record: {
    of: draftOf,
    act: (agent) => agent.patch(`/entities/${office.entityId}`, { approvalPolicy: "four_eyes" }),
  },
  freeze_ledger: { of: draftOf, act: (agent) => agent.delete(`/entities/${office.entityId}`) },
  thaw_ledger: { of: draftOf, act: (agent) => agent.delete(`/entities/${office.entityId}`) },
  retire_ledger: {
    of: draftOf,
    act: async (agent) => agent.post(`/sites/${(await office.owner.get("/me")).body.site.id}/reset`, {}),
  },
};

const outcomeOf = ({ status }: Answer): AgentOutcome | number =>
  status === 200 || status === 201 ? "done" : status === 202 ? "waits" : status === 403 ? "refused" : status;

describe("an agent, by the table", () => {
  const actions = Object.keys(agentTable) as AgentAction[];
  const others = ["person", "owner", "otherAgent"] as const;
  const cases = actions.flatMap((action) => [
    { action, whose: "own" as const, by: "agent" as const },
    ...others.map((by) => ({ action, whose: "others" as const, by })),
  ]);
  test.each(cases)("$action, $whose ($by)", async ({ action, whose, by }) => {
    const { of, act, read = "journal-entries" } = cells[action];
    const thing = await of(office[by]);
    const before = await office.owner.get(`/${read}/${thing.body.id}`);
    const answer = await act(office.agent, thing);
    expect(outcomeOf(answer), answer.text).toBe(agentTable[action][whose]);
    if (answer.status !== 403) return;
    expect((await office.owner.get(`/${read}/${thing.body.id}`)).text).toBe(before.text);
  });
});

describe("what is the agent's own stops being so where somebody else has a part in it", () => {
  test("a draft that a person has edited", async () => {
    const draft = await draftOf(office.agent);
    made(await office.person.patch(`/journal-entries/${draft.body.id}`, { description: "Paper" }), 200);
    for (const action of ["edit_draft", "submit_draft", "void_draft"] as const) made(await cells[action].act(office.agent, draft), 403);
    // It keeps the agent among its preparers, so that a service does not post it.
    const posted = await office.owner.post(at(draft, "post"), { version: 2 });
    expect(posted).toMatchObject({ status: 403, body: { error: { code: "PERSON_REQUIRED" } } });
    made(await office.person.post(at(draft, "post"), {}), 200);
  });

  test("an entry whose posting reference a person has noted", async () => {
    const posted = await postedOf(office.agent);
    const note = (api: Api, postingReference: string) => api.send("PUT", at(posted, "posting-reference"), { body: { postingReference } });
    made(await note(office.agent, "FI-1"), 200);
    made(await note(office.agent, "FI-2"), 200);
    made(await note(office.person, "FI-3"), 200);
    made(await note(office.agent, "FI-4"), 403);
    expect((await office.owner.get(`/journal-entries/${posted.body.id}`)).body.postingReference).toBe("FI-3");
  });

  test("a rejected draft of the agent's stays its own", async () => {
    const pending = await pendingOf(office.agent);
    made(await office.person.post(at(pending, "reject"), { reason: "No receipt" }), 200);
    made(await office.agent.patch(`/journal-entries/${pending.body.id}`, { description: "With receipt" }), 200);
    made(await office.agent.send("POST", at(pending, "submit")), 200);
  });
});

describe("what of an agent's waits answers 202, however short the answer is to be", () => {
  const batch = (api: Api, headers: Record<string, string>, more: object = {}) =>
    api.post("/journal-entries/batch", { mode: "atomic", entries: [entry(more), entry()] }, { ...key(), ...headers });

  test("a batch with return=minimal, and its repetition says so", async () => {
    const full = await batch(office.agent, {});
    const minimal = await batch(office.agent, { prefer: "return=minimal" });
    expect([full.status, minimal.status]).toEqual([202, 202]);
    expect(minimal.headers.get("preference-applied")).toBe("return=minimal");
    expect(minimal.body.data.map((receipt: { status: string }) => receipt.status)).toEqual(["pending_approval", "pending_approval"]);
    const same = { "idempotency-key": "minimal-again", prefer: "return=minimal" };
    const [first, again] = [await batch(office.agent, same), await batch(office.agent, same)];
    expect([first.status, again.status, again.headers.get("x-original-status"), again.text]).toEqual([202, 200, "202", first.text]);
  });

  test("a batch that begins with an entry that exists", async () => {
    const externalId = crypto.randomUUID();
    made(await office.owner.post("/journal-entries", entry({ externalId }), key()), 201);
    for (const prefer of ["return=minimal", "return=representation"]) made(await batch(office.agent, { prefer }, { externalId }), 202);
  });

  test("a person's batch answers 201 either way", async () => {
    for (const prefer of ["return=minimal", "return=representation"]) made(await batch(office.person, { prefer }), 201);
  });
});
