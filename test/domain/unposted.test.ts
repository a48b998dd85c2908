import { describe, expect, test } from "vitest";
import type { Actor } from "../../src/kernel/role.ts";
import { type Command, type LineRequest, refByCode } from "../../src/ledger/domain/command.ts";
import { decodeFact } from "../../src/ledger/domain/fact-text.ts";
import { idOf } from "../../src/ledger/domain/recorded-entry.ts";
import type { RecordedEntry } from "../../src/ledger/domain/state.ts";
import { draftOfRow } from "../../src/ledger/object/state/unposted.ts";
import { agent, approver, owner, preparer } from "../support/actors.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { foldLog, identity, type MemoryLedger, memoryLedger, type Written } from "../support/memory-ledger.ts";

const line = (code: string, side: "debit" | "credit", amount: number): LineRequest => ({ account: refByCode(code), side, amount });
const moving = (amount: number, more: object = {}) => ({
  date: "2026-06-08",
  lines: [line("2", "debit", amount), line("1", "credit", amount)],
  ...more,
});
const post = (amount: number, more: object = {}): Command => ({ kind: "post_entry", ...moving(amount, more) });
const draft = (amount: number, more: object = {}): Command => ({ kind: "create_draft", ...moving(amount, more) });
const hold = (amount: number, more: object = {}): Command => ({ kind: "place_hold", ...moving(amount, more) });
const drop = (entryId: string): Command => ({ kind: "reverse_entry", entryId, void: true, reason: "not needed" });
const lock = (level: "soft" | "hard" | "open"): Command => ({
  kind: "lock_period",
  startDate: "2026-06-01",
  endDate: "2026-06-30",
  module: "all",
  level,
  reason: "closed",
});

function opened(): MemoryLedger {
  const ledger = memoryLedger();
  ledger.write([openAccount("1", "bank"), openAccount("2", "expense")]);
  return ledger;
}

const lastDraft = (ledger: MemoryLedger) => ledger.drafts().at(-1) as NonNullable<ReturnType<MemoryLedger["draft"]>>;
const lastHold = (ledger: MemoryLedger) => ledger.holds().at(-1) as NonNullable<ReturnType<MemoryLedger["hold"]>>;
const codes = (written: Written) =>
  written.refused?.code ??
  written.items.map((item) => ("failure" in item ? item.failure.code : "existing" in item ? "existing" : item.facts[0]?.kind));

describe("within one write", () => {
  test("a draft that is let go leaves its external id to the next command", () => {
    const ledger = opened();
    ledger.write([draft(1, { externalId: "a" })]);
    const { id } = lastDraft(ledger);
    expect(codes(ledger.write([draft(2, { externalId: "a" })]))).toBe("EXTERNAL_ID_TAKEN");
    expect(codes(ledger.write([drop(id), draft(2, { externalId: "a" })]))).toEqual(["draft_saved", "draft_saved"]);
  });

  test("a draft that takes another external id leaves its own, and its source stays its own", () => {
    const ledger = opened();
    const source = { type: "bill", id: "b-1", step: "accrue" };
    ledger.write([draft(1, { externalId: "a", source })]);
    const { id } = lastDraft(ledger);
    const renamed: Command = { kind: "edit_draft", entryId: id, change: { externalId: "b" } };
    expect(codes(ledger.write([renamed, draft(2, { externalId: "a" })]))).toEqual(["draft_saved", "draft_saved"]);
    expect(codes(ledger.write([post(1, { source })]))).toBe("SOURCE_CONFLICT");
    expect(codes(ledger.write([draft(2, { externalId: "b" })]))).toBe("EXTERNAL_ID_TAKEN");
  });

  test("many entries that wait are told apart by their external ids", () => {
    const ledger = opened();
    const twice = ledger.write([post(1, { externalId: "a" }), post(1, { externalId: "a" }), post(2, { externalId: "a" })], {
      mode: "each",
      actor: agent,
    });
    expect(codes(twice)).toEqual(["draft_saved", "existing", "EXTERNAL_ID_TAKEN"]);
  });

  test("a hold is placed and settled, and once", () => {
    const ledger = opened();
    ledger.write([hold(5)]);
    const settle: Command = { kind: "settle_hold", holdId: lastHold(ledger).id };
    expect(codes(ledger.write([settle, settle], { mode: "each" }))).toEqual(["entry_posted", "HOLD_STATE"]);
  });
});

