import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { encodeAddress } from "../../src/kernel/id.ts";
import { refByCode, refById } from "../../src/ledger/domain/command.ts";
import { merged } from "../../src/ledger/object/index/record-feed.ts";
import { insertRun, RunBuilder } from "../../src/ledger/object/index/run-builder.ts";
import { SortedColumns } from "../../src/ledger/object/index/sorted-source.ts";
import type { TermKey } from "../../src/ledger/object/index/term-hash.ts";
import { readMeta } from "../../src/ledger/object/log/meta.ts";
import { formerAnswerTable, idempotencyBuckets } from "../../src/ledger/object/log/schema.ts";
import { recordKinds } from "../../src/ledger/object/state/record-kinds.ts";
import { externalIdTerm } from "../../src/ledger/object/state/terms.ts";
import type { Command, PostEntry, WriteOutcome } from "../../src/ledger/rpc.ts";
import { openAccount } from "../support/ledger-steps.ts";
import { encoded, holdClock, type LedgerUnderTest, newLedger, plainOptions, setClock } from "../support/ledger-under-test.ts";
import { seeded } from "../support/seed.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

function linesOf(code: string, debit: number, credit: number): PostEntry["lines"] {
  return [
    { account: refByCode(code), side: "debit", amount: debit },
    { account: refByCode("sales"), side: "credit", amount: credit },
  ];
}

function entry(amount: number, more: Partial<PostEntry> = {}): PostEntry {
  return { kind: "post_entry", date: "2026-06-08", lines: linesOf("cash", amount, amount), ...more };
}

const opening: readonly Command[] = [openAccount("cash", "bank"), openAccount("sales", "income")];
const hourMs = 3_600_000;

/** The id of what the fact of a sequence makes, as long as the clock stands. */
function idAt(ledger: LedgerUnderTest, sequence: number): string {
  return encodeAddress({ atMs: Date.now(), ledgerNumber: ledger.identity.number, kind: "entry", sequence });
}

/** Every table of the object, whole. */
async function disk(ledger: LedgerUnderTest): Promise<Record<string, unknown>> {
  return ledger.inside((sql) => {
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
      .toArray();
    return Object.fromEntries(tables.map(({ name }) => [name, sql.exec(`SELECT * FROM ${name}`).toArray()]));
  });
}

/** A write that has to throw: never an answer, so that the client asks again under its key. */
async function thrown(work: () => Promise<unknown>): Promise<string> {
  try {
    return `answered ${JSON.stringify(await work())}`;
  } catch (error) {
    return String(error);
  }
}

