import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseDay } from "../../src/kernel/calendar-date.ts";
import { failureKinds } from "../../src/kernel/failures.ts";
import { decodeCommands, encodeCommands } from "../../src/ledger/command-columns.ts";
import { idOf } from "../../src/ledger/domain/recorded-entry.ts";
import type { Command, EntriesQuery, HoldsQuery, Query, WriteOptions, WriteOutcome } from "../../src/ledger/rpc.ts";
import { actors, anyDate, anyWrite, commandOf, dates, type Standing, startingAccounts, type WriteStep } from "../support/ledger-steps.ts";
import { holdClock, type LedgerUnderTest, newLedger, setClock } from "../support/ledger-under-test.ts";
import { accountText, foldLog, type MemoryLedger, memoryLedger } from "../support/memory-ledger.ts";
import { seeded } from "../support/seed.ts";

/**
 * A ledger that is closed out now and then against its twin, which never is: the same object, the same commands at the same times, the same ids.
 * Where the one's log has facts that only carry, the twin notes as many that change nothing. Everything they answer has to be the same but for the seals.
 */

type Happening =
  | { readonly kind: "write"; readonly write: WriteStep; readonly keyed: boolean; readonly rehearsed: boolean }
  | { readonly kind: "closeOut" | "evict" | "kill" | "alarm" | "repeat" | "retell" }
  | { readonly kind: "look"; readonly look: Look };

interface Look {
  readonly asOf: string | undefined;
  readonly knownAt: number | undefined;
  readonly account: number;
  readonly filter: number;
  readonly limit: number;
  readonly offset: number;
  readonly asc: boolean;
}

const anyLook: fc.Arbitrary<Look> = fc.record({
  asOf: fc.option(anyDate, { nil: undefined }),
  knownAt: fc.option(fc.nat(10_000), { nil: undefined }),
  account: fc.nat(1_000),
  filter: fc.nat(100_000),
  limit: fc.integer({ min: 1, max: 9 }),
  offset: fc.nat(6),
  asc: fc.boolean(),
});

const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      write: anyWrite,
      keyed: fc.boolean(),
      rehearsed: fc.constantFrom(true, false, false),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("closeOut" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom<"evict" | "kill" | "alarm" | "repeat" | "retell">("evict", "kill", "alarm", "repeat", "retell"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("look" as const), look: anyLook }) },
);

// So small that a generation of a few entries has runs on disk and a tail, and lists of seven are walked.
Object.assign(env, { LEDGER_TAIL_LINES: "14", LEDGER_BLOCK_RECORDS: "4", LEDGER_RUNS_MERGED: "2", LEDGER_GATHERED: "6" });

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

interface Trial {
  readonly ledger: LedgerUnderTest;
  readonly twin: LedgerUnderTest;
  readonly memory: MemoryLedger;
  readonly kept: { readonly commands: readonly Command[]; readonly options: Partial<WriteOptions>; readonly outcome: WriteOutcome }[];
  generation: number;
  nowMs: number;
}

const seen = { generations: 0, refused: 0, existing: 0 };

function unsealed(text: string): unknown {
  return JSON.parse(text.replace(/:(-?\d{16,})(?=[,}])/g, ':"$1"'), (key, value) => (key === "seal" || key === "head" ? undefined : value));
}

function outcomeOf(outcome: WriteOutcome): unknown {
  return outcome.outcome === "refused" ? outcome : { outcome: outcome.outcome, body: unsealed(outcome.body) };
}

async function write(trial: Trial, commands: readonly Command[], options: Partial<WriteOptions>): Promise<void> {
  const { ledger, twin, memory } = trial;
  const outcome = await ledger.write(commands, options);
  expect(outcomeOf(outcome)).toEqual(outcomeOf(await twin.write(commands, options)));
  if (options.idempotencyKey !== undefined) trial.kept.push({ commands, options, outcome });
  if (outcome.outcome === "refused") seen.refused += 1;
  if (outcome.outcome === "existing") seen.existing += 1;
  const decoded = decodeCommands(encodeCommands(commands));
  const { mode = "atomic", actor = actors.owner } = options;
  memory.write(
    commands.flatMap((_, i) => decoded.at(i) ?? []),
    { mode, actor, atMs: trial.nowMs },
  );
}

function standingOf({ memory, nowMs }: Trial): Standing {
  return {
    accounts: memory.accounts().filter(({ status }) => status !== "deleted"),
    entries: memory.entries().map((entry) => idOf(memory, entry)),
    drafts: memory.drafts(),
    holds: memory.holds().map(({ id, fact }) => ({ id, amounts: fact.lines.map(({ amount }) => Math.abs(amount)) })),
    nowMs,
  };
}

