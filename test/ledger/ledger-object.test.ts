import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { dateOfDay, parseDay } from "../../src/kernel/calendar-date.ts";
import { failureKinds } from "../../src/kernel/failures.ts";
import { encodeAddress } from "../../src/kernel/id.ts";
import { decodeCommands, encodeCommands } from "../../src/ledger/command-columns.ts";
import type { Account } from "../../src/ledger/domain/account.ts";
import { humansOf, type Preparer } from "../../src/ledger/domain/approval.ts";
import type { Draft } from "../../src/ledger/domain/draft.ts";
import { holdStatuses } from "../../src/ledger/domain/hold.ts";
import type { RecordedEntry } from "../../src/ledger/domain/state.ts";
import { halfSpan } from "../../src/ledger/object/index/halves.ts";
import { kindNames } from "../../src/ledger/object/index/record-kind.ts";
import { inOrder, keysFrom } from "../../src/ledger/object/index/sorted-source.ts";
import { BlockCache, readRuns, StoredRun } from "../../src/ledger/object/index/stored-run.ts";
import { probeOf } from "../../src/ledger/object/index/term-filter.ts";
import type { TermKey } from "../../src/ledger/object/index/term-hash.ts";
import { decodeContext, readFacts } from "../../src/ledger/object/log/journal.ts";
import { readMeta } from "../../src/ledger/object/log/meta.ts";
import { dropTables } from "../../src/ledger/object/state/eager-tables.ts";
import { EntryTail } from "../../src/ledger/object/state/entry-tail.ts";
import { recordKinds } from "../../src/ledger/object/state/record-kinds.ts";
import type { Command, EntriesQuery, WriteOptions, WriteOutcome } from "../../src/ledger/rpc.ts";
import { actors, anyDate, anyWrite, commandOf, dates, startingAccounts, type WriteStep } from "../support/ledger-steps.ts";
import { holdClock, type LedgerUnderTest, newLedger, setClock } from "../support/ledger-under-test.ts";
import { type MemoryLedger, memoryLedger, owner } from "../support/memory-ledger.ts";
import { type Paper, paper } from "../support/paper.ts";
import { seeded } from "../support/seed.ts";
import { standingOf } from "../support/standing.ts";

/**
 * The real object against two witnesses that share nothing with it but the rules: a ledger in memory, folded from its log,
 * that has to come to the same log byte for byte; and the books kept on paper, that has to come to the same sums at every point.
 */

type Happening =
  | { readonly kind: "write"; readonly write: WriteStep; readonly keyed: boolean; readonly rehearsed: boolean; readonly clockMs: number }
  | { readonly kind: "evict" | "kill" | "alarm" | "repeat" | "verify" }
  | { readonly kind: "look"; readonly look: Look };

/** Where to look, each number taken modulo what there is. */
interface Look {
  readonly asOf: string | undefined;
  readonly knownAt: number | undefined;
  readonly account: number;
  readonly filter: number;
  readonly limit: number;
  readonly asc: boolean;
}

const anyLook: fc.Arbitrary<Look> = fc.record({
  asOf: fc.option(anyDate, { nil: undefined }),
  knownAt: fc.option(fc.nat(10_000), { nil: undefined }),
  account: fc.nat(1_000),
  filter: fc.nat(1_000),
  limit: fc.integer({ min: 1, max: 9 }),
  asc: fc.boolean(),
});

const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      write: anyWrite,
      keyed: fc.boolean(),
      rehearsed: fc.constantFrom(true, false, false),
      // Now and then the clock steps back.
      clockMs: fc.oneof({ weight: 9, arbitrary: fc.nat(60_000) }, { weight: 1, arbitrary: fc.integer({ min: -600_000, max: -1 }) }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom("evict" as const, "kill" as const, "alarm" as const, "repeat" as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("look" as const), look: anyLook }) },
);

// Smaller still than in the other tests: with a few entries the tail is full, its flush takes several writes, and two runs are merged, and a list of seven is walked.
Object.assign(env, { LEDGER_TAIL_LINES: "14", LEDGER_BLOCK_RECORDS: "4", LEDGER_RUNS_MERGED: "2", LEDGER_GATHERED: "6" });

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

