import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { amountMax } from "../../src/kernel/money.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import type { Command, PostEntry } from "../../src/ledger/rpc.ts";
import { described, openAccount } from "../support/ledger-steps.ts";
import { holdClock, type LedgerUnderTest, newLedger, setClock } from "../support/ledger-under-test.ts";
import { seeded } from "../support/seed.ts";

beforeEach(() => holdClock());
afterEach(() => {
  vi.useRealTimers();
});

function entry(amount: number, more: Partial<PostEntry> = {}): PostEntry {
  return {
    kind: "post_entry",
    date: "2026-06-08",
    lines: [
      { account: refByCode("cash"), side: "debit", amount },
      { account: refByCode("sales"), side: "credit", amount },
    ],
    ...more,
  };
}

const opening: readonly Command[] = [openAccount("cash", "bank"), openAccount("sales", "income")];

/** A ledger with commits of one fact and of many, every kind of fact among them, all of it in the index. */
async function writtenLedger(): Promise<LedgerUnderTest> {
  const ledger = newLedger();
  await ledger.written(opening);
  const first = await ledger.written([entry(100, { description: "Sale “€”", externalId: "po-1", metadata: { a: "1" } })]);
  await ledger.written(Array.from({ length: 12 }, (_, i) => entry(i + 1, { date: `2026-0${1 + (i % 9)}-15` })));
  await ledger.written([{ kind: "reverse_entry", entryId: first.id, void: true, reason: "a mistake" }]);
  await ledger.written([{ kind: "set_posting_reference", entryId: first.id, postingReference: "DOC-1" }]);
  await ledger.written([{ kind: "lock_period", startDate: "2025-01-01", endDate: "2025-12-31", module: "all", level: "hard" }]);
  const { data } = await ledger.read({ kind: "balances", limit: 9 });
  await ledger.written([{ kind: "change_account", accountId: data[0].accountId, description: { name: "Cash at bank" } }]);
  await ledger.written([entry(7), entry(8), entry(9)]);
  await writeUnposted(ledger);
  await ledger.read({ kind: "lines", order: "date", direction: "asc", limit: 1 });
  return ledger;
}

/** Drafts that wait, are posted, rejected and voided, and holds that are open, settled in part, released and expired. */
async function writeUnposted(ledger: LedgerUnderTest): Promise<void> {
  const drafts = await ledger.written([1, 2, 3].map((amount) => ({ ...entry(amount), kind: "create_draft" })));
  const [first, second, third] = drafts.data.map(({ id }: { id: string }) => id);
  await ledger.written([{ kind: "set_approval_policy", policy: "required" }]);
  await ledger.written([{ kind: "set_shared_record", revision: 3, content: { policy: "required", locks: [] } }]);
  await ledger.written([{ kind: "edit_draft", entryId: first, change: { description: "Sale, changed" } }]);
  await ledger.written([first, second].map((entryId) => ({ kind: "submit_draft", entryId })));
  await ledger.written([{ kind: "approve_entry", entryId: first }]);
  await ledger.written([{ kind: "reject_entry", entryId: second, reason: "Another look" }]);
  await ledger.written([{ kind: "reverse_entry", entryId: third, void: true, reason: "let go" }]);
  const inAnHour = Date.now() + 3_600_000;
  const holds = await ledger.written([
    ...[10, 20, 30].map((amount): Command => ({ ...entry(amount), kind: "place_hold" })),
    { ...entry(40), kind: "place_hold", expiresAtMs: inAnHour },
  ]);
  const [settled, released] = holds.data.map(({ id }: { id: string }) => id);
  await ledger.written([{ kind: "settle_hold", holdId: settled, lines: [1, 2].map((no) => ({ no, amount: 4 })) }]);
  await ledger.written([{ kind: "release_hold", holdId: released, reason: "Cancelled" }]);
  setClock(inAnHour);
  await ledger.written([{ ...entry(50), kind: "place_hold" }]);
}

