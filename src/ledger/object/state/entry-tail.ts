import { type DayNumber, dayOf, monthOfDay } from "../../../kernel/calendar-date.ts";
import type { Writable } from "../../../kernel/writable.ts";
import { type EntryPosted, entryAmount, type GroupEnded, type HoldPlaced } from "../../domain/fact.ts";
import { type Columns, GrowingColumns } from "../index/columns.ts";
import { addHalves, halfSpan, highHalf } from "../index/halves.ts";
import { SortedColumns } from "../index/sorted-source.ts";
import { sortedBy } from "../index/stable-sort.ts";
import type { Tail } from "../index/tail.ts";
import { type TermKey, termHash } from "../index/term-hash.ts";
import { accountDay, accountOfAccountDay, dayKey, dayOfAccountDay, dayOfKey, lineItem, monthCell } from "./record-keys.ts";
import type { RunKind } from "./record-kinds.ts";
import { externalIdTerm, groupTerm, referenceTerm, sourceTerm, sourceTypeTerm } from "./terms.ts";

/** Beyond every amount that can be asked for, and still an integer that is exact. */
const amountKeyMax = 2 ** 53;

/** Everything posted to an account, as far as its source knows. */
export interface AccountTotal {
  readonly debits: bigint;
  readonly credits: bigint;
  readonly lines: number;
}

/** Passes over a tail for one account each, before one for all is cheaper. */
const passesMax = 8;

/**
 * The posted entries that the index on disk does not have yet, as columns: thousands of objects that live on are what costs a posting most.
 * Lines by account and day in the order of the log; sorted when someone asks for an order.
 */
export class EntryTail implements Tail<RunKind> {
  readonly #termKey: TermKey;
  readonly fromSequence: number;
  /** The sequence of the last entry, or the one before the first. */
  toSequence: number;
  entryCount = 0;
  /** Entries of a source other than the API. */
  sourcedCount = 0;
  bytes = 0;
  /** account, day, item, amount */
  readonly #lines = new GrowingColumns(4, 1024);
  /** amount, sequence, day */
  readonly #amounts = new GrowingColumns(3, 512);
  /** hash, sequence, day */
  readonly #terms = new GrowingColumns(3, 64);
  readonly #termSequences = new Map<number, number[]>();
  /** hash, sequence */
  readonly #claims = new GrowingColumns(2, 64);
  readonly #claimSequences = new Map<number, number[]>();
  #namedHolds = 0;
  readonly #sorted = new Map<RunKind, SortedColumns>();
  /** The totals of all accounts, once enough were asked for since the last entry. */
  #totals: ReadonlyMap<number, AccountTotal> | undefined;
  #totalsAsked = 0;