describe("8: a write that comes again under its key", () => {
  const many = Array.from({ length: 60 }, (_, i) =>
    entry(i + 1, { externalId: `po-${i}`, description: "Sale of something long enough to matter “€”" }),
  );

  test("is answered byte for byte from the facts where the answer was too large to keep, whatever happened since", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    const options = { mode: "each", idempotencyKey: "large" } as const;
    const unknown = entry(3, { lines: linesOf("nowhere", 3, 3) });
    const mixed = [...many, unknown, entry(5, { externalId: "po-3" }), { ...many[3] } as PostEntry];
    const first = await ledger.write(mixed, options);
    if (first.outcome !== "written") throw new Error("the entries are posted");
    expect(first.body.length).toBeGreaterThan(16 * 1024);
    const { data } = JSON.parse(first.body);
    expect(data.slice(60)).toMatchObject([
      { error: { code: "ACCOUNT_NOT_FOUND" } },
      { error: { code: "EXTERNAL_ID_TAKEN" } },
      { sequence: data[3].sequence },
    ]);
    const again = async () => expect(await ledger.write(mixed, options)).toMatchObject({ outcome: "replayed", body: first.body });
    await again();
    await ledger.written([{ kind: "change_account", accountId: opened.data[0].id, code: "1000", description: { name: "Bank" } }]);
    await ledger.written([{ kind: "reverse_entry", entryId: data[1].id, void: true, reason: "a mistake" }]);
    await ledger.written([{ kind: "set_posting_reference", entryId: data[2].id, postingReference: "DOC-1" }]);
    await again();
    await ledger.alarm();
    await ledger.evict();
    await again();
    expect((await ledger.rows("SELECT count(*) AS n FROM journal"))[0]).toEqual({ n: 3 + 60 + 3 });
  });

  test("is answered byte for byte where it opened and changed accounts and set locks", async () => {
    const ledger = newLedger();
    const opened = await ledger.written([openAccount("parent", "bank"), openAccount("sales", "income"), openAccount("cash", "bank")]);
    const accountId = opened.data[0].id;
    const commands: Command[] = [
      ...Array.from({ length: 60 }, (_, i) => openAccount(`1${i}`, "bank", { parentCode: "parent", externalId: `ext-${i}` })),
      { kind: "change_account", accountId, code: "other", description: { name: "Other" }, maxBalance: 5 },
      { kind: "change_account", accountId, code: "third" },
      { kind: "lock_period", startDate: "2025-01-01", endDate: "2025-12-31", module: "all", level: "soft" },
      { kind: "lock_period", startDate: "2025-03-01", endDate: "2025-03-31", module: "all", level: "hard" },
    ];
    const options = { idempotencyKey: "accounts" };
    const first = await ledger.write(commands, options);
    if (first.outcome !== "written") throw new Error("the accounts are opened");
    expect(first.body.length).toBeGreaterThan(16 * 1024);
    const { data } = JSON.parse(first.body);
    const again = async () => expect(await ledger.write(commands, options)).toMatchObject({ outcome: "replayed", body: first.body });
    await again();
    await ledger.written([
      { kind: "change_account", accountId, code: "fourth", maxBalance: null },
      { kind: "change_account", accountId: data[5].id, description: { name: "New" }, status: "archived" },
      { kind: "delete_account", accountId: data[6].id },
      { kind: "lock_period", startDate: "2025-01-01", endDate: "2025-12-31", module: "all", level: "open", reason: "audit" },
    ]);
    await again();
    await ledger.evict();
    await again();
  });

  test("is refused again as it was, and another body under the key is refused", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    const unbalanced = entry(5, { lines: linesOf("cash", 5, 4) });
    const first = await ledger.write([unbalanced], { idempotencyKey: "k" });
    expect(first).toMatchObject({ outcome: "refused", failure: { code: "ENTRY_UNBALANCED" }, replayed: false });
    await ledger.evict();
    expect(await ledger.write([unbalanced], { idempotencyKey: "k" })).toEqual({ ...first, replayed: true });
    expect(await ledger.write([entry(5)], { idempotencyKey: "k" })).toMatchObject({
      outcome: "refused",
      failure: { code: "IDEMPOTENCY_KEY_REUSED" },
    });
    // The balance of nothing on the credit side is 0, not −0.
    const bounded: Command[] = [{ kind: "change_account", accountId: opened.data[1].id, maxBalance: -1 }];
    const refused = await ledger.write(bounded, { idempotencyKey: "bound" });
    expect(refused).toMatchObject({ failure: { details: [{ balance: 0 }] } });
    expect(await ledger.write(bounded, { idempotencyKey: "bound" })).toEqual({ ...refused, replayed: true });
  });

  test("with thousands of refusals, whose text is kept in parts, and again when its key's first life is over", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    // Characters of two code units nearly everywhere, so that a part would end inside one.
    const externalId = "💶".repeat(99);
    await ledger.written([entry(1, { externalId })]);
    const refusals = (count: number) => Array.from({ length: count }, (_, i) => entry(i + 2, { externalId }));
    const options = { mode: "each", idempotencyKey: "parts" } as const;
    for (let shift = 0; shift < 6; shift++) {
      const shifted = [...Array.from({ length: shift * 2 + 1 }, () => entry(5)), ...refusals(1_200)];
      const first = await ledger.write(shifted, { ...options, idempotencyKey: `parts${shift}` });
      if (first.outcome !== "written") throw new Error("the first of them is posted");
      expect(first.body.length).toBeGreaterThan(700_000);
      await ledger.evict();
      expect(await ledger.write(shifted, { ...options, idempotencyKey: `parts${shift}` })).toMatchObject({
        outcome: "replayed",
        body: first.body,
      });
    }
    setClock(Date.now() + 25 * hourMs);
    const second = await ledger.write([entry(6), ...refusals(100)], options);
    expect(second.outcome).toBe("written");
    expect(await ledger.write([entry(6), ...refusals(100)], options)).toMatchObject({
      outcome: "replayed",
      body: (second as { body: string }).body,
    });
  });

  test("is known for 24 hours, and is another one from then on", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const start = Date.now();
    const first = await ledger.write([entry(5)], { idempotencyKey: "day" });
    setClock(start + 24 * hourMs - 1);
    expect(await ledger.write([entry(5)], { idempotencyKey: "day" })).toMatchObject({
      outcome: "replayed",
      body: (first as { body: string }).body,
    });
    setClock(start + 24 * hourMs);
    expect(await ledger.write([entry(5)], { idempotencyKey: "day" })).toMatchObject({ outcome: "written" });
    expect(await ledger.write([entry(6)], { idempotencyKey: "day" })).toMatchObject({ failure: { code: "IDEMPOTENCY_KEY_REUSED" } });
  });

  test("of what was refused forgets it some hours after the key's end", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const unbalanced = [entry(5, { lines: linesOf("cash", 5, 4) })];
    const start = Date.now();
    await ledger.write(unbalanced, { idempotencyKey: "day" });
    // Nothing lies a day after what was committed before it: that would be a gap, over which keys are kept.
    for (const hours of [20, 40, 60, 80]) {
      setClock(start + hours * hourMs);
      await ledger.written([entry(1)]);
    }
    setClock(start + 96 * hourMs);
    await ledger.write(unbalanced, { idempotencyKey: "later" });
    const kept: unknown[] = [];
    for (let bucket = 0; bucket < 5; bucket++) kept.push(...(await ledger.rows(`SELECT key FROM answer_${bucket}`)));
    expect(kept).toEqual([{ key: "later" }]);
  });

  test("is not looked for among those of other days: their runs are let go of", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    let sent = 0;
    const post = () => ledger.written([entry(1)], { idempotencyKey: `key-${sent++}` });
    while (sent < 80) await post();
    const claims = "SELECT min(from_seq) AS oldest, count(*) AS runs FROM run WHERE kind = 'claim' AND state IN ('ready', 'over')";
    const before = (await ledger.rows(claims))[0];
    expect(before).toMatchObject({ oldest: 1 });
    const lastOfTheDay = (await ledger.read({ kind: "head" })).sequence;
    for (const hours of [20, 5]) {
      setClock(Date.now() + hours * hourMs);
      await ledger.written([entry(1)]);
    }
    while (sent < 160) await post();
    const after = (await ledger.rows(claims))[0] as { oldest: number; runs: number };
    expect(after.runs).toBeGreaterThan(0);
    expect(after.oldest).toBeGreaterThan(lastOfTheDay - 40);
    await ledger.evict();
    expect(await ledger.write([entry(1)], { idempotencyKey: "key-150" })).toMatchObject({ outcome: "replayed" });
    expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
  });

  test("and under no key: the same externalId or source a month later is the same entry, from the index and from the tail", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const asked = entry(5, { externalId: "po-1", source: { type: "bill", id: "1", step: "accrue" } });
    const first = await ledger.written([asked], { idempotencyKey: "a" });
    for (const days of [0, 1, 31]) {
      setClock(Date.now() + days * 24 * hourMs);
      const again = await ledger.write([asked], { idempotencyKey: `again-${days}` });
      expect(again.outcome).toBe("existing");
      expect(JSON.parse((again as { body: string }).body)).toEqual(first);
      expect(await ledger.write([entry(6, { externalId: "po-1" })])).toMatchObject({ failure: { code: "EXTERNAL_ID_TAKEN" } });
      await ledger.alarm();
      await ledger.evict();
    }
    expect((await ledger.rows("SELECT count(*) AS n FROM journal"))[0]).toEqual({ n: 4 });
  });

  test("an externalId whose hash another entry's has is a new one all the same", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const other = await ledger.written([entry(5, { externalId: "po-1" })]);
    await ledger.inside((sql) => writeTerm(sql, externalIdTerm(readMeta<TermKey>(sql, "term_key") ?? [0, 0], "po-2"), other.sequence));
    await ledger.evict();
    const posted = await ledger.written([entry(5, { externalId: "po-2" })]);
    expect(posted.sequence).toBe(other.sequence + 1);
    const { data } = await ledger.read({ kind: "entries", order: "sequence", direction: "asc", externalId: "po-2", limit: 9 });
    expect(data.map((it: { id: string }) => it.id)).toEqual([posted.id]);
  });
});

