/** What a closed generation hands to the next, in slices that are asked for one after the other. Nothing of it changes any more. */

import { present } from "../../../kernel/assert.ts";
import { type Account, creditsOf, debitsOf } from "../../domain/account.ts";
import type { CarriedAccount, DraftCarried, Fact, LedgerContinued } from "../../domain/fact.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import { sharedOf } from "../../domain/shared-record.ts";
import type { Head } from "../../rpc.ts";
import { blockId } from "../index/stored-run.ts";
import type { TermKey } from "../index/term-hash.ts";
import { earlierRow } from "../log/journal.ts";
import { readMeta } from "../log/meta.ts";
import type { ClosedBefore } from "../state/close-out.ts";
import type { Generation } from "../state/earlier.ts";
import type { KeyGap } from "../state/key-life.ts";
import type { StoredState } from "../state/stored-state.ts";
import type { DraftRow, HoldRow } from "../state/unposted.ts";

/** Where the handing over has come to. */
export type Cursor =
  | { readonly stage: "start" | "end" | "open" }
  | { readonly stage: "accounts" | "drafts" | "holds"; readonly after: number; readonly carried: Carried }
  | { readonly stage: "runs"; readonly after: number; readonly carried: Carried }
  | { readonly stage: "filters" | "blocks"; readonly run: number; readonly after: number; readonly carried: Carried }
  | { readonly stage: "last"; readonly carried: Carried };

interface Carried {
  readonly accounts: number;
  readonly drafts: number;
  readonly holds: number;
}

/** A part of the index on its way: rows of its tables. */
export interface RunParts {
  readonly runs: readonly Record<string, SqlStorageValue>[];
  readonly filters: readonly Record<string, SqlStorageValue>[];
  readonly blocks: readonly Record<string, SqlStorageValue>[];
}

/** What the next generation has to know besides its first facts. */
export interface Beginning {
  readonly generations: readonly Generation[];
  readonly head: Head;
  readonly atMs: number;
  readonly termKey: TermKey;
  readonly lastRun: number;
  readonly closing: ClosedBefore;
  /** A generation of a build before does not say. */
  readonly keyGap?: KeyGap;
}

export interface Slice {
  /** JSON of facts for the next generation's log. */
  readonly facts?: string;
  readonly beginning?: string;
  readonly parts?: RunParts;
  /** JSON of where to continue. */
  readonly next: string;
}

const accountsAtOnce = 300;
const bytesAtOnce = 1024 * 1024;
/** Rows of a filter or block are up to 1 MB. */
const partsAtOnce = 4;

/** What of a generation is not its state: itself as the next will know it, how it was closed, and after which gap its keys live on. */
type Ending = Pick<Beginning, "closing" | "keyGap"> & { readonly generation: Generation };

/** The slice at a cursor. */
export function sliceAt(sql: SqlStorage, state: StoredState, cursor: Cursor, ending: Ending): Slice {
  switch (cursor.stage) {
    case "start":
      return start(sql, state, ending);
    case "accounts":
      return accounts(sql, state, cursor.after, cursor.carried);
    case "drafts":
      return drafts(sql, cursor.after, cursor.carried);
    case "holds":
      return holds(sql, cursor.after, cursor.carried);
    case "runs":
      return nextRun(sql, cursor.after, cursor.carried);
    case "filters":
      return filters(sql, cursor.run, cursor.after, cursor.carried);
    case "blocks":
      return blocks(sql, cursor.run, cursor.after, cursor.carried);
    case "last":
      return slice([{ kind: "state_carried", ...cursor.carried }], { stage: "end" });
    case "end":
    case "open":
      throw new Error("assertion failed: there is nothing behind the end");
  }
}

function slice(facts: readonly Fact[], next: Cursor): Slice {
  return { facts: JSON.stringify(facts), next: JSON.stringify(next) };
}