/** The ledger with its witnesses. */
interface Trial {
  readonly ledger: LedgerUnderTest;
  readonly memory: MemoryLedger;
  readonly paper: Paper;
  readonly kept: { readonly commands: readonly Command[]; readonly options: Partial<WriteOptions>; readonly outcome: WriteOutcome }[];
  nowMs: number;
}

async function newTrial(): Promise<Trial> {
  const ledger = newLedger();
  const nowMs = Date.now();
  const trial: Trial = { ledger, memory: memoryLedger(ledger.identity, nowMs), paper: paper(), kept: [], nowMs };
  await write(trial, startingAccounts, { mode: "atomic" });
  return trial;
}

const idOf = (trial: Trial, entry: RecordedEntry) =>
  entry.fact.draftId ??
  encodeAddress({ atMs: entry.atMs, ledgerNumber: trial.ledger.identity.number, kind: "entry", sequence: entry.sequence });
const livingAccounts = (trial: Trial) => trial.memory.accounts().filter((account) => account.status !== "deleted");

/** The commands as the object makes them of what crosses to it. */
function crossed(commands: readonly Command[]): Command[] {
  const decoded = decodeCommands(encodeCommands(commands));
  return commands.flatMap((_, i) => decoded.at(i) ?? []);
}

/** Writes to the object and to its witnesses, and holds the answer to what the witness says. */
async function write(trial: Trial, commands: readonly Command[], options: Partial<WriteOptions>): Promise<WriteOutcome> {
  const { ledger, memory } = trial;
  const mode = options.mode ?? "atomic";
  const outcome = await ledger.write(commands, options);
  const before = memory.sequence;
  // As they cross to the object: canonical, metadata in order of its keys.
  const asked = crossed(commands);
  const expected = memory.write(asked, { mode, actor: options.actor ?? owner, atMs: presentMs(trial) });
  trial.paper.note(memory, asked, expected.items, before);
  if (options.idempotencyKey !== undefined) trial.kept.push({ commands, options, outcome });
  if (expected.refused !== undefined) {
    if (outcome.outcome !== "refused") throw new Error(`the object took what is refused as ${expected.refused.code}`);
    expect(outcome.failure.code).toBe(expected.refused.code);
    return outcome;
  }
  if (outcome.outcome === "refused") throw new Error(`the object refused as ${outcome.failure.code}: ${outcome.failure.message}`);
  expect(outcome.outcome).toBe(expected.items.some((item) => "facts" in item) ? "written" : "existing");
  if (commands.length === 1) return outcome;
  const answer = JSON.parse(outcome.body);
  expect(answer.head.sequence).toBe(memory.sequence);
  expect(answer.data).toHaveLength(commands.length);
  expected.items.forEach((item, i) => {
    if ("failure" in item) expect(answer.data[i].error.code).toBe(item.failure.code);
    else if ("existing" in item) expect(answer.data[i].id).toBe(idAt(trial, item.existing));
    else if (item.facts[0]?.kind === "entry_posted") expect(answer.data[i].sequence).toBe(item.first);
  });
  return outcome;
}

/** The time that the ledger goes by: that of its clock, which never steps back. */
function presentMs({ memory }: Trial): number {
  return Math.max(Date.now(), memory.log.at(-1)?.atMs ?? 0);
}

/** The id of the entry, draft or hold that a fact is of. */
function idAt(trial: Trial, sequence: number): string {
  const { memory } = trial;
  const entry = memory.entry(sequence);
  if (entry !== undefined) return idOf(trial, entry);
  const draft = memory.drafts().find(({ no, savedSequence }) => no === sequence || savedSequence === sequence);
  return draft?.id ?? memory.hold(sequence)?.id ?? "";
}

/** Has the witnesses note what is over, as any call to the object does. */
function noteExpiries(trial: Trial): void {
  const { memory } = trial;
  const before = memory.sequence;
  memory.expire(presentMs(trial));
  trial.paper.note(memory, [], [], before);
}