/** What only someone with the disk in their hands can do. */
async function tamper(ledger: LedgerUnderTest, work: (sql: SqlStorage) => void): Promise<void> {
  await ledger.inside((sql) => {
    sql.exec("DROP TRIGGER IF EXISTS journal_is_never_updated");
    sql.exec("DROP TRIGGER IF EXISTS journal_is_never_deleted");
    work(sql);
  });
}

type Row = { seq: number; commit_seq: number; version: number; body: string; context: string | null; seal: string | null };

async function journalOf(ledger: LedgerUnderTest): Promise<Row[]> {
  return (await ledger.rows("SELECT seq, commit_seq, version, body, context, seal FROM journal ORDER BY seq")) as Row[];
}

function restore(sql: SqlStorage, rows: readonly Row[]): void {
  sql.exec("DELETE FROM journal");
  for (const row of rows)
    sql.exec(
      "INSERT INTO journal (seq, commit_seq, version, body, context, seal) VALUES (?, ?, ?, ?, ?, ?)",
      row.seq,
      row.commit_seq,
      row.version,
      row.body,
      row.context,
      row.seal,
    );
}

describe("the journal", () => {
  test.each([
    ["UPDATE", "UPDATE journal SET body = '{}' WHERE seq = 2"],
    ["UPDATE OR REPLACE", "UPDATE OR REPLACE journal SET seq = 3 WHERE seq = 2"],
    ["DELETE", "DELETE FROM journal WHERE seq = 4"],
    ["DELETE of everything", "DELETE FROM journal"],
    ["REPLACE", "REPLACE INTO journal (seq, commit_seq, version, body) VALUES (2, 2, 1, '{}')"],
    ["INSERT OR REPLACE", "INSERT OR REPLACE INTO journal (seq, commit_seq, version, body) VALUES (2, 2, 1, '{}')"],
    ["UPSERT", "INSERT INTO journal (seq, commit_seq, version, body) VALUES (2, 2, 1, '{}') ON CONFLICT (seq) DO UPDATE SET body = '{}'"],
  ])("15: refuses %s, after an eviction too", async (_, statement) => {
    const ledger = newLedger();
    await ledger.written([...opening, entry(5)]);
    const before = await journalOf(ledger);
    for (let turn = 0; turn < 2; turn++) {
      const said = await ledger.inside((sql) => {
        try {
          sql.exec(statement);
          return "done";
        } catch (error) {
          return String(error);
        }
      });
      expect(said).toContain("the journal is append-only");
      await ledger.evict();
    }
    expect(await journalOf(ledger)).toEqual(before);
  });

  test("keeps a commit of megabytes text for text, in any script, and under one seal", async () => {
    const ledger = await writtenLedger();
    // Together past what the platform takes as one value, with bodies of one, two, three and four bytes a character beside each other.
    const descriptions = Array.from(
      { length: 1_200 },
      (_, i) => ["a", "é", "語", "😀", '"\\\n'][i % 5]?.repeat(i % 5 === 3 ? 500 : 1_000) ?? "",
    );
    await ledger.written(descriptions.map((description, i) => entry(i + 1, { description })));
    const rows = (await journalOf(ledger)).slice(-descriptions.length);
    expect(rows.reduce((bytes, { body }) => bytes + new TextEncoder().encode(body).length, 0)).toBeGreaterThan(2_000_000);
    expect(rows.map(({ body }) => JSON.parse(body).description)).toEqual(descriptions);
    expect(rows.map(({ commit_seq }) => commit_seq)).toEqual(rows.map(() => rows.at(-1)?.seq));
    expect(rows.filter(({ context, seal }) => context !== null || seal !== null)).toEqual(rows.slice(-1));
    expect(await ledger.verify()).toMatchObject({ result: { ok: true, faults: [] } });
  });

  test("15: one flipped bit in any column of any row fails the verification, and nothing else does", { timeout: 60_000 }, async () => {
    const ledger = await writtenLedger();
    const rows = await journalOf(ledger);
    expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
    const anyFlip = fc.record({
      row: fc.nat(rows.length - 1),
      column: fc.constantFrom("body", "body", "body", "context", "seal", "version", "commit_seq", "seq"),
      place: fc.nat(10_000),
      bit: fc.nat(7),
    });
    await fc.assert(
      fc.asyncProperty(anyFlip, async ({ row: which, column, place, bit }) => {
        const row = rows[which] as Row;
        const value = row[column as keyof Row];
        fc.pre(value !== null);
        if (typeof value === "string") {
          const bytes = new TextEncoder().encode(value);
          const at = place % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          await tamper(ledger, (sql) => sql.exec(`UPDATE journal SET ${column} = CAST(? AS TEXT) WHERE seq = ?`, bytes.buffer, row.seq));
        } else {
          const flipped = value ^ (1 << bit);
          fc.pre(column !== "seq" || !rows.some((other) => other.seq === flipped));
          await tamper(ledger, (sql) => sql.exec(`UPDATE journal SET ${column} = ? WHERE seq = ?`, flipped, row.seq));
        }
        const job = await ledger.verify();
        await tamper(ledger, (sql) => restore(sql, rows));
        expect(job.status, `${column} of sequence ${row.seq}`).toBe("failed");
        expect(job.result?.faults.length).toBeGreaterThan(0);
      }),
      { ...seeded(120), interruptAfterTimeLimit: 45_000 },
    );
    expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
  });

  test("15: a row that is missing, or stands in another's place, fails the verification", { timeout: 60_000 }, async () => {
    const ledger = await writtenLedger();
    const rows = await journalOf(ledger);
    for (const { seq } of rows.slice(1)) {
      await tamper(ledger, (sql) => sql.exec("DELETE FROM journal WHERE seq = ?", seq));
      expect((await ledger.verify()).status, `without ${seq}`).toBe("failed");
      await tamper(ledger, (sql) => restore(sql, rows));
    }
    for (let i = 1; i + 1 < rows.length; i++) {
      const [a, b] = [rows[i] as Row, rows[i + 1] as Row];
      if (a.body === b.body) continue;
      await tamper(ledger, (sql) => {
        sql.exec("UPDATE journal SET body = ? WHERE seq = ?", b.body, a.seq);
        sql.exec("UPDATE journal SET body = ? WHERE seq = ?", a.body, b.seq);
      });
      expect((await ledger.verify()).status, `${a.seq} and ${b.seq} swapped`).toBe("failed");
      await tamper(ledger, (sql) => restore(sql, rows));
    }
    expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
  });

  test.each([
    ["a context where its commit had none", "UPDATE journal SET context = '{}' WHERE seq = 6"],
    ["a seal where its commit had none", "UPDATE journal SET seal = (SELECT seal FROM journal WHERE seq = 4) WHERE seq = 6"],
    ["no seal", "UPDATE journal SET seal = NULL WHERE seq = 4"],
    ["no context", "UPDATE journal SET context = NULL WHERE seq = 4"],
    [
      "more rows than were written",
      "INSERT INTO journal SELECT seq + 100, seq + 100, version, body, context, seal FROM journal WHERE seq = 4",
    ],
  ])("15: a log with %s fails the verification", async (_, statement) => {
    const ledger = await writtenLedger();
    await tamper(ledger, (sql) => sql.exec(statement));
    await ledger.evict();
    expect(await ledger.verify()).toMatchObject({ status: "failed" });
  });

  test("15: a tail that was cut off is found by the head that was kept", async () => {
    const ledger = await writtenLedger();
    const kept = await ledger.read({ kind: "head" });
    const rows = await journalOf(ledger);
    const commits = [...new Set(rows.map((row) => row.commit_seq))];
    const cutAt = commits.at(-3) ?? 0;
    await tamper(ledger, (sql) => {
      sql.exec("DELETE FROM journal WHERE seq > ?", cutAt);
    });
    // As long as the object remembers its head, by itself.
    expect(await ledger.verify()).toMatchObject({ status: "failed" });
    await ledger.evict();
    const { result } = await ledger.verify();
    expect(result).toMatchObject({ sequence: cutAt });
    expect(result?.sequence).toBeLessThan(kept.sequence);
    // Written over, the log is long enough again, and its seal at that sequence is another.
    await ledger.written(rows.filter((row) => row.seq > cutAt).map(() => entry(1)));
    const there = (await journalOf(ledger)).find((row) => row.seq === kept.sequence);
    expect(there?.seal).not.toBe(kept.seal);
  });

  test.each([
    ["an account's total", "UPDATE account_total SET debits = debits + 1 WHERE no = (SELECT max(no) FROM account_total)"],
    ["the lack of an account's total", "DELETE FROM account_total WHERE no = (SELECT max(no) FROM account_total)"],
    [
      "a month's sums",
      "UPDATE block SET records = CAST(substr(records, 1, length(records) - 8) || x'0102030400000000' AS BLOB) WHERE id / 2097152 IN (SELECT id FROM run WHERE kind = 'month')",
    ],
    ["an account's row", "DELETE FROM account WHERE code = 'sales'"],
    ["what is pending on an account", "UPDATE account_pending SET credits = credits + 1 WHERE no = (SELECT max(no) FROM account_pending)"],
    ["the lack of what is pending", "DELETE FROM account_pending WHERE no = (SELECT max(no) FROM account_pending)"],
    ["a settled hold that is said to be open", "UPDATE hold SET status = 'open', resolved = NULL WHERE status = 'settled'"],
    ["an open hold that is said to be released", "UPDATE hold SET status = 'released', resolved = 1 WHERE status = 'open'"],
    ["an expired hold that is said to be released", "UPDATE hold SET status = 'released' WHERE status = 'expired'"],
    ["an open hold that is gone", "DELETE FROM hold WHERE status = 'open'"],
    ["another end of a hold", "UPDATE hold SET expires_at = 4000000000000 WHERE status = 'open'"],
    ["what a hold keeps on an account", "UPDATE hold_account SET debits = debits + 1"],
    ["a hold's account that is none of its", "INSERT INTO hold_account SELECT account + 1000, hold, 1, 1 FROM hold_account LIMIT 1"],
    ["a posted draft that is said to be a draft", "UPDATE draft SET status = 'draft', entry = NULL WHERE status = 'posted'"],
    ["a draft that is said to be voided", "UPDATE draft SET status = 'voided' WHERE status IN ('draft', 'pending_approval')"],
    ["a draft that is gone", "DELETE FROM draft WHERE status IN ('draft', 'pending_approval')"],
    ["a draft with the content of another version", "UPDATE draft SET content = content + 1"],
    ["a draft under another external id", "UPDATE draft SET external_id = 'another'"],
    ["a draft's account that is none of its", "INSERT INTO draft_account SELECT account + 1000, draft FROM draft_account LIMIT 1"],
    [
      "a draft that nobody wrote",
      "INSERT INTO draft SELECT no - 1, at, status, saved, content, entry, day, module, amount, external_id, source, source_type, reference FROM draft LIMIT 1",
    ],
    ["a settled hold that is gone", "DELETE FROM hold WHERE status = 'settled'"],
  ])("15: %s of the index that is not what the log says fails the verification", async (_, statement) => {
    const ledger = await writtenLedger();
    // So many that a part of them is in the index.
    for (let i = 0; i < 40; i++) await ledger.written([entry(i + 1)]);
    expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
    await ledger.inside((sql) => sql.exec(statement));
    await ledger.evict();
    expect(await ledger.verify()).toMatchObject({ status: "failed", result: { ok: false } });
  });

  test("the verification goes on where it was after an eviction, and stops at the head it began with", async () => {
    const ledger = newLedger();
    await ledger.written(opening);
    const many = Array.from({ length: 1_000 }, (_, i) => entry(i + 1));
    for (let i = 0; i < 6; i++) await ledger.written(many, { answer: "minimal" });
    const { id, progress } = await ledger.client.startVerification();
    expect(progress).toEqual({ sequence: 0, head: 6_003 });
    const seen: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      await ledger.alarm();
      await ledger.evict();
      await ledger.written([entry(1)]);
      const job = await ledger.client.verification(id);
      seen.push(job?.progress.sequence ?? -1);
      if (job?.status !== "running") break;
    }
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    expect(await ledger.client.verification(id)).toMatchObject({ status: "succeeded", result: { ok: true, sequence: 6_003, faults: [] } });
  });
});