describe("a draft keeps what was asked when it was written", () => {
  test("its accounts by what they were named then, whatever they are called later", () => {
    const ledger = opened();
    ledger.write([draft(7)]);
    const account = ledger.account(ledger.accountNumber("c2") ?? 0);
    ledger.write([{ kind: "change_account", accountId: account?.id ?? "", code: "9" }]);
    ledger.write([openAccount("2", "income")]);
    ledger.write([{ kind: "post_draft", entryId: lastDraft(ledger).id }]);
    expect(ledger.account(account?.no ?? 0)?.balance).toBe(7);
  });

  test("its conditions, which are checked when it is posted", () => {
    const ledger = opened();
    const lines = [{ ...line("2", "debit", 5), conditions: { maxPosted: 5 } }, line("1", "credit", 5)];
    ledger.write([{ kind: "create_draft", date: "2026-06-08", lines }]);
    ledger.write([post(1)]);
    const { id } = lastDraft(ledger);
    expect(codes(ledger.write([{ kind: "post_draft", entryId: id }]))).toBe("CONDITION_FAILED");
    ledger.write([{ kind: "edit_draft", entryId: id, change: { lines: [line("2", "debit", 4), line("1", "credit", 4)] } }]);
    expect(codes(ledger.write([{ kind: "post_draft", entryId: id }]))).toEqual(["entry_posted"]);
  });

  test("an archived account refuses it when it is handed in or posted", () => {
    const ledger = opened();
    ledger.write([draft(1)]);
    const accountId = ledger.account(ledger.accountNumber("c2") ?? 0)?.id ?? "";
    ledger.write([{ kind: "change_account", accountId, status: "archived" }]);
    const { id } = lastDraft(ledger);
    for (const kind of ["submit_draft", "post_draft"] as const) expect(codes(ledger.write([{ kind, entryId: id }]))).toBe("ACCOUNT_CLOSED");
  });
});

describe("soft locks", () => {
  test("are passed by who approves, not by who prepared", () => {
    const ledger = opened();
    ledger.write([post(5)], { actor: agent });
    ledger.write([lock("soft")]);
    const { id } = lastDraft(ledger);
    const person = { ...approver, kind: "person" as const };
    expect(codes(ledger.write([{ kind: "approve_entry", entryId: id }], { actor: person }))).toBe("PERIOD_LOCKED");
    expect(codes(ledger.write([{ kind: "approve_entry", entryId: id }], { actor: owner }))).toEqual(["entry_posted"]);
    expect(ledger.entries().at(-1)?.fact.flagged).toBe(true);
  });

  test("do not hold up a hold of a group that was placed past one: whoever settles it, the entry is flagged", () => {
    const ledger = opened();
    ledger.write([lock("soft")]);
    expect(codes(ledger.write([hold(5, { groupId: "g" })], { actor: preparer }))).toBe("PERIOD_LOCKED");
    ledger.write([hold(5, { groupId: "g" })]);
    const settle: Command = { kind: "end_group", groupId: "g", outcome: "settle", holdIds: [lastHold(ledger).id] };
    expect(codes(ledger.write([settle], { actor: preparer }))).toEqual(["group_ended"]);
    expect(ledger.entries().at(-1)?.fact.flagged).toBe(true);
  });

  test("and hard ones are not set over an open hold of a group, of their module or of all", () => {
    const ledger = opened();
    ledger.write([hold(5, { groupId: "g", module: "banking" })]);
    for (const level of ["soft", "hard"] as const) expect(codes(ledger.write([lock(level)]))).toBe("IN_USE");
    expect(codes(ledger.write([{ ...lock("hard"), module: "lease" } as Command]))).toEqual(["period_locked"]);
    expect(codes(ledger.write([lock("open")]))).toEqual(["period_locked"]);
  });
});

