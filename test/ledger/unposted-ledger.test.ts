import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Command, type LineRequest, refByCode } from "../../src/ledger/domain/command.ts";
import { agent, owner } from "../support/actors.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { holdClock, newLedger, setClock } from "../support/ledger-under-test.ts";

const start = Date.parse("2040-01-01T00:00:00Z");
beforeEach(() => holdClock(start));
afterEach(() => void vi.useRealTimers());

const line = (code: string, side: "debit" | "credit", amount: number, memo?: string): LineRequest => ({
  account: refByCode(code),
  side,
  amount,
  ...(memo === undefined ? {} : { memo }),
});
const moving = (amount: number) => ({ date: "2026-06-08", lines: [line("2", "debit", amount), line("1", "credit", amount)] });
const post = (amount: number): Command => ({ kind: "post_entry", ...moving(amount) });
const hold = (amount: number, expiresAtMs?: number): Command => ({
  kind: "place_hold",
  ...moving(amount),
  ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
});

async function opened() {
  const ledger = newLedger();
  const { data } = await ledger.written([openAccount("1", "bank"), openAccount("2", "expense")]);
  return { ledger, bank: data[0].id as string };
}

test("the short answer names what it wrote by the ids that it keeps", async () => {
  const { ledger } = await opened();
  const waiting = await ledger.written([post(1), post(2)], { actor: agent, answer: "minimal" });
  expect(waiting.data).toMatchObject([{ status: "pending_approval" }, { status: "pending_approval" }]);
  const approve = waiting.data.map(({ id }: { id: string }): Command => ({ kind: "approve_entry", entryId: id, expectedVersion: 1 }));
  const approved = await ledger.written(approve, { answer: "minimal" });
  expect(approved.data.map(({ id }: { id: string }) => id)).toEqual(waiting.data.map(({ id }: { id: string }) => id));
  const held = await ledger.written([hold(1), hold(2)], { answer: "minimal" });
  for (const { id } of held.data) expect((await ledger.read({ kind: "hold", holdId: id })).status).toBe("open");
});

test("an answer that is too large to be kept is told again as it was, whatever has become of the draft and the hold since", async () => {
  const { ledger } = await opened();
  const memo = "m".repeat(400);
  const lines = Array.from({ length: 100 }, () => [line("2", "debit", 1, memo), line("1", "credit", 1, memo)]).flat();
  const draft: Command = { kind: "create_draft", date: "2026-06-08", lines };
  const place: Command = { kind: "place_hold", date: "2026-06-08", lines };
  const kept = await ledger.write([draft], { idempotencyKey: "draft" });
  const held = await ledger.write([place], { idempotencyKey: "hold" });
  if (kept.outcome !== "written" || held.outcome !== "written") throw new Error("both are written");
  const { id } = JSON.parse(kept.body);
  const submitted = await ledger.write([{ kind: "submit_draft", entryId: id }], { idempotencyKey: "submit" });
  const rejected = await ledger.write([{ kind: "reject_entry", entryId: id, reason: "no" }], { idempotencyKey: "reject" });
  await ledger.written([{ kind: "edit_draft", entryId: id, change: { description: "changed", lines: moving(7).lines } }]);
  await ledger.written([{ kind: "post_draft", entryId: id }]);
  const settled = await ledger.write([{ kind: "settle_hold", holdId: JSON.parse(held.body).id }], { idempotencyKey: "settle" });
  await ledger.kill();
  const again = async (command: Command, idempotencyKey: string) => (await ledger.write([command], { idempotencyKey })) as { body: string };
  expect(kept.body.length).toBeGreaterThan(16 * 1024);
  expect((await again(draft, "draft")).body).toBe(kept.body);
  expect((await again(place, "hold")).body).toBe(held.body);
  expect(await again({ kind: "submit_draft", entryId: id }, "submit")).toMatchObject({ body: (submitted as { body: string }).body });
  expect(await again({ kind: "reject_entry", entryId: id, reason: "no" }, "reject")).toMatchObject({
    body: (rejected as { body: string }).body,
  });
  expect(await again({ kind: "settle_hold", holdId: JSON.parse(held.body).id }, "settle")).toMatchObject({
    body: (settled as { body: string }).body,
  });
});

