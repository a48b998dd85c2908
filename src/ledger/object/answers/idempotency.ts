import { idempotencyLifeMs, storedAnswerBytesMax } from "../../../kernel/bounds.ts";
import type { Failure } from "../../../kernel/failures.ts";
import type { DescribedOutcome, WriteOptions } from "../../rpc.ts";
import { termHash } from "../index/term-hash.ts";
import { readRow } from "../log/journal.ts";
import { readMeta, writeMeta } from "../log/meta.ts";
import { answerTable, idempotencyBuckets } from "../log/schema.ts";
import type { Questions } from "../state/earlier.ts";
import { isKeyAlive, type KeyGap, periodOf } from "../state/key-life.ts";
import type { StoredState } from "../state/stored-state.ts";

/** What one item of a bulk answer was: facts, or why not. Enough to rebuild the answer. */
export type ItemOutcome =
  | { readonly first: number; readonly count: number }
  | { readonly existing: number }
  | { readonly failure: Failure };

export interface StoredAnswer {
  readonly fingerprint: string;
  /** The bytes, or undefined for a larger answer, which is rebuilt from the facts. */
  readonly body: string | undefined;
  readonly failure: Failure | undefined;
  /** The first sequence that was written; undefined where all of it existed before. */
  readonly firstSequence: number | undefined;
  readonly lastSequence: number | undefined;
  /** Where the bytes are stored those alone that say what was made, see `toFirstNew`; none in rows of a build before `made`. */
  readonly items: readonly ItemOutcome[];
  readonly answer: WriteOptions["answer"];
}

type Row = {
  fingerprint: string;
  at: number;
  body: string | null;
  failure: string | null;
  first_seq: number | null;
  last_seq: number | null;
  items: string | null;
  answer: WriteOptions["answer"];
};

