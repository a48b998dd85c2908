import { addTurnover, creditsOf, debitsOf, noFigures } from "../../domain/account.ts";
import type { EntryPosted, Fact, GroupEnded, HoldPlaced } from "../../domain/fact.ts";
import { type IndexPlan, SortedIndex } from "../index/sorted-index.ts";
import { readRow } from "../log/journal.ts";
import { readMeta } from "../log/meta.ts";
import { type AccountTotal, EntryTail } from "./entry-tail.ts";
import type { LedgerLimits } from "./ledger-limits.ts";
import { accountOfAccountDay, firstAccountDayOf } from "./record-keys.ts";
import { type RunKind, recordKinds } from "./record-kinds.ts";

/** What the runs have, counted. */
interface EntryCounts {
  readonly entries: number;
  readonly lines: number;
  /** Entries of a source other than the API; an index that an earlier release began does not say. */
  readonly sourced?: number;
}

const plan: IndexPlan<RunKind, EntryTail, EntryCounts> = {
  kinds: recordKinds,
  newTail: (fromSequence, termKey) => new EntryTail(fromSequence, termKey),
  nothingCounted: { entries: 0, lines: 0, sourced: 0 },
  withCounted: ({ entries, lines, sourced }, tail) => ({
    entries: entries + tail.entryCount,
    lines: lines + tail.lineCount,
    ...(sourced === undefined ? {} : { sourced: sourced + tail.sourcedCount }),
  }),
  writeBeside: addTotals,
  // What an earlier generation has is no younger than its end.
  writtenAtMs: (sql, sequence) => readRow(sql, sequence)?.context.atMs ?? readMeta<{ readonly atMs: number }>(sql, "closed_before")?.atMs,
};

/** The index of a ledger: lines by account and by day, entries by amount and by name, sums by month, idempotency keys. */
export class EntryIndex extends SortedIndex<RunKind, EntryTail, EntryCounts> {
  readonly limits: LedgerLimits;
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage, limits: LedgerLimits) {
    super(storage, limits, plan);
    this.#storage = storage;
    this.limits = limits;
  }

  /** Finds what is on disk. What a generation begins with is no entry. */
  override load(): void {
    super.load(readMeta<number>(this.#storage.sql, "carried_to"));
  }

  get entryCount(): number {
    return this.tails.reduce((sum, { entryCount }) => sum + entryCount, this.counts.entries);
  }

  /** Entries that were posted by themselves, where that is known. */
  get ownCount(): number | undefined {
    const { sourced } = this.counts;
    return sourced === undefined ? undefined : this.tails.reduce((sum, { sourcedCount }) => sum - sourcedCount, this.entryCount - sourced);
  }

  get lineCount(): number {
    return this.tails.reduce((sum, { lineCount }) => sum + lineCount, this.counts.lines);
  }

  /** What an account has on disk: everything ever posted to it up to `flushedTo`. */
  accountTotal(no: number): AccountTotal {
    const row = this.#storage.sql
      .exec<{ debits: string; credits: string; lines: number }>(
        "SELECT CAST(debits AS TEXT) AS debits, CAST(credits AS TEXT) AS credits, lines FROM account_total WHERE no = ?",
        no,
      )
      .toArray()[0];
    return row === undefined
      ? { debits: 0n, credits: 0n, lines: 0 }
      : { debits: BigInt(row.debits), credits: BigInt(row.credits), lines: row.lines };
  }

  add(sequence: number, fact: EntryPosted, bytes: number): void {
    this.tail.add(sequence, fact, bytes);
  }

  addClaim(key: string, sequence: number): void {
    this.tail.addClaim(key, sequence);
  }

  /** Adds the names of a hold, which are its own for ever: later generations find them here. */
  addNames(sequence: number, fact: HoldPlaced): void {
    this.tail.addNames(sequence, fact);
  }

  /** Adds the end of a group of holds, which is for good: later generations find it here. */
  addGroupEnd(sequence: number, fact: GroupEnded): void {
    this.tail.addGroupEnd(sequence, fact);
  }

  /** Takes back into memory what a fact after `flushedTo` says, and the key of its commit, which stands with the commit's last; on start, in order of the log. */
  replay(sequence: number, fact: Fact, bytes: number, key: string | undefined): void {
    this.beforeReplay(sequence);
    if (fact.kind === "entry_posted") this.add(sequence, fact, bytes);
    else if (fact.kind === "hold_placed") this.addNames(sequence, fact);
    else if (fact.kind === "group_ended") this.addGroupEnd(sequence, fact);
    if (key !== undefined) this.addClaim(key, sequence);
  }
}

/** Adds a tail's lines to what the accounts have on disk. */
function addTotals(sql: SqlStorage, tail: EntryTail): void {
  const { columns, length } = tail.sorted("line");
  const places = columns[0] as Float64Array;
  const amounts = columns[2] as Float64Array;
  const rows: string[] = [];
  for (let i = 0; i < length; ) {
    const account = accountOfAccountDay(places[i] as number);
    const start = i;
    const figures = noFigures();
    const end = firstAccountDayOf(account + 1);
    for (; i < length && (places[i] as number) < end; i++) addTurnover(figures, amounts[i] as number);
    rows.push(`[${account},${debitsOf(figures)},${creditsOf(figures)},${i - start}]`);
  }
  for (let i = 0; i < rows.length; i += totalsAtOnce) {
    sql.exec(
      `INSERT INTO account_total SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
       ON CONFLICT (no) DO UPDATE SET debits = debits + excluded.debits, credits = credits + excluded.credits, lines = lines + excluded.lines`,
      `[${rows.slice(i, i + totalsAtOnce).join(",")}]`,
    );
  }
}

/** Their text stays far below the 2 MB that the platform binds. */
const totalsAtOnce = 5_000;
