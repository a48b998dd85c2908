import { describe, expect, test } from "vitest";
import type { Actor } from "../../src/kernel/role.ts";
import { type Command, type LineRequest, refByCode } from "../../src/ledger/domain/command.ts";
import { agent, approver, owner, preparer } from "../support/actors.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { foldLog, type MemoryLedger, memoryLedger } from "../support/memory-ledger.ts";

const groupId = "0198f000-0000-7000-8000-00000000000a";
const line = (code: string, side: "debit" | "credit", amount: number): LineRequest => ({ account: refByCode(code), side, amount });
const hold = (amount: number, more: object = {}): Command => ({
  kind: "place_hold",
  date: "2026-06-08",
  groupId,
  lines: [line("2", "debit", amount), line("1", "credit", amount)],
  ...more,
});
const end = (outcome: "settle" | "release", holdIds: readonly string[] = []): Command => ({ kind: "end_group", groupId, outcome, holdIds });
const settle = (holdId: string, more: object = {}): Command => ({ kind: "settle_hold", holdId, ...more });
const release = (holdId: string, more: object = {}): Command => ({ kind: "release_hold", holdId, ...more });

/** A ledger with 100 in the account 1, below which it may not fall, and holds of the group. */
function withHolds(...amounts: readonly number[]): MemoryLedger {
  const ledger = memoryLedger();
  ledger.write([openAccount("1", "bank", { minBalance: 0 }), openAccount("2", "expense"), openAccount("3", "equity")]);
  ledger.write([{ kind: "post_entry", date: "2026-06-01", lines: [line("1", "debit", 100), line("3", "credit", 100)] }]);
  for (const amount of amounts) expect(ledger.write([hold(amount)]).refused).toBeUndefined();
  return ledger;
}
const ids = (ledger: MemoryLedger) => ledger.holds().map(({ id }) => id);
const statuses = (ledger: MemoryLedger) => ledger.holds().map(({ status }) => status);
const refusal = (ledger: MemoryLedger, command: Command, actor: Actor = owner) => ledger.write([command], { actor }).refused;

describe("a group's end", () => {
  test("settles the holds that it names, each on what the one before it leaves, and releases any other", () => {
    const ledger = withHolds(30, 20, 50);
    const [first, second] = ids(ledger) as [string, string, string];
    const { items } = ledger.write([end("settle", [first, second])]);
    expect(items).toMatchObject([
      { facts: [{ kind: "group_ended" }, { kind: "entry_posted" }, { kind: "entry_posted" }, { kind: "hold_released" }] },
    ]);
    expect(statuses(ledger)).toEqual(["settled", "settled", "released"]);
    const bank = ledger.account(ledger.accountNumber("c1") ?? 0);
    expect(bank).toMatchObject({ balance: 50, pendingCredits: 0 });
    // Nothing but the texts of the log goes into another.
    expect(foldLog(ledger.log).snapshot()).toBe(ledger.snapshot());
  });

  test("is decided once: the same finds its fact, the other is refused with the decision", () => {
    const ledger = withHolds(30);
    ledger.write([end("release")]);
    const { sequence } = ledger;
    expect(ledger.write([end("release")]).items).toEqual([{ existing: sequence - 1 }]);
    expect(refusal(ledger, end("settle", ids(ledger)))).toMatchObject({ code: "HOLD_STATE", details: [{ decision: "release" }] });
    expect(statuses(ledger)).toEqual(["released"]);
  });

  test.each(["settle", "release"] as const)("by %s bars every later hold of the group, also where none was placed", (outcome) => {
    const ledger = withHolds();
    ledger.write([end(outcome)]);
    expect(refusal(ledger, hold(1))).toMatchObject({
      code: "GROUP_ENDED",
      details: [{ pointer: "/groupId", groupId, decision: outcome }],
    });
    expect(refusal(ledger, hold(1, { groupId: "0198f000-0000-7000-8000-00000000000b" }))).toBeUndefined();
  });

  test("leaves what exists under an external id as it is answered", () => {
    const ledger = withHolds();
    ledger.write([hold(1, { externalId: "a" })]);
    ledger.write([end("release")]);
    expect(ledger.write([hold(1, { externalId: "a" })]).items).toMatchObject([{ existing: expect.any(Number) }]);
  });

  test("is not stopped by a policy that came after its holds", () => {
    const ledger = withHolds(30);
    ledger.write([{ kind: "set_approval_policy", policy: "four_eyes" }]);
    ledger.write([end("settle", ids(ledger))]);
    expect(statuses(ledger)).toEqual(["settled"]);
  });
});

describe("a half by itself", () => {
  test.each([
    ["settle", settle],
    ["release", release],
  ] as const)("%s: leads who asks without the group to it, whatever has become of the hold", (_, by) => {
    const ledger = withHolds(30);
    const [id] = ids(ledger) as [string];
    const first = { code: "FORBIDDEN", details: [{ rule: "group_first", groupId, holdId: id }] };
    expect(refusal(ledger, by(id))).toMatchObject(first);
    ledger.write([end("release")]);
    expect(refusal(ledger, by(id))).toMatchObject(first);
    expect(refusal(ledger, by(id, { noted: true }))).toMatchObject({
      code: "HOLD_STATE",
      details: [{ status: "released", decision: "release" }],
    });
  });

  test.each([
    ["settle", "settled", settle],
    ["release", "released", release],
  ] as const)("%s: is its placer's alone", (_, status, by) => {
    const ledger = withHolds();
    ledger.write([hold(30)], { actor: approver });
    const [id] = ids(ledger) as [string];
    expect(refusal(ledger, by(id, { noted: true }), owner)?.code).toBe("FORBIDDEN");
    expect(refusal(ledger, by(id, { noted: true }), preparer)?.code).toBe("FORBIDDEN");
    expect(refusal(ledger, by(id, { noted: true }), agent)?.code).toBe(status === "settled" ? "APPROVAL_REQUIRED" : "FORBIDDEN");
    expect(refusal(ledger, by(id, { noted: true }), approver)).toBeUndefined();
    expect(statuses(ledger)).toEqual([status]);
  });

  test("of no group asks for none", () => {
    const ledger = withHolds();
    ledger.write([{ kind: "place_hold", date: "2026-06-08", lines: [line("2", "debit", 1), line("1", "credit", 1)] }]);
    expect(refusal(ledger, release(ids(ledger)[0] ?? ""), preparer)).toBeUndefined();
  });
});