function start(sql: SqlStorage, state: StoredState, { generation, closing, keyGap }: Ending): Slice {
  const { identity, shared, standing } = state;
  const fact: LedgerContinued = {
    kind: "ledger_continued",
    ...identity,
    generation: generation.generation + 1,
    previousSeal: generation.seal,
    ...sharedOf(state),
    ...(shared.revision === 0 ? {} : { sharedRevision: shared.revision }),
    ...(standing.removal === 0 ? {} : { standing }),
  };
  const beginning: Beginning = {
    generations: [...(readMeta<readonly Generation[]>(sql, "generations") ?? []), generation],
    head: { sequence: generation.lastSequence, seal: generation.seal },
    atMs: closing.atMs,
    termKey: state.index.termKey,
    lastRun: readMeta<number>(sql, "last_run") ?? 0,
    closing,
    ...(keyGap === undefined ? {} : { keyGap }),
  };
  const next: Cursor = { stage: "accounts", after: 0, carried: { accounts: 0, drafts: 0, holds: 0 } };
  return { ...slice([fact], next), beginning: JSON.stringify(beginning) };
}

function accounts(sql: SqlStorage, state: StoredState, after: number, carried: Carried): Slice {
  const numbers = sql.exec<{ no: number }>("SELECT no FROM account WHERE no > ? ORDER BY no LIMIT ?", after, accountsAtOnce).toArray();
  const last = numbers.at(-1);
  if (last === undefined) return slice([], { stage: "drafts", after: 0, carried });
  const found = numbers.map(({ no }) => carriedAccount(present(state.account(no), "the account exists")));
  const next: Cursor = { stage: "accounts", after: last.no, carried: { ...carried, accounts: carried.accounts + found.length } };
  return slice([{ kind: "accounts_carried", accounts: found }], next);
}

function carriedAccount(account: Account): CarriedAccount {
  const { debitsHigh: _a, debitsLow: _b, creditsHigh: _c, creditsLow: _d, ...carried } = account;
  return { ...carried, debits: String(debitsOf(account)), credits: String(creditsOf(account)) };
}

function drafts(sql: SqlStorage, after: number, carried: Carried): Slice {
  const facts: Fact[] = [];
  let [bytes, last, count] = [0, after, 0];
  for (const row of sql
    .exec<DraftRow>(
      "SELECT no, at, status, saved, content, entry FROM draft WHERE no > ? AND status IN ('draft', 'pending_approval') ORDER BY no LIMIT 100",
      after,
    )
    .toArray()) {
    if (bytes > bytesAtOnce) break;
    const own = draftFacts(sql, row);
    facts.push(...own);
    for (const fact of own) bytes += JSON.stringify(fact).length;
    last = row.no;
    count += 1;
  }
  if (count === 0) return slice([], { stage: "holds", after: 0, carried });
  return slice(facts, { stage: "drafts", after: last, carried: { ...carried, drafts: carried.drafts + count } });
}

/** A draft as it stands, behind the rows of the log that describe it. */
function draftFacts(sql: SqlStorage, { no, at, status, saved, content }: DraftRow): Fact[] {
  const rowOf = (seq: number) => present(earlierRow(sql, seq), "a draft names the rows that describe it");
  const last = decodeFact(rowOf(saved).body);
  if (last.kind !== "draft_saved" || (status !== "draft" && status !== "pending_approval"))
    throw new Error(`assertion failed: draft ${no} is open`);
  const described = [...new Set([no, saved])].filter((seq) => seq !== content);
  const { version, preparers, reason } = last;
  const draft: DraftCarried = {
    kind: "draft_carried",
    draft: no,
    createdAtMs: at,
    saved,
    contentRow: rowOf(content),
    status,
    version,
    preparers,
    reason,
  };
  return [...described.map((seq) => ({ kind: "row_carried" as const, row: rowOf(seq) })), draft];
}