describe("two faults at once give the first", () => {
  const byAnother = { actor: preparer };
  test.each<[string, (ledger: MemoryLedger) => Command, Parameters<MemoryLedger["write"]>[1], string]>([
    [
      "an archived account before the state",
      (ledger) => ({ kind: "submit_draft", entryId: pendingOn(ledger, true) }),
      {},
      "ACCOUNT_CLOSED",
    ],
    [
      "the state before the version",
      (ledger) => ({ kind: "submit_draft", entryId: pendingOn(ledger, false), expectedVersion: 9 }),
      {},
      "ENTRY_STATE",
    ],
    [
      "the version before the approver",
      (ledger) => ({ kind: "approve_entry", entryId: pendingOn(ledger, false), expectedVersion: 9 }),
      {},
      "VERSION_STALE",
    ],
    ["an archived account before a version that is not named", (ledger) => unnamed(pendingOn(ledger, true)), byAnother, "ACCOUNT_CLOSED"],
    ["a version that is not named before the state", (ledger) => unnamed(pendingOn(ledger, false)), byAnother, "VERSION_REQUIRED"],
    ["that it is no agent's before all of these", (ledger) => unnamed(pendingOn(ledger, true)), { actor: agent }, "FORBIDDEN"],
    ["the approver before the lock", (ledger) => locked(ledger, pendingOn(ledger, false)), { actor: owner }, "SELF_APPROVAL"],
    [
      "what is held before what balances",
      (ledger) => ({ kind: "settle_hold", holdId: held(ledger), lines: [{ no: 1, amount: 9 }] }),
      {},
      "SETTLES_MORE_THAN_HELD",
    ],
    ["the hold's state before what is held", (ledger) => resolved(ledger), {}, "HOLD_STATE"],
  ])("%s", (_, command, request, code) => {
    const ledger = opened();
    expect(codes(ledger.write([command(ledger)], request))).toBe(code);
  });

  function unnamed(entryId: string): Command {
    return { kind: "submit_draft", entryId };
  }
  function pendingOn(ledger: MemoryLedger, isArchived: boolean): string {
    ledger.write([{ kind: "set_approval_policy", policy: "four_eyes" }, post(1)]);
    const accountId = ledger.account(ledger.accountNumber("c2") ?? 0)?.id ?? "";
    if (isArchived) ledger.write([{ kind: "change_account", accountId, status: "archived" }]);
    return lastDraft(ledger).id;
  }
  function locked(ledger: MemoryLedger, entryId: string): Command {
    ledger.write([lock("hard")]);
    return { kind: "approve_entry", entryId };
  }
  function held(ledger: MemoryLedger): string {
    ledger.write([hold(5)]);
    return lastHold(ledger).id;
  }
  function resolved(ledger: MemoryLedger): Command {
    const holdId = held(ledger);
    ledger.write([{ kind: "release_hold", holdId }]);
    return { kind: "settle_hold", holdId, lines: [{ no: 1, amount: 9 }] };
  }
});

test("what is pending cannot take a balance out of what is exact, on either side", () => {
  const ledger = opened();
  const most = Number.MAX_SAFE_INTEGER;
  expect(codes(ledger.write([hold(most)]))).toEqual(["hold_placed"]);
  expect(codes(ledger.write([hold(1)]))).toBe("BALANCE_OVERFLOW");
  expect(codes(ledger.write([post(1)]))).toBe("BALANCE_OVERFLOW");
  expect(codes(ledger.write([{ kind: "settle_hold", holdId: lastHold(ledger).id }]))).toEqual(["entry_posted"]);
});