/** A run of one term, as if the entry of a sequence had it. */
function writeTerm(sql: SqlStorage, hash: number, sequence: number): void {
  const run = { id: 1_000, kind: "term", level: 0, fromSequence: 1, toSequence: sequence, blockRecords: 8, sources: [] } as const;
  const source = new SortedColumns([Float64Array.of(hash), Float64Array.of(sequence), Float64Array.of(0)], { from: 1, to: sequence });
  insertRun(sql, run);
  const builder = new RunBuilder(sql, run, recordKinds.term, 1, (after) => merged([source], after));
  while (builder.step(sql));
  builder.finish(sql);
}

describe("14: a dry run", () => {
  test("answers what the write then answers, even of entries that were there and that the same write touches, and writes nothing", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    const asked = ["po-1", "po-2", "po-3"].map((externalId) => entry(5, { externalId }));
    const { data } = await ledger.written(asked);
    const commands: Command[] = [
      { kind: "reverse_entry", entryId: data[0].id, void: true, reason: "a mistake" },
      { kind: "set_posting_reference", entryId: data[1].id, postingReference: "DOC-1" },
      { kind: "change_account", accountId: opened.data[1].id, code: "4000" },
      ...asked.map((it) => ({ ...it, lines: [it.lines[0], { ...it.lines[1], account: refByCode("4000") }] }) as PostEntry),
      entry(6, { lines: linesOf("cash", 6, 5) }),
      entry(7, {
        lines: [
          { account: refByCode("cash"), side: "credit", amount: 7 },
          { account: refByCode("4000"), side: "debit", amount: 7 },
        ],
      }),
      { kind: "lock_period", startDate: "2025-01-01", endDate: "2025-12-31", module: "all", level: "hard" },
    ];
    const before = await disk(ledger);
    const tried = await ledger.write(commands, { mode: "each", dryRun: true, idempotencyKey: "k" });
    expect(tried.outcome).toBe("dry_run");
    expect(await disk(ledger)).toEqual(before);
    const written = await ledger.written(commands, { mode: "each", idempotencyKey: "k" });
    const unsealed = (key: string, value: unknown) => (key === "seal" || key === "head" ? undefined : value);
    expect(JSON.parse((tried as { body: string }).body, unsealed)).toEqual(JSON.parse(JSON.stringify(written), unsealed));
    expect(written.data).toMatchObject([
      { reversalOf: data[0].id },
      { postingReference: "DOC-1" },
      { code: "4000" },
      { id: data[0].id, status: "voided", reversedBy: written.data[0].id },
      { id: data[1].id, postingReference: "DOC-1", lines: [{ accountCode: "cash" }, { accountCode: "4000" }] },
      { id: data[2].id, status: "posted" },
      { error: { code: "ACCOUNT_NOT_FOUND" } },
      { status: "posted" },
      { locks: [{ level: "hard" }] },
    ]);
    // And once more, replayed from what was stored.
    expect(JSON.parse(((await ledger.write(commands, { mode: "each", idempotencyKey: "k" })) as { body: string }).body)).toEqual(written);
  });
});

describe("10: time", () => {
  test("never goes back in the log, though the clock does, and the object forgets", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const first = await ledger.written([entry(1)]);
    setClock(Date.now() - 5 * hourMs);
    const second = await ledger.written([entry(2)]);
    await ledger.evict();
    const third = await ledger.written([entry(3)]);
    expect([second.createdAt, third.createdAt]).toEqual([first.createdAt, first.createdAt]);
    expect(third.sequence).toBe(first.sequence + 2);
    expect((await ledger.read({ kind: "entry", entryId: third.id })).id).toBe(third.id);
  });
});