test("what somebody might not do, or could not find, leaves its key free; what the books refused does not", async () => {
  const { ledger } = await opened();
  await ledger.written([{ kind: "set_approval_policy", policy: "four_eyes" }]);
  const waiting = await ledger.written([post(1)]);
  const approve: Command = { kind: "approve_entry", entryId: waiting.id, expectedVersion: 1 };
  expect(await ledger.write([approve], { idempotencyKey: "k" })).toMatchObject({ outcome: "refused", failure: { code: "SELF_APPROVAL" } });
  const somebodyElse = { ...owner, id: "somebody-else" };
  expect(await ledger.write([approve], { idempotencyKey: "k", actor: somebodyElse })).toMatchObject({ outcome: "written" });
  const again: Command = { ...approve, expectedVersion: 2 };
  for (const replayed of [false, true])
    expect(await ledger.write([again], { idempotencyKey: "l" })).toMatchObject({ failure: { code: "ENTRY_STATE" }, replayed });
});

test("thousands of holds that end together are over together, in facts of a bounded size", async () => {
  const { ledger, bank } = await opened();
  for (let i = 0; i < 5; i++) await ledger.written(Array.from({ length: 500 }, () => hold(1, start + 1_000)));
  await ledger.written([hold(3)]);
  setClock(start + 1_000);
  expect(await ledger.read({ kind: "balance", accountId: bank })).toMatchObject({ available: -3, pending: { credits: 3 } });
  const facts = await ledger.rows(
    "SELECT json_array_length(body, '$.holds') AS holds FROM journal WHERE body ->> '$.kind' = 'holds_expired' ORDER BY seq",
  );
  expect(facts).toEqual([{ holds: 1_000 }, { holds: 1_000 }, { holds: 500 }]);
  expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
});

test("the alarm notes what is over although nobody asks, and is set for what ends next", async () => {
  const { ledger } = await opened();
  await ledger.written([hold(1, start + 5_000), hold(2, start + 60_000)]);
  const alarmAt = () => ledger.inside((_, state) => state.storage.getAlarm());
  // Sooner than the messages to the catalogue, which wait five seconds.
  expect(await alarmAt()).toBe(start + 5_000);
  setClock(start + 5_000);
  await ledger.alarm();
  expect(await ledger.rows("SELECT body FROM journal ORDER BY seq DESC LIMIT 1")).toMatchObject([
    { body: expect.stringContaining("holds_expired") },
  ]);
  expect(await alarmAt()).toBe(start + 60_000);
});

test("a dry run keeps nothing but what was over anyway", async () => {
  const { ledger } = await opened();
  await ledger.written([hold(5, start + 1_000)]);
  setClock(start + 2_000);
  const before = await ledger.rows("SELECT count(*) AS n FROM journal");
  const outcome = await ledger.write([hold(1)], { dryRun: true, actor: owner });
  expect(JSON.parse((outcome as { body: string }).body)).toMatchObject({ status: "open", lines: [{}, { availableAfter: -1 }] });
  expect(await ledger.rows("SELECT count(*) - 1 AS n FROM journal")).toEqual(before);
  expect(await ledger.rows("SELECT status FROM hold")).toEqual([{ status: "expired" }]);
});

test("a list that nothing narrows is counted exactly beyond the bound of filtered ones, with drafts in it and across generations", async () => {
  const { ledger } = await opened();
  const many = Array.from({ length: 1_000 }, (_, i) => post(i + 1));
  for (let batch = 0; batch < 11; batch++) await ledger.written(many, { answer: "minimal" });
  await ledger.written([{ kind: "create_draft", ...moving(1) }]);
  const page = { order: "sequence", direction: "asc", limit: 1 } as const;
  const counts = async () => ({
    all: (await ledger.read({ kind: "entries", ...page })).totalCount,
    posted: (await ledger.read({ kind: "entries", postedOnly: true, ...page })).totalCount,
    lines: (await ledger.read({ kind: "lines", ...page })).totalCount,
  });
  const exact = { all: 11_001, posted: 11_000, lines: 22_000 };
  expect(await counts()).toEqual(exact);
  await ledger.closeOut();
  expect(await counts()).toEqual(exact);
});