async function happen(trial: Trial, happening: Happening): Promise<void> {
  const { ledger, memory } = trial;
  // Killing is no call; whatever comes next finds the same holds over, at the same time.
  if (happening.kind !== "write" && happening.kind !== "kill") noteExpiries(trial);
  switch (happening.kind) {
    case "write": {
      trial.nowMs += happening.clockMs;
      setClock(trial.nowMs);
      const standing = standingOf(memory, presentMs(trial));
      const commands = happening.write.steps.flatMap((step) => commandOf(step, standing) ?? []);
      if (commands.length === 0) return;
      const options = { mode: happening.write.mode, actor: actors[happening.write.as] };
      const rehearsed = happening.rehearsed ? await ledger.write(commands, { ...options, dryRun: true }) : undefined;
      const key = happening.keyed ? { idempotencyKey: crypto.randomUUID() } : {};
      const outcome = await write(trial, commands, { ...options, ...key });
      // With the clock stopped, only the seals distinguish the rehearsal from the write.
      if (rehearsed !== undefined) expect(unsealed(rehearsed)).toEqual(unsealed(outcome));
      return;
    }
    case "evict":
      await noteInterruption(ledger);
      return ledger.evict();
    case "kill":
      await noteInterruption(ledger);
      return ledger.kill();
    case "alarm":
      await ledger.alarm();
      return;
    case "verify":
      expect(await ledger.verify()).toMatchObject({ status: "succeeded", result: { ok: true, sequence: memory.sequence, faults: [] } });
      return;
    case "repeat":
      for (const { commands, options, outcome } of trial.kept) {
        // What was not allowed or not there has left its key free.
        if (outcome.outcome === "refused" && [403, 404].includes(failureKinds[outcome.failure.code].status)) continue;
        const again = await ledger.write(commands, options);
        if (outcome.outcome === "refused") expect(again).toEqual({ ...outcome, replayed: true });
        else expect(again).toMatchObject({ outcome: "replayed", body: outcome.body, made: outcome.made });
      }
      return;
    case "look":
      return look(trial, happening.look);
  }
}

function unsealed(outcome: WriteOutcome): unknown {
  if (outcome.outcome === "refused") return { ...outcome, replayed: false };
  return JSON.parse(outcome.body, (key, value) => (key === "seal" || key === "head" ? undefined : value));
}

