import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { instant } from "../../kernel/clock.ts";
import type { Actor } from "../../kernel/role.ts";
import { decodeFact, encodeFact, type Fact, factVersion } from "../domain/fact.ts";
import type { Head, WriteOptions } from "../rpc.ts";
import { blobBytesMax } from "./bulk.ts";

/** What all rows of a commit share; kept on its last row. */
export interface CommitContext {
  readonly atMs: number;
  readonly actor: Actor;
  readonly requestId: string;
  /** The idempotency key that the commit was asked under, where each of its facts answers one command: then its answer can be told again from them. */
  readonly claim?: Claim;
}

export interface Claim {
  readonly key: string;
  readonly fingerprint: string;
  readonly answer: WriteOptions["answer"];
  /** The commit's first sequence. */
  readonly first: number;
}

/** A commit ready to be appended: its rows as they will be stored, and the seal over them. */
export interface PreparedCommit {
  readonly firstSequence: number;
  readonly bodies: readonly string[];
  readonly context: CommitContext;
  readonly contextText: string;
  readonly head: Head;
  /** What the seal was taken over, and where in it each body stands. */
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

const emptySeal = "0".repeat(64);
export const emptyHead: Head = { sequence: 0, seal: emptySeal };

/**
 * SHA-256 over the previous seal and, for each row of the commit in order, its length-prefixed stored text.
 * The context stands in the last row, so that nothing of a commit is outside its seal.
 */
export function sealOf(previous: string, firstSequence: number, version: number, bodies: readonly string[], context: string): string {
  return sealOfBytes(sealedText(previous, firstSequence, version, bodies, context).bytes);
}

function sealOfBytes(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface SealedText {
  /** UTF-8. */
  readonly bytes: Uint8Array;
  /** For each body where it starts, in UTF-16 units of the text. */
  readonly starts: readonly number[];
  readonly length: number;
}

const encoder = new TextEncoder();

function sealedText(previous: string, firstSequence: number, version: number, bodies: readonly string[], context: string): SealedText {
  const starts: number[] = [];
  let text = previous;
  for (let i = 0; i < bodies.length; i++) {
    const body = bodies[i] as string;
    const last = i === bodies.length - 1;
    text += `\n${firstSequence + i} ${version} ${last ? body.length + 1 + context.length : body.length}\n`;
    starts.push(text.length);
    text += body;
    if (last) text += `\n${context}`;
  }
  return { bytes: encoder.encode(text), starts, length: text.length };
}

export function prepareCommit(head: Head, facts: readonly Fact[], context: CommitContext): PreparedCommit {
  const bodies = facts.map(encodeFact);
  const { atMs, actor, requestId, claim } = context;
  const contextText = JSON.stringify({ at: instant(atMs), actor, requestId, claim });
  const firstSequence = head.sequence + 1;
  const sealed = sealedText(head.seal, firstSequence, factVersion, bodies, contextText);
  return {
    firstSequence,
    bodies,
    context,
    contextText,
    head: { sequence: head.sequence + facts.length, seal: sealOfBytes(sealed.bytes) },
    sealed,
  };
}

/** Appends the rows of a commit. Inside a transaction of the caller's. */
export function append(sql: SqlStorage, commit: PreparedCommit): void {
  const last = commit.head.sequence;
  if (commit.bodies.length === 1) {
    sql.exec(
      "INSERT INTO journal (seq, commit_seq, version, body, context, seal) VALUES (?, ?, ?, ?, ?, ?)",
      last,
      last,
      factVersion,
      commit.bodies[0],
      commit.contextText,
      commit.head.seal,
    );
    return;
  }
  for (const chunk of bodyChunks(commit)) {
    sql.exec(
      `INSERT INTO journal (seq, commit_seq, version, body, context, seal)
       SELECT key + ?1, ?2, ?3, CAST(substr(?6, (value >> 21) + 1, value & 2097151) AS TEXT), iif(key + ?1 = ?2, ?4, NULL), iif(key + ?1 = ?2, ?5, NULL)
       FROM json_each(?7)`,
      commit.firstSequence + chunk.offset,
      last,
      factVersion,
      commit.contextText,
      commit.head.seal,
      chunk.bytes,
      `[${chunk.places.join(",")}]`,
    );
  }
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
function bodyChunks({ bodies, sealed }: PreparedCommit): BodyChunk[] {
  const { bytes, starts, length } = sealed;
  const ascii = bytes.length === length;
  const chunks: BodyChunk[] = [];
  let offset = 0;
  let places: number[] = [];
  let chunkStart = starts[0] ?? 0;
  let start = chunkStart;
  let end = start;
  for (let i = 0; i < bodies.length; i++) {
    const body = bodies[i] as string;
    // Between bodies there is ASCII alone, and so is the seal before the first.
    if (i > 0) start = end + (starts[i] as number) - (starts[i - 1] as number) - (bodies[i - 1] as string).length;
    const size = ascii ? body.length : Buffer.byteLength(body);
    if (start + size - chunkStart > blobBytesMax && places.length > 0) {
      chunks.push({ offset, bytes: bytes.subarray(chunkStart, end), places });
      offset = i;
      places = [];
      chunkStart = start;
    }
    places.push((start - chunkStart) * 2 ** 21 + size);
    end = start + size;
  }
  chunks.push({ offset, bytes: bytes.subarray(chunkStart, end), places });
  return chunks;
}

export function readHead(sql: SqlStorage): Head {
  const row = sql.exec<{ seq: number; seal: string }>("SELECT seq, seal FROM journal ORDER BY seq DESC LIMIT 1").toArray()[0];
  return row === undefined ? emptyHead : { sequence: row.seq, seal: row.seal };
}

type StoredRow = { seq: number; commit_seq: number; version: number; body: string; context: string; seal: string };
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

export function readRow(sql: SqlStorage, seq: number): JournalRow | undefined {
  const row = sql
    .exec<StoredRow>(`SELECT ${rowColumns} FROM journal j JOIN journal c ON c.seq = j.commit_seq WHERE j.seq = ?`, seq)
    .toArray()[0];
  return row && journalRow(row);
}

/** The rows of the given sequences, in the order given. */
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