describe("16: a list that others write to while its pages are asked for", () => {
  const orders = fc.record({
    direction: fc.constantFrom<"asc" | "desc">("asc", "desc"),
    order: fc.constantFrom<"date" | "sequence">("date", "sequence"),
    list: fc.constantFrom<"entries" | "lines" | "account lines">("entries", "lines", "account lines"),
    limit: fc.integer({ min: 1, max: 7 }),
    between: fc.array(fc.constantFrom("2026-01-01", "2026-03-15", "2026-06-08", "2026-12-31"), { minLength: 1, maxLength: 3 }),
  });

  test("shows what was there throughout once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(orders, async ({ direction, order, list, limit, between }) => {
        const ledger = newLedger();
        const opened = await ledger.written(opening);
        const there = Array.from({ length: 24 }, (_, i) => entry(i + 1, { date: `2026-0${1 + (i % 3) * 3}-01` }));
        const { data: posted } = await ledger.written(there);
        const seen: { sequence: number; no?: number; date: string }[] = [];
        let position: { after?: string } = {};
        let ended = false;
        for (let page = 0; page < 400; page++) {
          const asked = { order, direction, limit, ...position };
          const answer =
            list === "entries"
              ? await ledger.read({ kind: "entries", ...asked })
              : await ledger.read({ kind: "lines", ...asked, ...(list === "lines" ? {} : { accountId: opened.data[0].id }) });
          seen.push(...answer.data);
          ended = answer.after === null;
          if (ended) break;
          position = { after: answer.after };
          if (page < 30) await ledger.written(between.map((date) => entry(1, { date })).slice(0, 1));
        }
        expect(ended).toBe(true);
        const keys = seen.map((row) => `${row.sequence} ${row.no ?? 0}`);
        expect(new Set(keys).size).toBe(keys.length);
        const lines = list === "lines" ? [1, 2] : list === "entries" ? [0] : [1];
        for (const { sequence } of posted) for (const no of lines) expect(keys).toContain(`${sequence} ${no}`);
        const places = seen.map(
          (row) => (order === "date" ? `${row.date} ` : "") + String(row.sequence * 1_000 + (row.no ?? 0)).padStart(9, "0"),
        );
        expect(places).toEqual(direction === "asc" ? places.toSorted() : places.toSorted().reverse());
      }),
      { ...seeded(14), interruptAfterTimeLimit: 20_000 },
    );
  });

  test("is the books at one sequence, whatever is posted while it waits for the index", async () => {
    for (let turns = 0; turns < 6; turns++) {
      const ledger = newLedger();
      const opened = await ledger.written(opening);
      const accountId = opened.data[0].id;
      await ledger.written(Array.from({ length: 29 }, (_, i) => entry(i + 1, { date: `2026-0${2 + (i % 7)}-11` })));
      const [lines, history] = await ledger.inside(async (_sql, _state, object) => {
        const page = object.read({ kind: "lines", accountId, order: "date", direction: "asc", limit: 200 });
        const days = object.read({ kind: "balance_history", accountId, days: [20_454, 20_600, 21_000] });
        for (let turn = 0; turn < turns; turn++) await scheduler.wait(0);
        const writes = [object.write(encoded(entry(1_000, { date: "2026-01-01" })), plainOptions)];
        writes.push(object.write(encoded(entry(2_000, { date: "2026-05-01" })), plainOptions));
        await Promise.all(writes);
        return [JSON.parse((await page).body), JSON.parse((await days).body)];
      });
      let running = 0;
      for (const line of lines.data) {
        running += line.amount;
        expect(line.runningBalance).toBe(running);
      }
      expect(lines.totalCount).toBe(lines.data.length);
      // Before both, between them or after both: never the one without the other before it.
      const [opening0 = 0, , closing = 0] = history.map((point: { balance: number }) => point.balance);
      expect([
        [0, 435],
        [1_000, 1_435],
        [1_000, 3_435],
      ]).toContainEqual([opening0, closing]);
    }
  });

  test("entries are filtered by an account together with an externalId or a reference", async () => {
    const ledger = newLedger();
    const opened = await ledger.written([...opening, openAccount("other", "bank")]);
    await ledger.written([entry(5, { externalId: "po-1", reference: "r" })]);
    const asked = { kind: "entries", order: "sequence", direction: "asc", limit: 9 } as const;
    for (const filter of [{ externalId: "po-1" }, { reference: "r" }]) {
      expect((await ledger.read({ ...asked, ...filter, accountId: opened.data[0].id })).totalCount).toBe(1);
      expect((await ledger.read({ ...asked, ...filter, accountId: opened.data[2].id })).totalCount).toBe(0);
    }
  });
});

describe("20: another ledger's ids", () => {
  test("are unknown ids, whatever their sequence", async () => {
    const [one, other] = [newLedger(), newLedger()];
    const theirs = await one.written(opening);
    const mine = await other.written(opening);
    const posted = await one.written([entry(5)]);
    await other.written([entry(5)]);
    for (const accountId of [theirs.data[0].id, posted.id, mine.data[0].id.replace(/.$/, "f"), "nonsense"]) {
      expect(await thrown(() => other.read({ kind: "balance", accountId }))).toContain("Refused");
      const lines = [
        { account: refById(accountId), side: "debit" as const, amount: 1 },
        { account: refByCode("sales"), side: "credit" as const, amount: 1 },
      ];
      expect(await other.write([entry(1, { lines })])).toMatchObject({ failure: { code: "ACCOUNT_NOT_FOUND" } });
      expect(await other.write([{ kind: "change_account", accountId, code: "z" }])).toMatchObject({ failure: { code: "NOT_FOUND" } });
    }
    for (const entryId of [posted.id, theirs.data[0].id, mine.data[0].id, posted.id.replace("-8", "-7")]) {
      expect(await thrown(() => other.read({ kind: "entry", entryId }))).toContain("Refused");
      expect(await other.write([{ kind: "reverse_entry", entryId, void: true, reason: "x" }])).toMatchObject({
        failure: { code: "NOT_FOUND" },
      });
    }
  });
});

/** What the failing write finds there, by what it is. */
interface There {
  readonly account: string;
  readonly entry: string;
  readonly draft: string;
  /** A draft that waits for its approval. */
  readonly waiting: string;
  readonly hold: string;
}

describe("writes that share a commit", () => {
  const posted = (amount: number, key: string) => [encoded(entry(amount)), { ...plainOptions, idempotencyKey: key }] as const;

  test("are done in the order in which they came, and a read sees all that came before it", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const [answers, head, balance] = await ledger.inside(async (_sql, _state, object) => {
      const writes = Array.from({ length: 20 }, (_, i) => object.write(...posted(i + 1, `key-${i}`)));
      const heads = object.read({ kind: "head" });
      const later = object.write(...posted(1_000, "later"));
      const balances = object.read({ kind: "balances", limit: 9 });
      return [[...(await Promise.all(writes)), await later], JSON.parse((await heads).body), JSON.parse((await balances).body)] as const;
    });
    expect(answers.map((answer) => JSON.parse((answer as { body: string }).body).sequence)).toEqual(
      Array.from({ length: 21 }, (_, i) => 4 + i),
    );
    expect(head.sequence).toBe(23);
    expect(balance.data[0].balance).toBe(210 + 1_000);
  });

  test("none of them is answered where one throws, and each is posted once when all are sent again", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    await ledger.inside((sql) =>
      sql.exec("CREATE TRIGGER failing BEFORE INSERT ON journal WHEN new.seq = 6 BEGIN SELECT raise(ABORT, 'the disk is gone'); END"),
    );
    const send = () => Promise.all(Array.from({ length: 5 }, (_, i) => ledger.write([entry(i + 1)], { idempotencyKey: `key-${i}` })));
    const failed = await ledger
      .inside((_sql, _state, object) => Promise.allSettled(Array.from({ length: 5 }, (_, i) => object.write(...posted(i + 1, `key-${i}`)))))
      .catch(String);
    expect(failed).toContain("the disk is gone");
    await ledger.inside((sql) => sql.exec("DROP TRIGGER failing"));
    const outcomes = await send();
    expect(outcomes.map((outcome) => JSON.parse((outcome as { body: string }).body).lines[0].amount)).toEqual([1, 2, 3, 4, 5]);
    expect((await ledger.read({ kind: "head" })).sequence).toBe(8);
    expect(await send()).toMatchObject(outcomes.map((outcome) => ({ outcome: "replayed", body: (outcome as { body: string }).body })));
    expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
  });
});