/** Reads everything there is to read at a point, and holds it to the witnesses. */
async function look(trial: Trial, { asOf, knownAt: known, account: which, filter, limit, asc }: Look): Promise<void> {
  const { ledger, memory } = trial;
  const paper = trial.paper.books;
  const direction = asc ? "asc" : "desc";
  const knownAt = known === undefined ? undefined : known % (memory.sequence + 2);
  const point = { ...(asOf === undefined ? {} : { asOf }), ...(knownAt === undefined ? {} : { knownAt }) };
  const accounts = livingAccounts(trial).sort((a, b) => (a.code < b.code ? -1 : 1));
  const account = accounts[which % accounts.length] as Account;

  const figures = (of: Account) => {
    const turnover = paper.turnover(of.id, point);
    const balance = paper.balance(of.id, of.type, point);
    const posted = { posted: { debits: `${turnover.debits}`, credits: `${turnover.credits}` }, balance: `${balance}` };
    // What is pending is answered by sequence only.
    if (asOf !== undefined) return posted;
    const { debits, credits } = trial.paper.pending(of.id, knownAt ?? memory.sequence);
    const out = sideOf(of) > 0n ? credits : debits;
    return { ...posted, pending: { debits: `${debits}`, credits: `${credits}` }, available: `${balance - out}` };
  };
  expect(exactly(await ledger.client.readText({ kind: "balance", accountId: account.id, ...point }))).toMatchObject({
    accountId: account.id,
    code: account.code,
    ...figures(account),
  });
  const pages = await allPages(async (after) => {
    const page = exactly(
      await ledger.client.readText({ kind: "balances", limit, direction, ...point, ...(after === null ? {} : { afterCode: after }) }),
    );
    expect(page.totalCount).toBe(String(accounts.length));
    return page;
  });
  const listed = asc ? accounts : [...accounts].reverse();
  expect(pages).toMatchObject(listed.map((of) => ({ accountId: of.id, ...figures(of) })));

  const before = dates[filter % dates.length] as string;
  const totals = exactly(
    await ledger.client.readText({
      kind: "totals",
      includeUnused: true,
      ...point,
      ...(asOf !== undefined && before <= asOf ? { before } : {}),
    }),
  );
  expect(totals.accounts).toEqual(
    accounts.map((of) => {
      const end = paper.turnover(of.id, point);
      const dayBefore = dateOfDay((parseDay(before) ?? 0) - 1);
      const hasOpening = asOf !== undefined && before <= asOf && before !== "1900-01-01";
      const start = hasOpening ? paper.turnover(of.id, { knownAt, asOf: dayBefore }) : { debits: 0n, credits: 0n };
      return {
        accountId: of.id,
        code: of.code,
        type: of.type,
        name: of.description.name,
        openingDebits: `${start.debits}`,
        openingCredits: `${start.credits}`,
        debits: `${end.debits - start.debits}`,
        credits: `${end.credits - start.credits}`,
      };
    }),
  );

  // From each date to the next two: periods that meet, overlap and share their ends.
  const ascending = [...dates].sort();
  const periods = ascending.flatMap((startDate, i) => ascending.slice(i, i + 3).map((endDate) => ({ startDate, endDate })));
  const types = [...new Set(accounts.map(({ type }) => type))];
  const turnovers = await ledger.read({
    kind: "turnovers",
    includeUnused: true,
    periods,
    types,
    ...(knownAt === undefined ? {} : { knownAt }),
  });
  const dayBefore = (date: string) => dateOfDay((parseDay(date) ?? 0) - 1);
  const before1900 = { debits: 0n, credits: 0n };
  const flow = (of: Account, { startDate, endDate }: (typeof periods)[number]) => {
    const end = paper.turnover(of.id, { knownAt, asOf: endDate });
    const start = startDate === "1900-01-01" ? before1900 : paper.turnover(of.id, { knownAt, asOf: dayBefore(startDate) });
    return { debits: `${end.debits - start.debits}`, credits: `${end.credits - start.credits}` };
  };
  expect(turnovers.accounts).toEqual(
    accounts.map((of) => ({
      accountId: of.id,
      code: of.code,
      type: of.type,
      name: of.description.name,
      parentId: of.description.parentId,
      role: of.description.role,
      debits: periods.map((period) => flow(of, period).debits),
      credits: periods.map((period) => flow(of, period).credits),
    })),
  );

  const days = dates.map((date) => parseDay(date) ?? 0).sort((a, b) => a - b);
  const history = exactly(
    await ledger.client.readText({ kind: "balance_history", accountId: account.id, days, ...(knownAt === undefined ? {} : { knownAt }) }),
  );
  expect(history).toEqual(
    days.map((day) => {
      const date = dateOfDay(day);
      const turnover = paper.turnover(account.id, { asOf: date, knownAt });
      const balance = paper.balance(account.id, account.type, { asOf: date, knownAt });
      return { date, debits: `${turnover.debits}`, credits: `${turnover.credits}`, balance: `${balance}` };
    }),
  );

  await lookAtLines(trial, account, { asOf, knownAt, limit, asc });
  await lookAtEntries(trial, account, filter, limit, asc);
  await lookAtHolds(trial, account, filter, limit, asc);
  const views = await ledger.read({ kind: "accounts", accountIds: memory.accounts().map((of) => of.id) });
  expect(views).toMatchObject(
    livingAccounts(trial).map((of) => ({
      id: of.id,
      code: of.code,
      externalId: of.externalId,
      type: of.type,
      status: of.status,
      minBalance: of.minBalance,
      maxBalance: of.maxBalance,
      revision: of.revision,
    })),
  );
  expect(await ledger.read({ kind: "period_locks" })).toEqual(
    memory.locks.map((lock) => ({
      startDate: dateOfDay(lock.startDay),
      endDate: dateOfDay(lock.endDay),
      module: lock.module,
      level: lock.level,
      reason: lock.reason,
    })),
  );
}

