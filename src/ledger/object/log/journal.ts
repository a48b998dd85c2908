import { instant } from "../../../kernel/clock.ts";
import type { Actor } from "../../../kernel/role.ts";
import { reusedWriter, type TextWriter } from "../../../kernel/text-writer.ts";
import { type EarlierRow, type Fact, factVersion } from "../../domain/fact.ts";
import { decodeFact, writeFact } from "../../domain/fact-text.ts";
import type { Head, WriteOptions } from "../../rpc.ts";
import { emptySeal, type SealedText, sealedText, sealOfBytes } from "../../seal.ts";
import { isEntry } from "./schema.ts";

/** The platform refuses rows over 2 MB; here it is a little less, and locally the limit would be 8 MiB. */
const blobBytesMax = 1_900_000;

/** What all rows of a commit share; stored with its last row. */
export interface CommitContext {
  readonly atMs: number;
  readonly actor: Actor;
  readonly requestId: string;
  /** The idempotency key that the commit was asked under, where each of its facts answers one command: then its answer can be rebuilt from them. */
  readonly claim?: Claim;
}

/** What is stored of who acts. The users behind them are stored where an entry tells who approved it; who prepared it is in the facts. */
export function storedActor({ kind, id, role, humans, credentialSetBy }: Actor, facts: readonly Fact[]): Actor {
  const isApproval = humans !== undefined && facts.some((fact) => fact.kind === "entry_posted" && fact.draftId !== null);
  if (!isApproval) return { kind, id, role };
  return { kind, id, role, humans, ...(credentialSetBy === undefined ? {} : { credentialSetBy }) };
}

export interface Claim {
  readonly key: string;
  readonly fingerprint: string;
  readonly answer: WriteOptions["answer"];
  /** The commit's first sequence. */
  readonly first: number;
}

/** A commit ready to be appended: its rows as they will be stored, and the seal over them. Good until the next is prepared. */
export interface PreparedCommit {
  readonly firstSequence: number;
  readonly context: CommitContext;
  readonly contextText: string;
  readonly head: Head;
  readonly sealed: SealedText;
}

export interface JournalRow {
  readonly seq: number;
  readonly commitSeq: number;
  readonly version: number;
  readonly body: string;
  readonly context: CommitContext;
  /** The seal of the row's commit. */
  readonly seal: string;
}

export const emptyHead: Head = { sequence: 0, seal: emptySeal };

export function prepareCommit(head: Head, facts: readonly Fact[], context: CommitContext): PreparedCommit {
  const { atMs, actor, requestId, claim } = context;
  const contextText = JSON.stringify({ at: instant(atMs), actor, requestId, claim });
  const firstSequence = head.sequence + 1;
  const writeBody = (out: TextWriter, i: number) => writeFact(out, facts[i] as Fact);
  const sealed = sealedText(head.seal, firstSequence, factVersion, facts.length, writeBody, contextText);
  return {
    firstSequence,
    context,
    contextText,
    head: { sequence: head.sequence + facts.length, seal: sealOfBytes(sealed.bytes) },
    sealed,
  };
}

/** Appends the rows of a commit. Inside a transaction of the caller's. */
export function append(sql: SqlStorage, commit: PreparedCommit): void {
  const last = commit.head.sequence;
  const { bytes, starts, lengths } = commit.sealed;
  const [start, length] = [starts[0] as number, lengths[0] as number];
  if (starts.length === 1) {
    sql.exec(
      "INSERT INTO journal (seq, commit_seq, version, body, context, seal) VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?)",
      last,
      last,
      factVersion,
      bytes.subarray(start, start + length),
      commit.contextText,
      commit.head.seal,
    );
    return;
  }
  for (const chunk of bodyChunks(commit.sealed)) {
    sql.exec(
      `INSERT INTO journal (seq, commit_seq, version, body, context, seal)
       SELECT key + ?1, ?2, ?3, CAST(substr(?6, (value >> 21) + 1, value & 2097151) AS TEXT), iif(key + ?1 = ?2, ?4, NULL), iif(key + ?1 = ?2, ?5, NULL)
       FROM json_each(CAST(?7 AS TEXT))`,
      commit.firstSequence + chunk.offset,
      last,
      factVersion,
      commit.contextText,
      commit.head.seal,
      chunk.bytes,
      listBytes(chunk.places),
    );
  }
}

const emptyWriter = reusedWriter();

/** JSON of a list of integers, in UTF-8 and good until the next: a thousand of them joined as texts took a hundredth of a bulk write. */
function listBytes(integers: readonly number[]): Uint8Array {
  const out = emptyWriter();
  out.ascii("[");
  for (let i = 0; i < integers.length; i++) {
    if (i > 0) out.ascii(",");
    out.integer(integers[i] as number);
  }
  out.ascii("]");
  return out.bytes();
}

interface BodyChunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Where in the bytes each body stands: its start × 2^21 + its length. */
  readonly places: readonly number[];
}

/**
 * The bodies as the parts of the sealed bytes that they are: what was hashed is bound as it is and cut up by the database.
 * As JSON strings they would be escaped here and unescaped there, which was measured at a third of a bulk insert.
 */
function bodyChunks({ bytes, starts, lengths }: SealedText): BodyChunk[] {
  const chunks: BodyChunk[] = [];
  let offset = 0;
  let places: number[] = [];
  let chunkStart = starts[0] ?? 0;
  let end = chunkStart;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    const length = lengths[i] as number;
    if (start + length - chunkStart > blobBytesMax && places.length > 0) {
      chunks.push({ offset, bytes: bytes.subarray(chunkStart, end), places });
      offset = i;
      places = [];
      chunkStart = start;
    }
    places.push((start - chunkStart) * 2 ** 21 + length);
    end = start + length;
  }
  chunks.push({ offset, bytes: bytes.subarray(chunkStart, end), places });
  return chunks;
}