describe("21: a throw inside the transaction", () => {
  const placed = (amount: number): Command => ({ ...entry(amount), kind: "place_hold" });
  const writes: readonly [string, string, (there: There) => Command[]][] = [
    ["journal", "INSERT", () => [entry(1)]],
    ["account", "INSERT", () => [openAccount("new", "bank")]],
    ["account", "UPDATE", (there) => [{ kind: "change_account", accountId: there.account, code: "new" }]],
    ["reversal", "INSERT", (there) => [entry(3), { kind: "reverse_entry", entryId: there.entry, void: true, reason: "x" }]],
    ["posting_reference", "INSERT", (there) => [{ kind: "set_posting_reference", entryId: there.entry, postingReference: "DOC-1" }]],
    ["draft", "INSERT", () => [{ ...entry(3), kind: "create_draft" }]],
    ["draft", "UPDATE", (there) => [{ kind: "edit_draft", entryId: there.draft, change: { description: "changed" } }]],
    ["draft", "UPDATE", (there) => [{ kind: "submit_draft", entryId: there.draft }]],
    ["draft", "UPDATE", (there) => [{ kind: "approve_entry", entryId: there.waiting }]],
    ["draft", "UPDATE", (there) => [{ kind: "reject_entry", entryId: there.waiting, reason: "x" }]],
    ["hold", "INSERT", () => [placed(3)]],
    ["hold_account", "INSERT", () => [placed(3)]],
    ["account_pending", "INSERT", () => [placed(3)]],
    ["account_pending", "UPDATE", () => [placed(3), placed(4)]],
    ["hold", "UPDATE", (there) => [{ kind: "settle_hold", holdId: there.hold }]],
    ["account_pending", "UPDATE", (there) => [{ kind: "settle_hold", holdId: there.hold }]],
    ["journal", "INSERT", (there) => [{ kind: "settle_hold", holdId: there.hold }]],
    ["hold", "UPDATE", (there) => [entry(3), { kind: "release_hold", holdId: there.hold }]],
    ["account_pending", "UPDATE", (there) => [{ kind: "release_hold", holdId: there.hold }, placed(4)]],
    ["meta", "INSERT", () => [{ kind: "lock_period", startDate: "2025-01-01", endDate: "2025-12-31", module: "all", level: "hard" }]],
    // An answer that the log alone does not contain: one of the entries was there before.
    ["idempotency", "INSERT", () => [entry(9, { externalId: "po-1" }), entry(2)]],
    ["run", "INSERT", () => Array.from({ length: 40 }, (_, i) => entry(i + 1))],
    ["block", "INSERT", () => Array.from({ length: 40 }, (_, i) => entry(i + 1))],
    ["run", "UPDATE", () => Array.from({ length: 40 }, (_, i) => entry(i + 1))],
    ["term_filter", "INSERT", () => Array.from({ length: 40 }, (_, i) => entry(i + 1))],
    ["account_total", "INSERT", () => Array.from({ length: 40 }, (_, i) => entry(i + 1))],
  ];

  const nothing: There = { account: "", entry: "", draft: "", waiting: "", hold: "" };
  const named = writes.map(([table, verb, commandsOf]) => ({ table, verb, commandsOf, kind: commandsOf(nothing)[0]?.kind }));
  test.each(named)(
    "of $kind on the way into $table ($verb) leaves memory and disk as they were, and the write can be repeated",
    async ({ table, verb, commandsOf }) => {
      const ledger = newLedger();
      const opened = await ledger.written(opening);
      await ledger.written([entry(7)], { idempotencyKey: "before" });
      const posted = await ledger.written([entry(9, { externalId: "po-1" })]);
      const draft = await ledger.written([{ ...entry(11), kind: "create_draft" }]);
      const waiting = await ledger.written([{ ...entry(12), kind: "create_draft" }]);
      await ledger.written([{ kind: "submit_draft", entryId: waiting.id }]);
      const hold = await ledger.written([placed(13)]);
      const commands = commandsOf({
        account: opened.data[0].id,
        entry: posted.id,
        draft: draft.id,
        waiting: waiting.id,
        hold: hold.id,
      });
      const tables = table === "idempotency" ? [0, 1, 2, 3, 4].map((bucket) => `answer_${bucket}`) : [table];
      // A tail that is partly in the index, unless its way there is what fails.
      if (commands.length < 40) await ledger.written(Array.from({ length: 30 }, (_, i) => entry(i + 1)));
      await ledger.inside((sql) => {
        for (const name of tables)
          sql.exec(`CREATE TRIGGER failing_${name} BEFORE ${verb} ON ${name} BEGIN SELECT raise(ABORT, 'the disk is gone'); END`);
      });
      const before = await disk(ledger);
      const balances = await ledger.client.readText({ kind: "balances", limit: 9 });
      const head = await ledger.client.readText({ kind: "head" });
      const options = { idempotencyKey: "failing" };
      expect(await thrown(() => ledger.write(commands, options))).toContain("the disk is gone");
      expect(await ledger.client.readText({ kind: "balances", limit: 9 })).toBe(balances);
      expect(await ledger.client.readText({ kind: "head" })).toBe(head);
      expect(await disk(ledger)).toEqual(before);
      await ledger.inside((sql) => {
        for (const name of tables) sql.exec(`DROP TRIGGER failing_${name}`);
      });
      const outcome = await ledger.write(commands, options);
      expect(outcome.outcome).toBe("written");
      expect(await ledger.write(commands, options)).toMatchObject({ outcome: "replayed", body: (outcome as { body: string }).body });
      expect((await ledger.read({ kind: "head" })).sequence).toBe(
        JSON.parse(head).sequence + (table === "idempotency" ? 1 : commands.length),
      );
      expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
    },
  );

  test.each([
    ["block", "INSERT"],
    ["block", "DELETE"],
    ["run", "INSERT"],
    ["run", "UPDATE"],
    ["run", "DELETE"],
    ["term_filter", "INSERT"],
    ["term_filter", "DELETE"],
    ["account_total", "UPDATE"],
  ])("in the work on the index, on %s (%s), refuses the write that does it, loses nothing, and is done later", async (table, verb) => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    let acknowledged = 0;
    const post = () => ledger.written([entry(1, { externalId: `po-${acknowledged}` }), entry(1, { reference: "r" })]);
    const all = async () => {
      const account = { accountId: opened.data[0].id };
      expect(await ledger.read({ kind: "balance", ...account })).toMatchObject({ balance: acknowledged * 2, version: acknowledged * 2 });
      const page = await ledger.read({ kind: "lines", ...account, order: "date", direction: "desc", limit: 200 });
      expect(page).toMatchObject({ totalCount: acknowledged * 2 });
      expect(page.data[0].runningBalance).toBe(acknowledged * 2);
    };
    for (; acknowledged < 10; acknowledged++) await post();
    await ledger.inside((sql) =>
      sql.exec(`CREATE TRIGGER failing BEFORE ${verb} ON ${table} BEGIN SELECT raise(ABORT, 'the disk is gone'); END`),
    );
    let failed = "";
    while (failed === "" && acknowledged < 400) {
      failed = await thrown(async () => {
        await post();
        acknowledged += 1;
        throw new Error("");
      }).then((said) => (said.includes("the disk is gone") ? said : ""));
    }
    expect(failed).toContain("the disk is gone");
    await all();
    await ledger.inside((sql) => sql.exec("DROP TRIGGER failing"));
    for (let more = 0; more < 40; more++, acknowledged++) await post();
    await all();
    await ledger.evict();
    await all();
    expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
  });

  describe("where a hold's end has come", () => {
    /** A ledger with a hold of 40 that ends in a minute and one of 60 that does not, and the clock past that minute. */
    async function overdue() {
      const ledger = newLedger();
      const opened = await ledger.written([...opening]);
      const accountId = opened.data[0].id;
      await ledger.written([entry(100)]);
      const held = (amount: number, more: object = {}): Command => ({ ...entry(amount), kind: "place_hold", ...more });
      const { data } = await ledger.written([held(40, { expiresAtMs: Date.now() + 60_000 }), held(60)]);
      const pending = async () => (await ledger.read({ kind: "balance", accountId })).pending;
      expect(await pending()).toEqual({ debits: 100, credits: 0 });
      setClock(Date.now() + 60_000);
      const expiries = () => ledger.rows("SELECT seq FROM journal WHERE body ->> '$.kind' = 'holds_expired'");
      return { ledger, ending: data[0].id, pending, expiries };
    }

    test.each([
      ["journal", "INSERT", ""],
      ["hold", "UPDATE", ""],
      ["account_pending", "UPDATE", ""],
      // The expiry is written, and what follows it is not: the object is killed between the two.
      ["journal", "INSERT", "WHEN NEW.body NOT LIKE '%holds_expired%'"],
    ])("a fault on the way into %s (%s %s) leaves one expiry, and reads and writes go on after it", async (table, verb, when) => {
      const { ledger, ending, pending, expiries } = await overdue();
      await ledger.inside((sql) =>
        sql.exec(`CREATE TRIGGER failing BEFORE ${verb} ON ${table} ${when} BEGIN SELECT raise(ABORT, 'the disk is gone'); END`),
      );
      const options = { idempotencyKey: "after" };
      expect(await thrown(() => ledger.write([entry(5)], options))).toContain("the disk is gone");
      if (when === "") {
        // No answer at all rather than one in which the hold still counts.
        expect(await thrown(pending)).toContain("the disk is gone");
        expect(await thrown(() => ledger.client.readText({ kind: "hold", holdId: ending }))).toContain("the disk is gone");
        expect(await expiries()).toEqual([]);
      } else expect(await pending()).toEqual({ debits: 60, credits: 0 });
      await ledger.inside((sql) => sql.exec("DROP TRIGGER failing"));
      expect(await pending()).toEqual({ debits: 60, credits: 0 });
      expect(await ledger.read({ kind: "hold", holdId: ending })).toMatchObject({ status: "expired" });
      const first = await ledger.write([entry(5)], options);
      expect(first.outcome).toBe("written");
      await ledger.kill();
      expect(await ledger.write([entry(5)], options)).toMatchObject({ outcome: "replayed", body: (first as { body: string }).body });
      expect(await expiries()).toHaveLength(1);
      expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
    });

    test("the alarm that a fault stopped rings again, and no expiry is lost where the object is let go of before it", async () => {
      const { ledger, pending, expiries } = await overdue();
      await ledger.inside((sql) =>
        sql.exec("CREATE TRIGGER failing BEFORE INSERT ON journal BEGIN SELECT raise(ABORT, 'the disk is gone'); END"),
      );
      expect(await ledger.alarm()).toBe(true);
      await ledger.kill();
      expect(await ledger.inside((_, state) => state.storage.getAlarm())).not.toBeNull();
      await ledger.inside((sql) => sql.exec("DROP TRIGGER failing"));
      expect(await ledger.alarm()).toBe(true);
      expect(await expiries()).toHaveLength(1);
      expect(await pending()).toEqual({ debits: 60, credits: 0 });
    });
  });

  test("several account changes that pass a code on are one write", async () => {
    const ledger = newLedger();
    const { data } = await ledger.written([
      openAccount("1", "bank", { externalId: "a" }),
      openAccount("2", "bank", { externalId: "b" }),
      openAccount("3", "bank"),
    ]);
    const commands: Command[] = [
      { kind: "change_account", accountId: data[0].id, code: "spare", externalId: "spare" },
      { kind: "change_account", accountId: data[1].id, code: "1", externalId: "a" },
      { kind: "change_account", accountId: data[0].id, code: "2", externalId: "b" },
      { kind: "delete_account", accountId: data[2].id },
      openAccount("3", "income"),
      openAccount("4", "income"),
      // With the clock stopped, the id of what is opened here is known in advance.
      { kind: "change_account", accountId: idAt(ledger, 10), code: "5" },
    ];
    const changed = await ledger.written(commands);
    for (let turn = 0; turn < 2; turn++) {
      const ids = [data[0].id, data[1].id, data[2].id, changed.data[4].id, changed.data[5].id];
      const accounts = await ledger.read({ kind: "accounts", accountIds: ids });
      expect(accounts).toMatchObject([
        { id: data[0].id, code: "2", externalId: "b" },
        { id: data[1].id, code: "1", externalId: "a" },
        { id: changed.data[4].id, code: "3", type: "income" },
        { id: changed.data[5].id, code: "5", type: "income" },
      ]);
      await ledger.evict();
    }
  });
});