test("what is pending stays exact where a balance is as far on the other side as it can be", () => {
  const ledger = opened();
  const most = Number.MAX_SAFE_INTEGER;
  const back = (amount: number): Command => ({
    kind: "post_entry",
    date: "2026-06-08",
    lines: [line("1", "debit", amount), line("2", "credit", amount)],
  });
  ledger.write([back(most)]);
  ledger.write([hold(most)]);
  const first = lastHold(ledger).id;
  expect(codes(ledger.write([hold(2)]))).toBe("BALANCE_OVERFLOW");
  ledger.write([{ kind: "release_hold", holdId: first }]);
  expect(ledger.figures(ledger.accountNumber("c2") ?? 0)).toMatchObject({ pendingDebits: 0, pendingCredits: 0 });
});

test("holds bring no turnover past what is kept of it", () => {
  const ledger = opened();
  const most = Number.MAX_SAFE_INTEGER;
  const lines = Array.from({ length: 200 }, (_, i) => line("1", i % 2 === 0 ? "debit" : "credit", most));
  for (let i = 0; i < 6; i++) ledger.write([{ kind: "post_entry", date: "2026-06-08", lines }]);
  expect(codes(ledger.write([{ kind: "post_entry", date: "2026-06-08", lines }]))).toBe("BALANCE_OVERFLOW");
  const both: Command = { kind: "place_hold", date: "2026-06-08", lines: [line("1", "debit", 1), line("1", "credit", 1)] };
  expect(codes(ledger.write([both]))).toBe("BALANCE_OVERFLOW");
});

describe("what an agent had a part in", () => {
  test("is posted by a person, not by a service, as a draft too", () => {
    const ledger = opened();
    ledger.write([draft(1)], { actor: agent });
    const { id } = lastDraft(ledger);
    ledger.write([{ kind: "edit_draft", entryId: id, change: { description: "looked at" } }], { actor: preparer });
    const command: Command = { kind: "post_draft", entryId: id, expectedVersion: 2 };
    for (const actor of [preparer, approver]) expect(codes(ledger.write([command], { actor }))).toBe("PERSON_REQUIRED");
    expect(codes(ledger.write([command], { actor: { ...preparer, kind: "person" } }))).toEqual(["entry_posted"]);
  });

  test("has the agent's name still where a person has edited it, and is then no longer the agent's to change", () => {
    const ledger = opened();
    ledger.write([draft(1)], { actor: agent });
    const { id } = lastDraft(ledger);
    const edit: Command = { kind: "edit_draft", entryId: id, change: { description: "mine" } };
    expect(codes(ledger.write([edit], { actor: agent }))).toEqual(["draft_saved"]);
    ledger.write([edit], { actor: owner });
    expect(lastDraft(ledger)).toMatchObject({ preparers: [{ id: "agent" }, { id: "owner" }], writtenBy: { kind: "person", id: "owner" } });
    for (const command of [edit, drop(id), { kind: "submit_draft", entryId: id, expectedVersion: 3 } as const])
      expect(codes(ledger.write([command], { actor: agent }))).toBe("FORBIDDEN");
  });

  test("within one write too: what another command has just changed is somebody else's", () => {
    const ledger = opened();
    ledger.write([post(1)], { actor: agent });
    ledger.write([{ kind: "approve_entry", entryId: lastDraft(ledger).id }]);
    const note: Command = { kind: "set_posting_reference", entryId: lastDraft(ledger).id, postingReference: "FI-1" };
    expect(codes(ledger.write([note, note], { actor: agent }))).toEqual(["posting_reference_set", "posting_reference_set"]);
    ledger.write([note]);
    expect(codes(ledger.write([note], { actor: agent }))).toBe("FORBIDDEN");
  });

  test("is no hold of a group: an agent settles none, by itself or as a group", () => {
    const ledger = opened();
    ledger.write([hold(5, { groupId: "g" })]);
    const holdId = lastHold(ledger).id;
    const alone: Command = { kind: "settle_hold", holdId, noted: true };
    const group: Command = { kind: "end_group", groupId: "g", outcome: "settle", holdIds: [holdId] };
    expect(codes(ledger.write([alone], { actor: agent }))).toBe("APPROVAL_REQUIRED");
    expect(codes(ledger.write([group], { actor: agent }))).toBe("FORBIDDEN");
    expect(ledger.entries()).toEqual([]);
    expect(codes(ledger.write([group], { actor: preparer }))).toEqual(["group_ended"]);
    expect(ledger.entries()).toHaveLength(1);
  });
});