async function lookAtLines(
  trial: Trial,
  account: Account,
  { asOf, knownAt, limit, asc }: { asOf: string | undefined; knownAt: number | undefined; limit: number; asc: boolean },
): Promise<void> {
  const { ledger } = trial;
  const paper = trial.paper.books;
  const direction = asc ? "asc" : "desc";
  for (const order of ["date", "sequence"] as const) {
    for (const filtered of [account, undefined]) {
      const bySequence = paper.lines.filter(
        (line) => (filtered === undefined || line.accountId === filtered.id) && (knownAt === undefined || line.sequence <= knownAt),
      );
      const sorted = order === "sequence" ? bySequence : bySequence.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
      let running = 0n;
      const expected = sorted
        .map((line) => {
          running += BigInt(line.amount) * (filtered?.type === undefined || account.type === undefined ? 1n : sideOf(account));
          return {
            sequence: line.sequence,
            no: line.no,
            accountId: line.accountId,
            date: line.date,
            side: line.amount > 0 ? "debit" : "credit",
            amount: Math.abs(line.amount),
            ...(filtered !== undefined && order === "date" ? { runningBalance: Number(running) } : {}),
          };
        })
        .filter((line) => asOf === undefined || line.date <= asOf);
      const lines = await allPages(async (after) => {
        const page = await ledger.read({
          kind: "lines",
          order,
          direction,
          limit: limit * 3,
          ...(filtered === undefined ? {} : { accountId: filtered.id }),
          ...(asOf === undefined ? {} : { endDate: asOf }),
          ...(knownAt === undefined ? {} : { knownAt }),
          ...(after === null ? {} : { after }),
        });
        expect(page.totalCount).toBe(expected.length);
        return page;
      });
      expect(lines).toMatchObject(asc ? expected : expected.toReversed());
    }
  }
}

const sideOf = (account: Account) => (["bank", "accounts_receivable", "expense"].includes(account.type) ? 1n : -1n);

function lineTold({ memory }: Trial, line: { account: number; amount: number; memo: string | null }, i: number) {
  return {
    no: i + 1,
    accountId: memory.account(line.account)?.id,
    accountCode: memory.account(line.account)?.code,
    side: line.amount > 0 ? "debit" : "credit",
    amount: Math.abs(line.amount),
    memo: line.memo,
  };
}

function preparerTold(preparer: Preparer) {
  return { kind: preparer.kind, id: preparer.id, humans: humansOf(preparer), independent: preparer.independent ?? false };
}

function draftTold(trial: Trial, { id, no, status, version, preparers, content, reason }: Draft) {
  const original = trial.memory.entry(content.reversalOf ?? 0);
  return {
    id,
    status,
    sequence: no,
    date: content.date,
    externalId: content.externalId,
    reference: content.reference,
    reversalOf: original === undefined ? null : idOf(trial, original),
    approval: { version, preparedBy: preparers.map(preparerTold), approvedBy: null, reason },
    holdId: content.hold === null ? null : trial.memory.hold(content.hold)?.id,
    lines: content.lines.map((line, i) => ({ ...lineTold(trial, line, i), balanceAfter: null, accountVersion: null })),
    seal: null,
  };
}

async function lookAtHolds(trial: Trial, account: Account, filter: number, limit: number, asc: boolean): Promise<void> {
  const { ledger, memory } = trial;
  const bit = (n: number) => Math.floor(filter / 2 ** n) % 2 === 1;
  const status = bit(0) ? holdStatuses[filter % 4] : undefined;
  const accountId = bit(1) ? account.id : undefined;
  const startDate = bit(2) ? "2026-01-02" : undefined;
  const groupId = bit(3) && bit(4) ? "0198f000-0000-7000-8000-0000000000aa" : undefined;
  for (const order of ["sequence", "date"] as const) {
    const matching = memory
      .holds()
      .filter(
        (hold) =>
          (status === undefined || hold.status === status) &&
          (accountId === undefined || hold.fact.lines.some((line) => line.account === account.no)) &&
          (startDate === undefined || hold.fact.date >= startDate) &&
          (groupId === undefined || hold.fact.groupId === groupId),
      )
      .sort((a, b) => (order === "date" && a.fact.date !== b.fact.date ? (a.fact.date < b.fact.date ? -1 : 1) : a.no - b.no));
    const expected = (asc ? matching : matching.reverse()).map((hold) => {
      const entry = hold.status === "settled" ? memory.entry(hold.resolved ?? 0) : undefined;
      return {
        id: hold.id,
        status: hold.status,
        sequence: hold.no,
        date: hold.fact.date,
        groupId: hold.fact.groupId,
        entryId: entry === undefined ? null : idOf(trial, entry),
        lines: hold.fact.lines.map((line, i) => ({
          ...lineTold(trial, line, i),
          availableAfter: line.availableAfter,
          accountVersion: line.version,
        })),
      };
    });
    const holds = await allPages(async (after) => {
      const page = await ledger.read({
        kind: "holds",
        order,
        direction: asc ? "asc" : "desc",
        limit,
        ...(status === undefined ? {} : { status }),
        ...(accountId === undefined ? {} : { accountId }),
        ...(startDate === undefined ? {} : { startDate }),
        ...(groupId === undefined ? {} : { groupId }),
        ...(after === null ? {} : { after }),
      });
      expect(page.totalCount).toBe(expected.length);
      return page;
    });
    expect(holds).toMatchObject(expected);
    const one = expected[filter % Math.max(expected.length, 1)];
    if (one !== undefined) expect(await ledger.read({ kind: "hold", holdId: one.id })).toMatchObject(one);
  }
}