export function readHead(sql: SqlStorage): Head {
  const row = sql.exec<{ seq: number; seal: string }>("SELECT seq, seal FROM journal ORDER BY seq DESC LIMIT 1").toArray()[0];
  return row === undefined ? emptyHead : { sequence: row.seq, seal: row.seal };
}

type StoredRow = { seq: number; commit_seq: number; version: number; body: string; context: string; seal: string };

/** A row of an earlier generation as if it stood here. */
export function rowOfEarlier({ seq, commitSeq, version, body, context, seal }: EarlierRow): JournalRow {
  return { seq, commitSeq, version, body, context: decodeContext(context), seal };
}

/** A row as a later generation is given it. */
export function earlierRow(sql: SqlStorage, seq: number): EarlierRow | undefined {
  const row = storedRow(sql, seq) ?? carriedRow(sql, seq);
  return row && { seq, commitSeq: row.commit_seq, version: row.version, body: row.body, context: row.context, seal: row.seal };
}

function storedRow(sql: SqlStorage, seq: number): StoredRow | undefined {
  return sql
    .exec<StoredRow>(`SELECT ${rowColumns} FROM journal j JOIN journal c ON c.seq = j.commit_seq WHERE j.seq = ?`, seq)
    .toArray()[0];
}

/** A row of an earlier generation that what is open refers to: it came with it. */
function carriedRow(sql: SqlStorage, seq: number): StoredRow | undefined {
  return sql.exec<StoredRow>("SELECT * FROM carried_row WHERE seq = ?", seq).toArray()[0];
}

const rowColumns = "j.seq, j.commit_seq, j.version, j.body, c.context, c.seal";

function journalRow(row: StoredRow): JournalRow {
  return {
    seq: row.seq,
    commitSeq: row.commit_seq,
    version: row.version,
    body: row.body,
    context: decodeContext(row.context),
    seal: row.seal,
  };
}

export function decodeContext(text: string): CommitContext {
  // Written by prepareCommit.
  const stored = JSON.parse(text) as { at: string; actor: Actor; requestId: string; claim?: Claim };
  const { at, actor, requestId, claim } = stored;
  return { atMs: Date.parse(at), actor, requestId, ...(claim === undefined ? {} : { claim }) };
}

/** The row of a sequence, in this object's log or carried over into it. */
export function readRow(sql: SqlStorage, seq: number): JournalRow | undefined {
  const row = storedRow(sql, seq) ?? carriedRow(sql, seq);
  return row && journalRow(row);
}

/** The rows of the given sequences that this object's own log has, in the order given. */
export function readRows(sql: SqlStorage, sequences: readonly number[]): JournalRow[] {
  const rows = sql
    .exec<StoredRow>(
      `SELECT ${rowColumns} FROM json_each(?) s JOIN journal j ON j.seq = s.value JOIN journal c ON c.seq = j.commit_seq ORDER BY s.key`,
      JSON.stringify(sequences),
    )
    .toArray();
  return rows.map(journalRow);
}

const rowsAtOnce = 300;

/** The facts of the commit that ends at `head`, newest first. Some hundreds a statement: a cursor that is left open locks the tables. */
export function* readCommit(sql: SqlStorage, head: number): Generator<{ seq: number; fact: Fact }> {
  for (let next = head; ; next -= rowsAtOnce) {
    const rows = sql
      .exec<{ seq: number; commit_seq: number; body: string }>(
        "SELECT seq, commit_seq, body FROM journal WHERE seq <= ? ORDER BY seq DESC LIMIT ?",
        next,
        rowsAtOnce,
      )
      .toArray();
    for (const row of rows) {
      if (row.commit_seq !== head) return;
      yield { seq: row.seq, fact: decodeFact(row.body) };
    }
    if (rows.length < rowsAtOnce) return;
  }
}

/** Every fact that writes more than its row in the journal, oldest first: all but the plainly posted entries, of which there are millions. */
export function* readRareFacts(sql: SqlStorage): Generator<{ seq: number; fact: Fact; atMs: number }> {
  for (let after = 0; ; ) {
    const rows = sql
      .exec<{ seq: number; body: string; context: string }>(
        `SELECT j.seq AS seq, j.body AS body, c.context AS context FROM journal j JOIN journal c ON c.seq = j.commit_seq
         WHERE j.seq > ? AND (NOT ${isEntry} OR j.body ->> '$.reversalOf' IS NOT NULL OR j.body ->> '$.draftId' IS NOT NULL OR j.body ->> '$.hold' IS NOT NULL)
         ORDER BY j.seq LIMIT ?`,
        after,
        rowsAtOnce,
      )
      .toArray();
    for (const row of rows) yield { seq: row.seq, fact: decodeFact(row.body), atMs: decodeContext(row.context).atMs };
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    after = last.seq;
  }
}

/** Facts after `after` up to and with `upTo`, oldest first; with the last of a commit its context, as stored. To be read to the end. */
export function* readFacts(
  sql: SqlStorage,
  after: number,
  upTo: number,
): Generator<{ seq: number; fact: Fact; bytes: number; context: string | null }> {
  for (const row of sql.exec<{ seq: number; body: string; context: string | null }>(
    "SELECT seq, body, context FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq",
    after,
    upTo,
  )) {
    yield { seq: row.seq, fact: decodeFact(row.body), bytes: row.body.length, context: row.context };
  }
}

/** The stored texts of the facts after `after` up to and with `upTo`, oldest first. To be read to the end. */
export function* readBodies(sql: SqlStorage, after: number, upTo: number): Generator<string> {
  for (const [body] of sql.exec("SELECT body FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq", after, upTo).raw<[string]>())
    yield body;
}