async function happen(trial: Trial, happening: Happening): Promise<void> {
  const { ledger, twin, memory } = trial;
  switch (happening.kind) {
    case "write": {
      trial.nowMs += happening.write.laterMs;
      setClock(trial.nowMs);
      const commands = happening.write.steps.flatMap((step) => commandOf(step, standingOf(trial)) ?? []);
      if (commands.length === 0) return;
      const options = { mode: happening.write.mode, actor: actors[happening.write.as] };
      if (happening.rehearsed) {
        const dry = { ...options, dryRun: true };
        expect(outcomeOf(await ledger.write(commands, dry))).toEqual(outcomeOf(await twin.write(commands, dry)));
      }
      return write(trial, commands, { ...options, ...(happening.keyed ? { idempotencyKey: crypto.randomUUID() } : {}) });
    }
    case "closeOut": {
      if (trial.generation >= 4) return;
      await twin.read({ kind: "head" });
      await ledger.closeOut();
      trial.generation += 1;
      seen.generations += 1;
      const carried = (await ledger.read({ kind: "head" })).sequence - (await twin.read({ kind: "head" })).sequence;
      const { policy } = await twin.read({ kind: "approval_policy" });
      const nothing = Array.from({ length: carried }, () => ({ kind: "set_approval_policy" as const, policy }));
      await twin.written(nothing);
      memory.write(nothing, { atMs: trial.nowMs });
      return;
    }
    case "evict":
    case "kill":
    case "alarm":
      // Both note at one time what has expired.
      await twin.read({ kind: "head" });
      await ledger.read({ kind: "head" });
      await ledger[happening.kind]();
      return;
    case "retell":
      await twin.read({ kind: "head" });
      await ledger.read({ kind: "head" });
      await ledger.inside((sql) => void sql.exec("DELETE FROM meta WHERE key = 'tables'"));
      return ledger.kill();
    case "repeat":
      for (const { commands, options, outcome } of trial.kept) {
        // What was not allowed or not there has left its key free.
        if (outcome.outcome === "refused" && [400, 403, 404].includes(failureKinds[outcome.failure.code].status)) continue;
        const again = await ledger.write(commands, options);
        if (outcome.outcome === "refused") expect(again).toEqual({ ...outcome, replayed: true });
        else expect(again).toMatchObject({ outcome: "replayed", body: outcome.body, made: outcome.made });
      }
      return;
    case "look":
      return look(trial, happening.look);
  }
}

async function same(trial: Trial, query: Query): Promise<{ readonly after?: string | null }> {
  const read = async (of: LedgerUnderTest) => {
    try {
      return unsealed(await of.client.readText(query));
    } catch (error) {
      return String(error);
    }
  };
  const answer = await read(trial.ledger);
  expect({ query, answer }).toEqual({ query, answer: await read(trial.twin) });
  // The answer of a list, or one that has no pages.
  return answer as { readonly after?: string | null };
}

/** Pages one after the other. */
async function samePages(trial: Trial, query: Extract<Query, { kind: "lines" | "entries" | "holds" | "general_ledger" }>): Promise<void> {
  for (let turn = 0, after: string | undefined; turn < 100; turn++) {
    const page: { readonly after?: string | null } = await same(
      trial,
      after === undefined ? query : "offset" in query ? { ...query, offset: 0, after } : { ...query, after },
    );
    if (typeof page.after !== "string") return;
    after = page.after;
  }
  throw new Error("the pages do not end");
}