test("a reversal that was given back is posted by who may reverse, whatever the policy is by then", () => {
  const ledger = opened();
  ledger.write([post(1), { kind: "set_approval_policy", policy: "four_eyes" }]);
  const entryId = idOf(ledger, ledger.entries().at(-1) as RecordedEntry);
  ledger.write([{ kind: "reverse_entry", entryId, void: true, reason: "a mistake" }]);
  const { id } = lastDraft(ledger);
  ledger.write([
    { kind: "reject_entry", entryId: id, reason: "no" },
    { kind: "set_approval_policy", policy: "none" },
  ]);
  const command: Command = { kind: "post_draft", entryId: id, expectedVersion: 2 };
  expect(codes(ledger.write([command], { actor: preparer }))).toBe("FORBIDDEN");
  expect(codes(ledger.write([command], { actor: approver }))).toEqual(["entry_posted"]);
});

describe("who placed a hold prepared its settlement", () => {
  const settle = (ledger: MemoryLedger): Command => ({ kind: "settle_hold", holdId: lastHold(ledger).id });

  test("what an agent placed waits for a person, whoever settles it", () => {
    const ledger = opened();
    ledger.write([hold(5)], { actor: agent });
    expect(codes(ledger.write([settle(ledger)], { actor: approver }))).toEqual(["draft_saved"]);
    expect(lastDraft(ledger).preparers).toEqual([agent, approver].map(({ kind, id }) => ({ kind, id })));
    const approve: Command = { kind: "approve_entry", entryId: lastDraft(ledger).id };
    expect(codes(ledger.write([approve], { actor: approver }))).toBe("PERSON_REQUIRED");
    expect(codes(ledger.write([approve], { actor: owner }))).toEqual(["entry_posted"]);
    ledger.write([hold(5)], { actor: agent });
    expect(codes(ledger.write([settle(ledger)], { actor: owner }))).toEqual(["entry_posted"]);
  });

  test("under four_eyes whoever placed it does not approve it", () => {
    const ledger = opened();
    ledger.write([{ kind: "set_approval_policy", policy: "four_eyes" }, hold(5)], { actor: approver });
    ledger.write([settle(ledger)], { actor: preparer });
    const approve: Command = { kind: "approve_entry", entryId: lastDraft(ledger).id };
    expect(codes(ledger.write([approve], { actor: approver }))).toBe("SELF_APPROVAL");
    expect(codes(ledger.write([approve], { actor: owner }))).toEqual(["entry_posted"]);
  });
});