async function lookAtEntries(trial: Trial, account: Account, filter: number, limit: number, asc: boolean): Promise<void> {
  const { ledger, memory } = trial;
  const statusOf = (entry: RecordedEntry) => {
    const reversal = memory.entry(memory.reversalOf(entry.sequence) ?? 0);
    return reversal === undefined ? "posted" : reversal.fact.void ? "voided" : "reversed";
  };
  const amountOf = (entry: { readonly fact: { readonly lines: readonly { readonly amount: number }[] } }) =>
    entry.fact.lines.reduce((sum, line) => sum + BigInt(Math.max(line.amount, 0)), 0n);
  const bit = (n: number) => Math.floor(filter / 2 ** n) % 2 === 1;
  const query: Partial<EntriesQuery> = {
    ...(bit(0) ? { accountId: account.id } : {}),
    ...(bit(1) ? { status: (["posted", "reversed", "voided", "draft", "pending_approval"] as const)[filter % 5] ?? "posted" } : {}),
    ...(bit(1) && bit(4) ? { postedOnly: true } : {}),
    ...(bit(2) ? { startDate: "2026-01-02" } : {}),
    ...(bit(3) ? { endDate: "2026-02-28" } : {}),
    ...(bit(4) && bit(5) ? { sourceType: bit(1) ? "bill" : "api" } : {}),
    ...(bit(5) && bit(6) ? { reference: `ref-${filter % 4}` } : {}),
    ...(bit(6) && bit(7) ? { externalId: `po-${filter % 13}` } : {}),
    ...(bit(8) ? { minAmount: 500 } : {}),
    ...(bit(9) ? { maxAmount: 2_000 } : {}),
  };
  const entryTold = (entry: RecordedEntry) => {
    const reversal = memory.entry(memory.reversalOf(entry.sequence) ?? 0);
    const original = memory.entry(entry.fact.reversalOf ?? 0);
    return {
      id: idOf(trial, entry),
      status: statusOf(entry),
      sequence: entry.sequence,
      createdAt: new Date(entry.atMs).toISOString(),
      date: entry.fact.date,
      externalId: entry.fact.externalId,
      reference: entry.fact.reference,
      flagged: entry.fact.flagged,
      reversedBy: reversal === undefined ? null : idOf(trial, reversal),
      reversalOf: original === undefined ? null : idOf(trial, original),
      holdId: entry.fact.hold === null ? null : memory.hold(entry.fact.hold)?.id,
      lines: entry.fact.lines.map((line, i) => ({
        ...lineTold(trial, line, i),
        balanceAfter: line.balanceAfter,
        accountVersion: line.version,
      })),
    };
  };
  type ToDescribe = { readonly status: string; readonly sequence: number; readonly fact: Draft["content"]; readonly told: unknown };
  const unposted: ToDescribe[] = memory
    .drafts()
    .filter(({ status }) => status !== "posted" && query.postedOnly !== true)
    .map((draft) => ({ status: draft.status, sequence: draft.no, fact: draft.content, told: draftTold(trial, draft) }));
  for (const order of ["sequence", "date"] as const) {
    const matching = [
      ...memory.entries().map((entry) => ({ status: statusOf(entry), sequence: entry.sequence, fact: entry.fact, told: entryTold(entry) })),
      ...unposted,
    ]
      .filter(
        (entry) =>
          (query.accountId === undefined || entry.fact.lines.some((line) => line.account === account.no)) &&
          (query.status === undefined || entry.status === query.status) &&
          (query.startDate === undefined || entry.fact.date >= query.startDate) &&
          (query.endDate === undefined || entry.fact.date <= query.endDate) &&
          (query.sourceType === undefined || (entry.fact.source?.type ?? "api") === query.sourceType) &&
          (query.reference === undefined || entry.fact.reference === query.reference) &&
          (query.externalId === undefined || entry.fact.externalId === query.externalId) &&
          (query.minAmount === undefined || amountOf(entry) >= BigInt(query.minAmount)) &&
          (query.maxAmount === undefined || amountOf(entry) <= BigInt(query.maxAmount)),
      )
      .sort((a, b) => (order === "date" && a.fact.date !== b.fact.date ? (a.fact.date < b.fact.date ? -1 : 1) : a.sequence - b.sequence));
    // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about.
    const expected: any[] = (asc ? matching : matching.reverse()).map(({ told }) => told);
    const entries = await allPages(async (after) => {
      const page = await ledger.read({
        kind: "entries",
        order,
        direction: asc ? "asc" : "desc",
        limit,
        ...query,
        ...(after === null ? {} : { after }),
      });
      expect(page.totalCount).toBe(expected.length);
      return page;
    });
    expect(entries).toMatchObject(expected);
    const one = expected[filter % Math.max(expected.length, 1)];
    if (one !== undefined) expect(await ledger.read({ kind: "entry", entryId: one.id })).toMatchObject(one);
  }
}