  constructor(fromSequence: number, termKey: TermKey) {
    this.#termKey = termKey;
    this.fromSequence = fromSequence;
    this.toSequence = fromSequence - 1;
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  /** What a start has to fold again, and what memory holds. */
  get weight(): number {
    return this.#lines.length + this.#claims.length + this.#namedHolds;
  }

  add(sequence: number, fact: EntryPosted, bytes: number): void {
    const day = dayOf(fact.date);
    for (let i = 0; i < fact.lines.length; i++) {
      const line = fact.lines[i];
      if (line === undefined) continue;
      this.#lines.add(line.account, day, lineItem(sequence, i + 1), line.amount);
    }
    this.#amounts.add(Math.min(entryAmount(fact), amountKeyMax), sequence, dayKey(day));
    const key = this.#termKey;
    if (fact.externalId !== null) this.#addTerm(externalIdTerm(key, fact.externalId), sequence, day);
    if (fact.source !== null) {
      this.#addTerm(sourceTerm(key, fact.source), sequence, day);
      this.#addTerm(sourceTypeTerm(key, fact.source.type), sequence, day);
    }
    if (fact.reference !== null) this.#addTerm(referenceTerm(key, fact.reference), sequence, day);
    this.toSequence = sequence;
    this.entryCount += 1;
    if (fact.source !== null && fact.source.type !== "api") this.sourcedCount += 1;
    this.bytes += bytes;
    if (this.#sorted.size > 0) this.#sorted.clear();
    this.#totals = undefined;
    this.#totalsAsked = 0;
  }

  #addTerm(hash: number, sequence: number, day: DayNumber): void {
    if (noteSequence(this.#termSequences, hash, sequence)) this.#terms.add(hash, sequence, dayKey(day));
  }

  /** Adds the external id and the source of a hold. */
  addNames(sequence: number, fact: HoldPlaced): void {
    if (fact.externalId === null && fact.source === null) return;
    const day = dayOf(fact.date);
    if (fact.externalId !== null) this.#addTerm(externalIdTerm(this.#termKey, fact.externalId), sequence, day);
    if (fact.source !== null) this.#addTerm(sourceTerm(this.#termKey, fact.source), sequence, day);
    this.#namedHolds += 1;
    this.toSequence = Math.max(this.toSequence, sequence);
    this.#sorted.delete("term");
  }

  /** Adds the end of a group of holds, which has no date. */
  addGroupEnd(sequence: number, { groupId }: GroupEnded): void {
    this.#addTerm(groupTerm(this.#termKey, groupId), sequence, dayOfKey(0));
    this.#namedHolds += 1;
    this.toSequence = Math.max(this.toSequence, sequence);
    this.#sorted.delete("term");
  }

  /** Adds the idempotency key of a commit that ends at a sequence. */
  addClaim(key: string, sequence: number): void {
    const hash = termHash(this.#termKey, key);
    if (noteSequence(this.#claimSequences, hash, sequence)) this.#claims.add(hash, sequence);
    this.toSequence = Math.max(this.toSequence, sequence);
    this.#sorted.delete("claim");
  }

  /** The sequences of what has a hash, in order. */
  sequencesOf(kind: RunKind, hash: number): readonly number[] | undefined {
    return (kind === "term" ? this.#termSequences : this.#claimSequences).get(hash);
  }

  /** What was posted to an account; undefined where nothing was. One pass finds one account's, or, when several are asked for, everyone's. */
  totalOf(account: number): AccountTotal | undefined {
    this.#totalsAsked += 1;
    if (this.#totals === undefined && this.#totalsAsked > passesMax) this.#totals = this.#sumUp(undefined);
    return (this.#totals ?? this.#sumUp(account)).get(account);
  }

  #sumUp(only: number | undefined): ReadonlyMap<number, AccountTotal> {
    const totals = new Map<number, Writable<AccountTotal>>();
    this.visitLines((account, _day, _item, amount) => {
      if (only !== undefined && account !== only) return;
      let total = totals.get(account);
      if (total === undefined) {
        total = { debits: 0n, credits: 0n, lines: 0 };
        totals.set(account, total);
      }
      if (amount > 0) total.debits += BigInt(amount);
      else total.credits -= BigInt(amount);
      total.lines += 1;
    });
    return totals;
  }

  /** Calls `visit` with each line, in the order of the log. */
  visitLines(visit: (account: number, day: number, item: number, amount: number) => void): void {
    const [accounts, days, items, amounts] = this.#lines.columns as readonly [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < this.#lines.length; i++) visit(accounts[i] as number, days[i] as number, items[i] as number, amounts[i] as number);
  }

  /** The tail's records of a kind, in its order. */
  sorted(kind: RunKind): SortedColumns {
    let sorted = this.#sorted.get(kind);
    if (sorted === undefined) {
      sorted = new SortedColumns(this.#columns(kind), { from: this.fromSequence, to: this.toSequence });
      this.#sorted.set(kind, sorted);
    }
    return sorted;
  }

  #columns(kind: RunKind): Columns {
    const length = this.#lines.length;
    const [accounts, days, items, amounts] = this.#lines.columns as readonly [Float64Array, Float64Array, Float64Array, Float64Array];
    switch (kind) {
      case "line": {
        const places = new Float64Array(length);
        for (let i = 0; i < length; i++) places[i] = accountDay(accounts[i] as number, days[i] as number);
        return sortedBy([places, items, amounts], 0, length);
      }
      case "day": {
        const keys = new Float64Array(length);
        for (let i = 0; i < length; i++) keys[i] = dayKey(days[i] as number);
        return sortedBy([keys, items, accounts, amounts], 0, length);
      }
      case "amount":
        return sortedBy(this.#amounts.columns, 0, this.#amounts.length);
      case "term":
        return sortedBy(this.#terms.columns, 0, this.#terms.length);
      case "claim":
        return sortedBy(this.#claims.columns, 0, this.#claims.length);
      case "month":
        return monthSums(this.sorted("line"));
    }
  }
}

/** Returns false, and adds nothing, where the hash has the sequence already. */
function noteSequence(sequences: Map<number, number[]>, hash: number, sequence: number): boolean {
  const known = sequences.get(hash);
  if (known === undefined) sequences.set(hash, [sequence]);
  else if (known.at(-1) === sequence) return false;
  else known.push(sequence);
  return true;
}

/** The sums of lines by account and month. Their order is the lines' own. */
function monthSums({ columns, length }: SortedColumns): Columns {
  const places = columns[0] as Float64Array;
  const amounts = columns[2] as Float64Array;
  const out = Array.from({ length: 6 }, () => new Float64Array(length));
  let lastPlace = -1;
  let cell = -1;
  let at = -1;
  for (let i = 0; i < length; i++) {
    const place = places[i] as number;
    if (place !== lastPlace) {
      lastPlace = place;
      const month = monthCell(accountOfAccountDay(place), monthOfDay(dayOfAccountDay(place)));
      if (month !== cell) {
        cell = month;
        at += 1;
        (out[0] as Float64Array)[at] = cell;
      }
    }
    const amount = amounts[i] as number;
    const size = Math.abs(amount);
    const high = highHalf(size);
    const side = amount > 0 ? 2 : 4;
    addHalves(out[side] as Float64Array, out[side + 1] as Float64Array, at, high, size - high * halfSpan);
  }
  return out.map((column) => column.slice(0, at + 1));
}