describe("19: an object that is killed under load", () => {
  test("has every acknowledged entry, and every one that was sent again under its key, once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 3, maxLength: 5 }), async (kills) => {
        const ledger = newLedger();
        const opened = await ledger.written(opening);
        const acknowledged = new Map<string, string>();
        let sent = 0;
        for (const after of kills) {
          const keys = Array.from({ length: 12 }, () => `key-${sent++}`);
          const send = async (key: string) => {
            const outcome: WriteOutcome = await ledger.write([entry(1, { description: key }), entry(2, { description: key })], {
              idempotencyKey: key,
            });
            if (outcome.outcome === "refused") throw new Error("nothing refuses this");
            const first = acknowledged.get(key);
            if (first !== undefined) expect(outcome.body).toBe(first);
            acknowledged.set(key, outcome.body);
          };
          const racing = keys.map((key) => send(key).catch(() => {}));
          for (let turn = 0; turn < after; turn++) await scheduler.wait(0);
          await ledger.kill();
          await Promise.all(racing);
          // What was not answered is sent again; what was, too: a client does not always know.
          for (const key of keys) await send(key);
        }
        const rows = await ledger.rows(
          "SELECT body ->> '$.description' AS key, count(*) AS n FROM journal WHERE body ->> '$.kind' = 'entry_posted' GROUP BY 1",
        );
        expect(rows).toHaveLength(sent);
        for (const row of rows) expect(row).toMatchObject({ n: 2 });
        expect(acknowledged.size).toBe(sent);
        expect(await ledger.read({ kind: "balance", accountId: opened.data[0].id })).toMatchObject({
          balance: sent * 3,
          version: sent * 2,
        });
        expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
      }),
      { ...seeded(5), interruptAfterTimeLimit: 15_000 },
    );
  });
});