/** Pages one after the other, each asked for with where the one before it ended. */
// biome-ignore lint/suspicious/noExplicitAny: rows of whatever list it is.
async function allPages(page: (after: string | null) => Promise<any>): Promise<any[]> {
  const rows: unknown[] = [];
  let after: string | null = null;
  for (let turn = 0; turn < 1_000; turn++) {
    const { data, after: next } = await page(after);
    rows.push(...data);
    if (next === null) return rows;
    after = next;
  }
  throw new Error("the pages do not end");
}

/** JSON with its numbers as texts: turnover passes what a JavaScript number holds. */
// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test is about.
function exactly(text: string): any {
  return JSON.parse(text.replace(/:(-?\d+)(?=[,}])/g, ':"$1"'));
}

/** What the object has on disk, next to what its witness has. */
async function compareDisk(trial: Trial): Promise<void> {
  const { ledger, memory } = trial;
  const journal = await ledger.rows("SELECT seq, body FROM journal ORDER BY seq");
  expect(journal).toEqual(memory.log.map(({ body }, i) => ({ seq: i + 1, body })));
  const accounts = await ledger.rows(
    "SELECT no, id, code, external_id, status, min_balance, max_balance, revision FROM account ORDER BY no",
  );
  expect(accounts).toEqual(
    memory.accounts().map((account) => ({
      no: account.no,
      id: account.id,
      code: account.code,
      external_id: account.externalId,
      status: account.status,
      min_balance: account.minBalance,
      max_balance: account.maxBalance,
      revision: account.revision,
    })),
  );
}

/** Every row of the tables that are written with their facts. */
async function tablesOf(ledger: LedgerUnderTest): Promise<unknown> {
  const tables: Record<string, unknown> = {};
  for (const table of ["account", "reversal", "posting_reference", "draft", "draft_account", "hold", "hold_account", "account_pending"])
    tables[table] = await ledger.rows(`SELECT * FROM ${table} ORDER BY 1, 2`);
  tables.meta = await ledger.rows(
    "SELECT * FROM meta WHERE key IN ('lock_facts', 'approval_policy', 'shared_record', 'standing', 'tables') ORDER BY key",
  );
  return tables;
}