function holds(sql: SqlStorage, after: number, carried: Carried): Slice {
  const facts: Fact[] = [];
  let [bytes, last] = [0, after];
  for (const { no, at } of sql
    .exec<HoldRow>("SELECT no, at, status, resolved FROM hold WHERE no > ? AND status = 'open' ORDER BY no LIMIT 100", after)
    .toArray()) {
    if (bytes > bytesAtOnce) break;
    const row = present(earlierRow(sql, no), "a hold stands in the log");
    facts.push({ kind: "hold_carried", placedAtMs: at, row });
    bytes += row.body.length;
    last = no;
  }
  if (facts.length === 0) return slice([], { stage: "runs", after: 0, carried });
  return slice(facts, { stage: "holds", after: last, carried: { ...carried, holds: carried.holds + facts.length } });
}

/** The next run of names or keys; its filter and its blocks follow. */
function nextRun(sql: SqlStorage, after: number, carried: Carried): Slice {
  const run = sql
    .exec<{ id: number }>("SELECT * FROM run WHERE kind IN ('term', 'claim') AND state = 'ready' AND id > ? ORDER BY id LIMIT 1", after)
    .toArray()[0];
  if (run === undefined) return slice([], { stage: "last", carried });
  const next: Cursor = { stage: "filters", run: run.id, after: -1, carried };
  return { parts: { runs: [run], filters: [], blocks: [] }, next: JSON.stringify(next) };
}

function filters(sql: SqlStorage, run: number, after: number, carried: Carried): Slice {
  const found = sql
    .exec<{ run: number; part: number; bits: ArrayBuffer }>(
      "SELECT run, part, bits FROM term_filter WHERE run = ? AND part > ? ORDER BY part LIMIT ?",
      run,
      after,
      partsAtOnce,
    )
    .toArray();
  const last = found.at(-1);
  const next: Cursor =
    last === undefined
      ? { stage: "blocks", run, after: blockId(run, 0) - 1, carried }
      : { stage: "filters", run, after: last.part, carried };
  return { parts: { runs: [], filters: found, blocks: [] }, next: JSON.stringify(next) };
}

function blocks(sql: SqlStorage, run: number, after: number, carried: Carried): Slice {
  const found: Record<string, SqlStorageValue>[] = [];
  let [bytes, last] = [0, after];
  for (const block of sql
    .exec<{ id: number; first_a: number; first_b: number; records: ArrayBuffer }>(
      "SELECT id, first_a, first_b, records FROM block WHERE id > ? AND id < ? ORDER BY id LIMIT ?",
      after,
      blockId(run + 1, 0),
      64,
    )
    .toArray()) {
    if (bytes > bytesAtOnce * partsAtOnce) break;
    found.push(block);
    bytes += block.records.byteLength;
    last = block.id;
  }
  const next: Cursor = found.length === 0 ? { stage: "runs", after: run, carried } : { stage: "blocks", run, after: last, carried };
  return { parts: { runs: [], filters: [], blocks: found }, next: JSON.stringify(next) };
}

/** Writes a part of the index that was handed over. It answers from `showRuns` on. */
export function writeParts(sql: SqlStorage, { runs, filters, blocks: taken }: RunParts): void {
  for (const run of runs) {
    const { id = 0, kind = "", level = 0, from_seq = 0, to_seq = 0, records = 0, block_records = 0, fences = null } = run;
    sql.exec(
      "INSERT INTO run (id, kind, level, from_seq, to_seq, state, records, block_records, sources, fences) VALUES (?, ?, ?, ?, ?, 'arriving', ?, ?, '[]', ?)",
      id,
      kind,
      level,
      from_seq,
      to_seq,
      records,
      block_records,
      fences,
    );
  }
  for (const { run = 0, part = 0, bits = null } of filters)
    sql.exec("INSERT INTO term_filter (run, part, bits) VALUES (?, ?, ?)", run, part, bits);
  for (const { id = 0, first_a = 0, first_b = 0, records = null } of taken)
    sql.exec("INSERT INTO block (id, first_a, first_b, records) VALUES (?, ?, ?, ?)", id, first_a, first_b, records);
}

export function showRuns(sql: SqlStorage): void {
  sql.exec("UPDATE run SET state = 'ready' WHERE state = 'arriving'");
}