describe("19: an object that is killed while drafts and holds are under way", () => {
  const minuteMs = 60_000;

  test("has every acknowledged step once, and every hold with one outcome", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 4 }), async (kills) => {
        const ledger = newLedger();
        const opened = await ledger.written(opening);
        let named = 0;
        let expected = { settled: 0, released: 0, expired: 0, open: 0, posted: 0 };
        for (const after of kills) {
          const acknowledged = new Map<string, string>();
          /** One step under its key; what it was answered stays what it is answered. */
          const step = async (key: string, commands: readonly Command[]) => {
            const outcome = await ledger.write(commands, { idempotencyKey: key });
            const told = outcome.outcome === "refused" ? JSON.stringify(outcome.failure) : outcome.body;
            expect(told, key).toBe(acknowledged.get(key) ?? told);
            acknowledged.set(key, told);
            return outcome.outcome === "refused"
              ? { refused: outcome.failure.code, id: "" }
              : { refused: undefined, ...JSON.parse(outcome.body) };
          };
          const endsAtMs = Date.now() + minuteMs;
          const way = async (name: string, kind: number): Promise<string> => {
            if (kind === 0) {
              const draft = await step(`${name} draft`, [{ ...entry(1), kind: "create_draft" }]);
              await step(`${name} submit`, [{ kind: "submit_draft", entryId: draft.id }]);
              await step(`${name} approve`, [{ kind: "approve_entry", entryId: draft.id }]);
              return "posted";
            }
            const ends = kind >= 3 && kind <= 5 ? { expiresAtMs: endsAtMs } : {};
            const hold = await step(`${name} hold`, [{ ...entry(10), kind: "place_hold", ...ends }]);
            // It was not placed before the kill, and then its end had come.
            if (hold.refused !== undefined) return "never";
            if (kind === 5) return "expired";
            if (kind === 6) return "open";
            const settles = kind % 2 === 1;
            const command: Command = settles
              ? { kind: "settle_hold", holdId: hold.id, lines: [1, 2].map((no) => ({ no, amount: 4 })) }
              : { kind: "release_hold", holdId: hold.id };
            const resolved = await step(`${name} resolve`, [command]);
            if (resolved.refused === undefined) return settles ? "settled" : "released";
            expect(resolved.refused).toBe("HOLD_STATE");
            return "expired";
          };
          const ways = Array.from({ length: 14 }, (_, i) => ({ name: `way ${named++}`, kind: i % 7 }));
          const racing = ways.map(({ name, kind }) => way(name, kind).catch(() => {}));
          for (let turn = 0; turn < after; turn++) await scheduler.wait(0);
          await ledger.kill();
          await Promise.all(racing);
          // The ends come while nobody is there.
          setClock(endsAtMs);
          for (const { name, kind } of ways) {
            const outcome = await way(name, kind);
            if (outcome !== "never") expected = { ...expected, [outcome]: expected[outcome as keyof typeof expected] + 1 };
          }
        }
        const count = async (where: string) => (await ledger.rows(`SELECT count(*) AS n FROM ${where}`))[0]?.n;
        for (const status of ["settled", "released", "expired", "open"] as const)
          expect(await count(`hold WHERE status = '${status}'`), status).toBe(expected[status]);
        expect(await count("journal WHERE body ->> '$.kind' = 'hold_released'")).toBe(expected.released);
        expect(await count("journal, json_each(body, '$.holds') WHERE body ->> '$.kind' = 'holds_expired'")).toBe(expected.expired);
        expect(await count("journal WHERE body ->> '$.kind' = 'entry_posted' AND body ->> '$.hold' IS NOT NULL")).toBe(expected.settled);
        expect(await count("draft WHERE status = 'posted'")).toBe(expected.posted);
        expect(await ledger.read({ kind: "balance", accountId: opened.data[0].id })).toMatchObject({
          balance: expected.posted + expected.settled * 4,
          pending: { debits: expected.open * 10, credits: 0 },
        });
        expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
      }),
      { ...seeded(6), interruptAfterTimeLimit: 15_000 },
    );
  });
});