describe("17: figures past 2^53", () => {
  const turning: PostEntry = {
    kind: "post_entry",
    date: "2026-06-08",
    lines: Array.from({ length: 100 }, () => [
      { account: refByCode("cash"), side: "debit" as const, amount: amountMax },
      { account: refByCode("cash"), side: "credit" as const, amount: amountMax },
    ]).flat(),
  };

  test("are exact in every answer, from memory, from the index and after a start, up to where they are refused", async () => {
    const ledger = newLedger();
    const opened = await ledger.written(opening);
    const accountId = opened.data[0].id;
    let turnover = 0n;
    let refused = 0;
    for (let i = 0; i < 12; i++) {
      const outcome = await ledger.write([{ ...turning, date: `2026-0${1 + (i % 6)}-08` }]);
      if (outcome.outcome === "written") turnover += 100n * BigInt(amountMax);
      else {
        expect(outcome).toMatchObject({ outcome: "refused", failure: { code: "BALANCE_OVERFLOW" } });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(turnover).toBeGreaterThan(2n ** 62n);
    const asked = async () => {
      const days = [20_000, 21_000];
      expect(await ledger.client.readText({ kind: "balance", accountId })).toContain(
        `"posted":{"debits":${turnover},"credits":${turnover}}`,
      );
      expect(await ledger.client.readText({ kind: "balance", accountId, asOf: "2026-12-31" })).toContain(
        `"debits":${turnover},"credits":${turnover}`,
      );
      expect(await ledger.client.readText({ kind: "balances", limit: 9, knownAt: 9_999 })).toContain(
        `"debits":${turnover},"credits":${turnover}`,
      );
      expect(await ledger.client.readText({ kind: "totals" })).toContain(`"debits":"${turnover}","credits":"${turnover}"`);
      expect(await ledger.client.readText({ kind: "balance_history", accountId, days })).toContain(
        `"debits":${turnover},"credits":${turnover}`,
      );
    };
    await asked();
    await ledger.alarm();
    await asked();
    await ledger.evict();
    await asked();
    expect(await ledger.verify()).toMatchObject({ status: "succeeded" });
  });

  test("an account takes 2^53 − 1 and not one more, and tells it again", async () => {
    const ledger = newLedger();
    const opened = await ledger.written([...opening, openAccount("x", "equity", { description: described("X") })]);
    const posted = await ledger.written([entry(amountMax)]);
    expect(posted.lines[0]).toMatchObject({ amount: amountMax, balanceAfter: amountMax });
    expect(await ledger.write([entry(1)])).toMatchObject({ outcome: "refused", failure: { code: "BALANCE_OVERFLOW" } });
    await ledger.alarm();
    await ledger.evict();
    expect(await ledger.read({ kind: "balance", accountId: opened.data[1].id })).toMatchObject({ balance: amountMax });
    expect(await ledger.read({ kind: "entry", entryId: posted.id })).toMatchObject({
      lines: [{ amount: amountMax }, { amount: amountMax }],
    });
    expect(await ledger.write([entry(1)])).toMatchObject({ outcome: "refused", failure: { code: "BALANCE_OVERFLOW" } });
  });
});