const inserts = Array.from(
  { length: idempotencyBuckets },
  (_, i) =>
    `INSERT INTO answer_${i} (key, fingerprint, at, body, failure, first_seq, last_seq, items, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
);
const finds = Array.from({ length: idempotencyBuckets }, (_, i) => `SELECT * FROM answer_${i} WHERE key = ?`);

/** The answers that are stored under keys of the last 24 hours: of what wrote nothing to the log, or not one fact for each item. */
export class StoredAnswers {
  readonly #storage: DurableObjectStorage;
  /** Looked for when it is first asked: the tables are there then. */
  #filled: Set<number> | undefined;
  #purgedFor = -1;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  get #buckets(): Set<number> {
    this.#filled ??= filledBuckets(this.#storage.sql);
    return this.#filled;
  }

  find(asked: ClaimAsked): StoredAnswer | undefined {
    return findAnswer(this.#storage.sql, this.#buckets, asked);
  }

  /** Stores the answer under its key, in a transaction of its own. `gap`: the keys before it live on. */
  store(key: string, at: { readonly nowMs: number; readonly gap: KeyGap | undefined }, answer: StoredAnswer): void {
    this.#storage.transactionSync(() => this.storeWithin(key, at, answer));
  }

  /** The same in the transaction of what it answers. */
  storeWithin(key: string, { nowMs, gap }: { readonly nowMs: number; readonly gap: KeyGap | undefined }, answer: StoredAnswer): void {
    const { sql } = this.#storage;
    const period = periodOf(nowMs);
    if (period !== this.#purgedFor) {
      purgeAnswers(sql, nowMs, gap);
      this.#purgedFor = period;
    }
    storeAnswer(sql, this.#buckets, key, nowMs, answer);
  }
}

/** The buckets that have any key. Looking into those alone, one statement each, costs a fifth of one statement over all of them. */
function filledBuckets(sql: SqlStorage): Set<number> {
  const filled = new Set<number>();
  for (let bucket = 0; bucket < idempotencyBuckets; bucket++) {
    if (sql.exec(`SELECT 1 FROM answer_${bucket} LIMIT 1`).toArray().length > 0) filled.add(bucket);
  }
  return filled;
}

function rowsOf(sql: SqlStorage, filled: ReadonlySet<number>, key: string): Row[] {
  const rows: Row[] = [];
  for (const bucket of filled) {
    for (const row of sql.exec<Row>(finds[bucket] as string, key).toArray()) rows.push(row);
  }
  return rows;
}

/**
 * What a commit of the log answered under a key that is younger than 24 hours. The key stands in the commit itself, sealed with it:
 * nothing else is written for it, and its answer is rebuilt from the facts.
 */
export function findClaimed(sql: SqlStorage, state: StoredState, { key, fingerprint, nowMs, keptFromMs }: ClaimAsked): Claimed | undefined {
  const { index } = state;
  for (const sequence of index.sequencesOf("claim", termHash(index.termKey, key))) {
    if (sequence < state.firstSequence) {
      const earlier = replayOf(state, sequence, { key, fingerprint, ...(keptFromMs === undefined ? {} : { keptFromMs }) });
      if (earlier !== null) return earlier;
      continue;
    }
    const commit = readRow(sql, sequence);
    const claim = commit?.context.claim;
    if (commit === undefined || claim?.key !== key || !isKeyAlive(commit.context.atMs, nowMs, keptFromMs)) continue;
    const { first, fingerprint: claimed, answer } = claim;
    const items = Array.from({ length: commit.commitSeq - first + 1 }, (_, i) => ({ first: first + i, count: 1 }));
    return {
      fingerprint: claimed,
      body: undefined,
      failure: undefined,
      firstSequence: first,
      lastSequence: commit.commitSeq,
      items,
      answer,
    };
  }
  return undefined;
}

/** A key that is looked for. `keptFromMs`: the beginning of what lives on after a gap. */
export interface ClaimAsked {
  readonly key: string;
  readonly fingerprint: string;
  readonly nowMs: number;
  readonly keptFromMs: number | undefined;
}

/** What was stored under a key here, or what an earlier generation answers to it. */
export type Claimed = StoredAnswer | DescribedOutcome;

function replayOf(state: StoredState, sequence: number, asked: Questions["replay"]["ask"]): DescribedOutcome | null {
  const generation = state.earlier.generations.find(({ lastSequence }) => sequence <= lastSequence);
  if (generation === undefined) return null;
  return state.earlier.ask<"replay">([generation], () => ({ kind: "replay", ...asked }))[0] ?? null;
}

/**
 * Has the index know the keys of stored answers that live, as of the last fact of a closed generation: the next finds them there and asks here.
 * Whole at once: they are those of one day.
 */
export function claimStored(sql: SqlStorage, state: StoredState, asOfMs: number): void {
  const { index } = state;
  for (let bucket = 0; bucket < idempotencyBuckets; bucket++) {
    for (let after = 0; ; ) {
      const rows = sql
        .exec<{ id: number; key: string; at: number }>(
          `SELECT id, key, at FROM answer_${bucket} WHERE id > ? ORDER BY id LIMIT 5000`,
          after,
        )
        .toArray();
      for (const { key, at } of rows) if (at + idempotencyLifeMs > asOfMs) index.addClaim(key, state.sequence);
      after = rows.at(-1)?.id ?? after;
      if (rows.length < 5_000) break;
      index.writeOutAll(asOfMs);
    }
  }
}

/** Whether each item is the next of the commit's facts, so that the items follow from the commit. */
export function isClaimable(items: readonly ItemOutcome[], first: number): boolean {
  return items.every((item, i) => "first" in item && item.first === first + i && item.count === 1);
}

/** The stored answer of a key that lives. */
function findAnswer(sql: SqlStorage, filled: ReadonlySet<number>, { key, nowMs, keptFromMs }: ClaimAsked): StoredAnswer | undefined {
  let newest: Row | undefined;
  for (const row of rowsOf(sql, filled, key)) if (newest === undefined || row.at > newest.at) newest = row;
  if (newest === undefined || !isKeyAlive(newest.at, nowMs, keptFromMs)) return undefined;
  return {
    fingerprint: newest.fingerprint,
    body: newest.body ?? undefined,
    failure: newest.failure === null ? undefined : (JSON.parse(newest.failure) as Failure),
    firstSequence: newest.first_seq ?? undefined,
    lastSequence: newest.last_seq ?? undefined,
    items: itemsOf(newest, newest.body === null ? continuation(sql, filled, key, newest.at) : ""),
    answer: newest.answer,
  };
}

function itemsOf({ items }: Row, rest: string): readonly ItemOutcome[] {
  // Written by storeAnswer.
  return items === null ? [] : (JSON.parse(items + rest) as ItemOutcome[]);
}

/** Ten thousand refusals do not fit one row of the platform; what is left over stands under the key and a number. */
const itemsTextMax = 500_000;

/** The rest of what was stored at `at`: the key's earlier life, over but not purged yet, may have left parts of its own. */
function continuation(sql: SqlStorage, filled: ReadonlySet<number>, key: string, at: number): string {
  let text = "";
  for (let part = 1; ; part++) {
    const row = rowsOf(sql, filled, `${key}\n${part}`).find((stored) => stored.at === at);
    if (row === undefined) return text;
    text += row.items ?? "";
  }
}

/** A text in pieces that end between characters: half a surrogate pair does not survive storage. */
function parts(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + itemsTextMax, text.length);
    if (end < text.length && (text.charCodeAt(end) & 0xfc00) === 0xdc00) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/** Up to the first item that is new, by which many are told, or the first where none is. */
function toFirstNew(items: readonly ItemOutcome[]): readonly ItemOutcome[] {
  return items.slice(
    0,
    Math.max(
      items.findIndex((item) => "first" in item),
      0,
    ) + 1,
  );
}

function storeAnswer(sql: SqlStorage, filled: Set<number>, key: string, nowMs: number, answer: StoredAnswer): void {
  const bucket = bucketOf(periodOf(nowMs));
  filled.add(bucket);
  const small = answer.body !== undefined && answer.body.length <= storedAnswerBytesMax;
  const items = answer.failure !== undefined ? null : JSON.stringify(small ? toFirstNew(answer.items) : answer.items);
  const [first = null, ...rest] = items === null ? [] : parts(items);
  rest.forEach((text, i) => {
    sql.exec(inserts[bucket] as string, `${key}\n${i + 1}`, answer.fingerprint, nowMs, null, null, null, null, text, answer.answer);
  });
  sql.exec(
    inserts[bucket] as string,
    key,
    answer.fingerprint,
    nowMs,
    small ? answer.body : null,
    answer.failure === undefined ? null : JSON.stringify(answer.failure),
    answer.firstSequence ?? null,
    answer.lastSequence ?? null,
    first,
    answer.answer,
  );
}

/**
 * Empties the bucket that comes next before any key goes into it: its keys are older than 24 hours by then.
 * A table is dropped whole, because deleting is billed by the row. One that lives on after a gap takes the new keys beside the old, and is emptied when its turn
 * comes again.
 */
function purgeAnswers(sql: SqlStorage, nowMs: number, gap: KeyGap | undefined): void {
  const period = periodOf(nowMs);
  const purged = readMeta<number>(sql, "idempotency_period");
  if (purged !== undefined && period <= purged) return;
  const from = purged === undefined || period - purged > idempotencyBuckets ? period - idempotencyBuckets + 1 : purged + 1;
  if (purged !== undefined) {
    const kept = keptBuckets(gap, nowMs);
    for (let p = from; p <= period; p++) {
      const bucket = bucketOf(p);
      if (kept.has(bucket)) continue;
      sql.exec(`DROP TABLE answer_${bucket}`);
      for (const statement of answerTable(bucket)) sql.exec(statement);
    }
  }
  writeMeta(sql, "idempotency_period", period);
}

function bucketOf(period: number): number {
  return ((period % idempotencyBuckets) + idempotencyBuckets) % idempotencyBuckets;
}

function keptBuckets(gap: KeyGap | undefined, nowMs: number): ReadonlySet<number> {
  if (gap === undefined || nowMs >= gap.untilMs) return new Set();
  const first = periodOf(gap.fromMs);
  return new Set([bucketOf(first), bucketOf(first + 1)]);
}