test("a ledger with the first release's tables tells its index from its log and keeps its answers", async () => {
  const ledger = newLedger();
  const opened = await ledger.written(opening);
  await ledger.written(Array.from({ length: 50 }, (_, i) => entry(i + 1, { externalId: `po-${i}`, date: `2026-0${1 + (i % 9)}-15` })));
  const asked = async () => ({
    balances: await ledger.read({ kind: "balances", limit: 9, asOf: "2026-05-31" }),
    lines: await ledger.read({ kind: "lines", accountId: opened.data[0].id, order: "date", direction: "asc", limit: 200 }),
    entries: await ledger.read({ kind: "entries", order: "date", direction: "desc", limit: 9, minAmount: 20 }),
  });
  const before = await asked();
  const kept = await ledger.write([entry(7)], { idempotencyKey: "kept" });
  const afterwards = await asked();
  expect(afterwards).not.toEqual(before);
  await ledger.inside((sql) => {
    for (const table of [
      "run",
      "block",
      "term_filter",
      "account_total",
      "draft",
      "draft_account",
      "hold",
      "hold_account",
      "account_pending",
    ])
      sql.exec(`DROP TABLE ${table}`);
    sql.exec(
      "CREATE TABLE account_month (id INTEGER PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL, lines INTEGER NOT NULL) STRICT",
    );
    sql.exec("INSERT INTO account_month VALUES (1, 5, 5, 2)");
    sql.exec("DELETE FROM meta WHERE key IN ('index', 'last_run')");
    sql.exec("INSERT INTO meta VALUES ('flushed_to', '9'), ('entry_count', '7')");
    for (let bucket = 0; bucket < idempotencyBuckets; bucket++) {
      sql.exec(formerAnswerTable(bucket));
      sql.exec(
        `INSERT INTO idempotency_${bucket} SELECT id, key, fingerprint, at, body, failure, first_seq, last_seq, items, answer FROM answer_${bucket}`,
      );
      sql.exec(`DROP TABLE answer_${bucket}`);
    }
    sql.exec("DROP INDEX account_type");
    sql.exec("DROP INDEX account_parent");
    sql.exec("ALTER TABLE account DROP COLUMN children");
    sql.exec("DELETE FROM schema_version WHERE version >= 2");
  });
  await ledger.kill();
  expect(await asked()).toEqual(afterwards);
  expect(await ledger.write([entry(7)], { idempotencyKey: "kept" })).toMatchObject({
    outcome: "replayed",
    body: (kept as { body: string }).body,
  });
  expect(await ledger.write([entry(3, { externalId: "po-2" })])).toMatchObject({
    outcome: "refused",
    failure: { code: "EXTERNAL_ID_TAKEN" },
  });
  expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
});

describe("a ledger that takes no more", () => {
  const appendRow = (kind: string, version: number) => (sql: SqlStorage) =>
    sql.exec(
      `INSERT INTO journal (seq, commit_seq, version, body, context, seal)
       SELECT seq + 1, seq + 1, ?, json_object('kind', ?), context, seal FROM journal ORDER BY seq DESC LIMIT 1`,
      version,
      kind,
    );

  test.each([
    ["a fact it does not know", appendRow("of_tomorrow", 1)],
    ["a newer form of a fact", appendRow("entry_posted", 2)],
    ["a newer schema", (sql: SqlStorage) => sql.exec("INSERT INTO schema_version SELECT max(version) + 1 FROM schema_version")],
  ])("because a newer release wrote %s: everything is LEDGER_NEWER, and nothing is written", async (_, newer) => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    const posted = await ledger.written([entry(5)], { idempotencyKey: "k" });
    await ledger.inside((sql) => newer(sql));
    await ledger.kill();
    const before = await disk(ledger);
    const newerFailure = { outcome: "refused", failure: { code: "LEDGER_NEWER" } };
    expect(await ledger.write([entry(6)])).toMatchObject(newerFailure);
    expect(await ledger.write([entry(5)], { idempotencyKey: "k" })).toMatchObject(newerFailure);
    expect(await ledger.write([entry(6)], { dryRun: true })).toMatchObject(newerFailure);
    expect(await thrown(() => ledger.read({ kind: "balance", accountId: opened.data[0].id }))).toContain("newer release");
    expect(await thrown(() => ledger.read({ kind: "entry", entryId: posted.id }))).toContain("newer release");
    expect(await thrown(() => ledger.client.startVerification())).toContain("newer release");
    await ledger.alarm();
    expect(await disk(ledger)).toEqual(before);
  });

  test("because it is full: LEDGER_FULL for what is new, answers for what was asked before and for every question", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    const posted = await ledger.write([entry(5)], { idempotencyKey: "k" });
    const before = await disk(ledger);
    Object.assign(env, { LEDGER_BYTES: "4096" });
    try {
      await ledger.evict();
      const full = { outcome: "refused", failure: { code: "LEDGER_FULL" } };
      expect(await ledger.write([entry(6)])).toMatchObject(full);
      expect(await ledger.write([entry(6)], { idempotencyKey: "new" })).toMatchObject(full);
      expect(await ledger.write([entry(6)], { dryRun: true })).toMatchObject(full);
      expect(await ledger.write([entry(5)], { idempotencyKey: "k" })).toMatchObject({
        outcome: "replayed",
        body: (posted as { body: string }).body,
      });
      expect(await ledger.write([entry(6)], { idempotencyKey: "k" })).toMatchObject({ failure: { code: "IDEMPOTENCY_KEY_REUSED" } });
      expect(await ledger.read({ kind: "balance", accountId: opened.data[0].id })).toMatchObject({ balance: 5 });
      expect(await disk(ledger)).toEqual(before);
    } finally {
      Reflect.deleteProperty(env, "LEDGER_BYTES");
    }
    await ledger.evict();
    expect(await ledger.write([entry(6)], { idempotencyKey: "new" })).toMatchObject({ outcome: "written" });
  });
});