describe("four eyes are those of two humans", () => {
  const user = (id: string, more: Partial<Actor> = {}): Actor => ({
    kind: "person",
    id,
    role: "APPROVER",
    humans: [id],
    madeInSession: true,
    ...more,
  });
  const key = (id: string, humans: readonly string[], more: Partial<Actor> = {}): Actor => ({
    kind: "service",
    id,
    role: "APPROVER",
    humans,
    ...more,
  });
  const independent = { independent: true } as const;
  const earlier = ({ kind, id, role }: Actor): Actor => ({ kind, id, role });
  const ada = user("ada");
  const ben = user("ben");
  const importer = key("importer", ["ada"]);
  const refused = "SELF_APPROVAL";
  const posted = ["entry_posted"];

  const cases: [string, Actor, Actor, unknown][] = [
    ["a person's own", ada, ada, refused],
    ["what a key of the approver prepared", importer, ada, refused],
    ["what a person prepared, with a key of theirs", ada, importer, refused],
    ["what a key prepared, with another of the same human", importer, key("other", ["ada", "ben"]), refused],
    ["what a key of two prepared, by either", key("importer", ["ben", "ada"]), ada, refused],
    ["what another's key prepared", importer, ben, posted],
    ["what another's key prepared, with a key", importer, key("other", ["ben"]), posted],
    ["what nobody's key prepared", key("importer", []), ada, posted],
    ["what a key prepared that set the approver's password", key("importer", []), user("ada", { credentialSetBy: ["importer"] }), refused],
    ["what a person prepared who set the approver's password", ben, user("ada", { credentialSetBy: ["ben"] }), refused],
    ["what a key prepared whose holder set the approver's password", importer, user("ben", { credentialSetBy: ["ada"] }), refused],
    ["what a key prepared, of one whose password the approver set", { ...importer, credentialSetBy: ["ben"] }, ben, refused],
    ["what a person prepared whose password the approver set", user("ben", { credentialSetBy: ["ada"] }), ada, refused],
    [
      "what one prepared, by another whose passwords a third set",
      user("cem", { credentialSetBy: ["ben"] }),
      user("ada", { credentialSetBy: ["ben"] }),
      posted,
    ],
    ["what the same id prepared as another kind", key("ada", []), ada, refused],
    ["what the same id prepared as another kind, independent or not", key("ada", [], independent), ada, refused],
    ["what an independent key prepared", { ...importer, ...independent }, ada, posted],
    ["what an independent key prepared, with itself", { ...importer, ...independent }, { ...importer, ...independent }, refused],
    ["a person's own with an independent key", ada, { ...importer, ...independent }, refused],
    ["what a person of an earlier build prepared, with a key of theirs", earlier(ada), importer, refused],
    ["what a person prepared, through an edge of an earlier build", ada, earlier(ada), refused],
    ["what a key prepared, through an edge of an earlier build", importer, earlier(ada), refused],
    ["what a key of an earlier build prepared", earlier(importer), ada, posted],
  ];
  test.each(cases)("%s", (_, prepares, approves, outcome) => {
    const ledger = opened();
    ledger.write([{ kind: "set_approval_policy", policy: "four_eyes" }, post(1)], { actor: prepares });
    const command: Command = { kind: "approve_entry", entryId: lastDraft(ledger).id };
    expect(codes(ledger.write([command], { actor: approves }))).toEqual(outcome);
  });

  test.each([
    ["their own", ada, ada, /what they prepared/],
    ["what their key prepared", importer, ada, /a key of theirs/],
    ["what was prepared by who set their password", ben, user("ada", { credentialSetBy: ["ben"] }), /POST \/users\/\{id\}\/confirm/],
    ["what a user prepared whose password they set", user("ben", { credentialSetBy: ["ada"] }), ada, /POST \/users\/\{id\}\/confirm/],
  ])("the refusal says why it counts as theirs: %s", (_, prepares, approves, why) => {
    const ledger = opened();
    ledger.write([{ kind: "set_approval_policy", policy: "four_eyes" }, post(1)], { actor: prepares });
    const command: Command = { kind: "approve_entry", entryId: lastDraft(ledger).id };
    expect(ledger.write([command], { actor: approves }).refused?.message).toMatch(why);
  });

  test("who placed a hold has their humans behind its settlement", () => {
    const ledger = opened();
    ledger.write([{ kind: "set_approval_policy", policy: "four_eyes" }, hold(5)], { actor: importer });
    ledger.write([{ kind: "settle_hold", holdId: lastHold(ledger).id }], { actor: ben });
    const command: Command = { kind: "approve_entry", entryId: lastDraft(ledger).id };
    for (const actor of [ada, ben]) expect(codes(ledger.write([command], { actor }))).toBe(refused);
    expect(codes(ledger.write([command], { actor: user("cem") }))).toEqual(posted);
  });

  test("who prepares twice has the humans of both keys, and is independent only where both keys are", () => {
    const ledger = opened();
    ledger.write([draft(1)], { actor: { ...importer, ...independent } });
    const edit: Command = { kind: "edit_draft", entryId: lastDraft(ledger).id, change: { description: "again" } };
    ledger.write([edit], { actor: { ...importer, ...independent, humans: ["ben", "ada"] } });
    expect(lastDraft(ledger).preparers).toEqual([{ kind: "service", id: "importer", humans: ["ada", "ben"], independent: true }]);
    ledger.write([edit], { actor: key("importer", ["cem"]) });
    expect(lastDraft(ledger).preparers).toEqual([{ kind: "service", id: "importer", humans: ["ada", "ben", "cem"] }]);
    ledger.write([edit], { actor: earlier(importer) });
    expect(lastDraft(ledger).preparers).toEqual([{ kind: "service", id: "importer", humans: ["ada", "ben", "cem"] }]);
  });
});