async function look(trial: Trial, { asOf, knownAt: known, account, filter, limit, offset, asc }: Look): Promise<void> {
  const { memory } = trial;
  const direction = asc ? "asc" : "desc";
  const point = {
    ...(asOf === undefined ? {} : { asOf }),
    ...(known === undefined ? {} : { knownAt: known % (memory.sequence + 2) }),
  };
  const { knownAt } = point;
  const knowing = knownAt === undefined ? {} : { knownAt };
  const accounts = memory.accounts();
  const accountId = accounts[account % accounts.length]?.id ?? "";
  await same(trial, { kind: "account", accountId });
  await same(trial, { kind: "accounts", accountIds: accounts.map(({ id }) => id) });
  await same(trial, { kind: "period_locks" });
  await same(trial, { kind: "approval_policy" });
  await same(trial, { kind: "balance", accountId, ...point });
  await same(trial, { kind: "balance", accountId });
  await same(trial, { kind: "balances", limit: 200, direction, ...point });
  await same(trial, { kind: "balances", limit: 200, direction });
  await same(trial, { kind: "totals", ...point, ...(asOf !== undefined && asOf < "2026-01-15" ? {} : { before: "2026-01-15" }) });
  const ledgerPages = { startDate: "2026-01-01", endDate: "2026-06-30", limit, ...knowing } as const;
  await samePages(trial, { kind: "general_ledger", ...ledgerPages, includeUnused: asc, temporaryFrom: "2026-01-15" });
  await samePages(trial, { kind: "general_ledger", ...ledgerPages, accountId });
  const days = dates.map((date) => parseDay(date) ?? 0).sort((a, b) => a - b);
  await same(trial, { kind: "balance_history", accountId, days, ...knowing });
  const ascending = [...dates].sort();
  const periods = ascending.map((startDate, i) => ({ startDate, endDate: ascending[i + 1] ?? startDate }));
  await same(trial, { kind: "turnovers", periods, types: [...new Set(accounts.map(({ type }) => type))], ...knowing });
  const bit = (n: number) => Math.floor(filter / 2 ** n) % 2 === 1;
  const paging = { direction, limit, offset } as const;
  for (const order of ["date", "sequence"] as const) {
    const dated = asOf === undefined ? {} : { endDate: asOf };
    await samePages(trial, { kind: "lines", order, ...paging, ...dated, ...knowing });
    await samePages(trial, { kind: "lines", order, ...paging, ...dated, ...knowing, accountId });
    const entries: Partial<EntriesQuery> = {
      ...(bit(0) ? { accountId } : {}),
      ...(bit(1) ? { status: (["posted", "reversed", "voided", "draft", "pending_approval"] as const)[filter % 5] ?? "posted" } : {}),
      ...(bit(2) && bit(3) ? { startDate: "2026-01-02", endDate: "2026-02-28" } : {}),
      ...(bit(4) && bit(5) ? { sourceType: bit(1) ? "bill" : "api" } : {}),
      ...(bit(5) && bit(6) ? { reference: `ref-${filter % 4}` } : {}),
      ...(bit(6) && bit(7) ? { externalId: `po-${filter % 13}` } : {}),
      ...(bit(8) && bit(9) ? { minAmount: 500, maxAmount: 2_000 } : {}),
      ...(bit(10) ? { postedOnly: true } : {}),
    };
    await samePages(trial, { kind: "entries", order, ...paging, ...entries });
    const holds: Partial<HoldsQuery> = {
      ...(bit(0) ? { accountId } : {}),
      ...(bit(1) ? { status: (["open", "settled", "released", "expired"] as const)[filter % 4] ?? "open" } : {}),
      ...(bit(4) ? { endDate: "2026-02-28" } : {}),
      ...(bit(6) && bit(7) ? { externalId: `po-${filter % 13}` } : {}),
    };
    await samePages(trial, { kind: "holds", order, ...paging, ...holds });
  }
  for (const entry of memory.entries()) await same(trial, { kind: "entry", entryId: idOf(memory, entry) });
  for (const { id } of memory.drafts()) await same(trial, { kind: "entry", entryId: id, postedOnly: bit(3) });
  for (const { id } of memory.holds()) await same(trial, { kind: "hold", holdId: id });
}

/** The logs of all generations, one behind the other, fold to what the twin has: what was carried over changes nothing where it is known already. */
async function foldedAsOne({ ledger, memory, generation }: Trial): Promise<void> {
  const log: { body: string; atMs: number }[] = [];
  for (let no = 0; no <= generation; no++) {
    ledger.at(no);
    const rows = await ledger.rows("SELECT j.body, c.context FROM journal j JOIN journal c ON c.seq = j.commit_seq ORDER BY j.seq");
    for (const { body, context } of rows) log.push({ body: String(body), atMs: Date.parse(JSON.parse(String(context)).at) });
  }
  const described = (memory: MemoryLedger) => ({
    sequence: memory.sequence,
    accounts: memory.accounts().map(accountText),
    entries: memory.entries(),
    drafts: memory.drafts(),
    holds: memory.holds(),
    locks: memory.locks,
    policy: memory.policy,
  });
  expect(described(foldLog(log))).toEqual(described(memory));
}

/** Every generation's log, tables and balances are proved, and that each began with what the one before ended with. */
async function proved({ ledger, generation }: Trial): Promise<void> {
  const { id } = await ledger.client.startVerification();
  for (let turn = 0; turn < 50 && (await ledger.client.verification(id))?.status === "running"; turn++) {
    for (let no = 0; no <= generation; no++) {
      ledger.at(no);
      await ledger.alarm();
    }
  }
  expect(await ledger.client.verification(id)).toMatchObject({ status: "succeeded", result: { ok: true, faults: [] } });
}

test("a ledger that is closed out at any point answers as its twin that never is", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyHappening, { minLength: 15, maxLength: 35 }), anyLook, async (happenings, last) => {
      const ledger = newLedger();
      const nowMs = Date.now();
      const trial: Trial = {
        ledger,
        twin: newLedger(ledger),
        memory: memoryLedger(ledger.identity, nowMs),
        kept: [],
        generation: 0,
        nowMs,
      };
      await write(trial, startingAccounts, {});
      for (const happening of happenings) await happen(trial, happening);
      await happen(trial, { kind: "closeOut" });
      await happen(trial, { kind: "repeat" });
      await look(trial, last);
      await foldedAsOne(trial);
      await proved(trial);
    }),
    // Each history is two ledgers: looking for the smallest that fails takes many minutes, and the path names the one that did.
    { ...seeded(12), endOnFailure: true },
  );
  expect(seen.generations).toBeGreaterThan(12);
  expect(seen.existing).toBeGreaterThan(0);
});