/** What the index says of the log, on disk and in the tail, however its runs are cut; and whether the filters know all of their runs' terms. */
async function indexContent(ledger: LedgerUnderTest): Promise<unknown> {
  return ledger.inside((sql) => {
    const rows = readRuns(sql);
    const ready = rows.filter(({ state }) => state === "ready").map((row) => new StoredRun(sql, new BlockCache(), row));
    const flushedTo = Math.max(0, ...ready.map(({ toSequence }) => toSequence));
    const tail = new EntryTail(flushedTo + 1, readMeta<TermKey>(sql, "term_key") ?? [0, 0]);
    for (const { seq, fact, context } of readFacts(sql, flushedTo, Number.MAX_SAFE_INTEGER)) {
      if (fact.kind === "entry_posted") tail.add(seq, fact, 0);
      if (fact.kind === "hold_placed") tail.addNames(seq, fact);
      const claim = context === null ? undefined : decodeContext(context).claim;
      if (claim !== undefined) tail.addClaim(claim.key, seq);
    }
    const content: Record<string, unknown> = {};
    for (const kind of kindNames(recordKinds)) {
      const runs = ready.filter(({ row }) => row.kind === kind);
      const records = [...inOrder([...runs, tail.sorted(kind)], keysFrom(0, Number.MAX_SAFE_INTEGER), "asc")];
      content[kind] = kind === "month" ? addedUp(records) : records;
      if (kind === "term" || kind === "claim")
        for (const run of runs)
          for (const [hash = 0] of inOrder([run], keysFrom(0, 2 ** 52), "asc")) expect(run.filter.mayHave(probeOf(hash))).toBe(true);
    }
    const totals = new Map<number, { debits: bigint; credits: bigint; lines: number }>();
    type TotalRow = { no: number; debits: string; credits: string; lines: number };
    const total = (no: number) => totals.get(no) ?? { debits: 0n, credits: 0n, lines: 0 };
    for (const row of sql.exec<TotalRow>(
      "SELECT no, CAST(debits AS TEXT) AS debits, CAST(credits AS TEXT) AS credits, lines FROM account_total",
    ))
      totals.set(row.no, { debits: BigInt(row.debits), credits: BigInt(row.credits), lines: row.lines });
    tail.visitLines((no, _day, _item, amount) => {
      const { debits, credits, lines } = total(no);
      const size = BigInt(Math.abs(amount));
      totals.set(no, { debits: debits + (amount > 0 ? size : 0n), credits: credits + (amount < 0 ? size : 0n), lines: lines + 1 });
    });
    return { ...content, totals: [...totals].sort(([a], [b]) => a - b) };
  });
}

/** Sums of the same account and month as one, in halves no longer. */
function addedUp(records: readonly (readonly number[])[]): unknown {
  const cells = new Map<number, [bigint, bigint]>();
  const whole = (high = 0, low = 0) => BigInt(high) * BigInt(halfSpan) + BigInt(low);
  for (const [cell = 0, , debitsHigh, debitsLow, creditsHigh, creditsLow] of records) {
    const [debits, credits] = cells.get(cell) ?? [0n, 0n];
    cells.set(cell, [debits + whole(debitsHigh, debitsLow), credits + whole(creditsHigh, creditsLow)]);
  }
  return [...cells].sort(([a], [b]) => a - b);
}

/** Deletes everything that can be rebuilt. What is left is the log. */
async function dropDerived(ledger: LedgerUnderTest): Promise<void> {
  await ledger.inside((sql) => {
    for (const table of ["run", "block", "term_filter", "account_total"]) sql.exec(`DELETE FROM ${table}`);
    sql.exec("DELETE FROM meta WHERE key IN ('index', 'last_run')");
    dropTables(sql);
  });
  await ledger.kill();
}

/** What the index was doing when the object's memory was dropped. */
const interrupted = { flush: 0, merge: 0, deletion: 0 };

async function noteInterruption(ledger: LedgerUnderTest): Promise<void> {
  for (const { state, level } of await ledger.rows("SELECT state, level FROM run WHERE state IN ('building', 'over')")) {
    if (state === "over") interrupted.deletion += 1;
    else if (level === 0) interrupted.flush += 1;
    else interrupted.merge += 1;
  }
}

describe("a ledger's object, evicted and killed at any point, in the middle of a flush and of a merge too", () => {
  test("2 3 4 5 6 7 9 10 11 12 14 19 20: answers, figures, lists and log are those of its witnesses", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyHappening, { minLength: 25, maxLength: 45 }), anyLook, async (happenings, last) => {
        const trial = await newTrial();
        for (const happening of happenings) await happen(trial, happening);
        await happen(trial, { kind: "repeat" });
        await happen(trial, { kind: "look", look: last });
        await compareDisk(trial);
        await happen(trial, { kind: "verify" });
        const [index, tables] = [await indexContent(trial.ledger), await tablesOf(trial.ledger)];
        await dropDerived(trial.ledger);
        await look(trial, last);
        expect(await indexContent(trial.ledger)).toEqual(index);
        expect(await tablesOf(trial.ledger)).toEqual(tables);
      }),
      { ...seeded(16), interruptAfterTimeLimit: 45_000 },
    );
    // That it was let go of in the middle of everything is not left to chance unseen.
    expect(interrupted.flush).toBeGreaterThan(0);
    expect(interrupted.merge).toBeGreaterThan(0);
  });
});