test("a person whose key was not made in their session neither approves, posts nor settles at once what an agent had a part in", () => {
  const ledger = opened();
  const behind = { ...owner, humans: ["owner"] };
  const present = { ...behind, madeInSession: true } as const;
  ledger.write([post(5), draft(1), hold(5)], { actor: agent });
  const [waiting, kept] = ledger.drafts().map(({ id }) => id);
  const commands: Command[] = [
    { kind: "approve_entry", entryId: waiting ?? "" },
    { kind: "post_draft", entryId: kept ?? "", expectedVersion: 1 },
  ];
  for (const command of commands) {
    expect(codes(ledger.write([command], { actor: behind }))).toBe("PERSON_REQUIRED");
    expect(codes(ledger.write([command], { actor: present }))).toEqual(["entry_posted"]);
  }
  const settle: Command = { kind: "settle_hold", holdId: lastHold(ledger).id };
  expect(codes(ledger.write([settle], { actor: behind, dryRun: true }))).toEqual(["draft_saved"]);
  expect(codes(ledger.write([settle], { actor: present }))).toEqual(["entry_posted"]);
});

describe("who wrote a draft last", () => {
  test("is the actor of the commit where an earlier build's fact does not say it", () => {
    const ledger = opened();
    ledger.write([draft(1)], { actor: preparer });
    ledger.write([{ kind: "submit_draft", entryId: lastDraft(ledger).id }], { actor: preparer });
    const no = lastDraft(ledger).no;
    const row = (sequence: number) => {
      const { writtenBy: _writtenBy, ...fact } = decodeFact(ledger.log[sequence - 1]?.body ?? "") as never as { writtenBy: unknown };
      const actor = sequence === no ? approver : owner;
      return {
        seq: sequence,
        commitSeq: sequence,
        version: 1,
        body: JSON.stringify(fact),
        context: { atMs: 0, actor, requestId: "" },
        seal: "",
      };
    };
    const stored = draftOfRow({ row }, identity, { no, at: 0, status: "pending_approval", saved: no + 1, content: no, entry: null });
    expect(stored.writtenBy).toEqual({ kind: approver.kind, id: approver.id });
  });

  test("is somebody else where nothing says it", () => {
    const ledger = opened();
    ledger.write([draft(1)]);
    const { id, no } = lastDraft(ledger);
    const { writtenBy: _writtenBy, ...fact } = decodeFact(ledger.log[no - 1]?.body ?? "") as never as { writtenBy: unknown };
    const before = foldLog([...ledger.log.slice(0, no - 1), { body: JSON.stringify(fact), atMs: ledger.log[no - 1]?.atMs ?? 0 }]);
    expect(codes(before.write([{ kind: "post_draft", entryId: id }]))).toBe("VERSION_REQUIRED");
    expect(codes(before.write([{ kind: "post_draft", entryId: id, expectedVersion: 1 }]))).toEqual(["entry_posted"]);
  });
});
