import { createHash } from "node:crypto";
import { instant } from "../../kernel/clock.ts";
import type { Actor } from "../../kernel/role.ts";
import { decodeFact, encodeFact, type Fact, factVersion } from "../domain/fact.ts";
import type { Head } from "../rpc.ts";
import { chunks } from "./bulk.ts";

/** What all rows of a commit share; kept on its last row. */
export interface CommitContext {
  readonly atMs: number;
  readonly actor: Actor;
  readonly requestId: string;
}

/** A commit ready to be appended: its rows as they will be stored, and the seal over them. */
export interface PreparedCommit {
  readonly firstSequence: number;
  readonly bodies: readonly string[];
  readonly context: CommitContext;
  readonly contextText: string;
  readonly head: Head;
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
  const hash = createHash("sha256");
  let text = previous;
  for (let i = 0; i < bodies.length; i++) {
    const row = i === bodies.length - 1 ? `${bodies[i]}\n${context}` : (bodies[i] as string);
    text += `\n${firstSequence + i} ${version} ${row.length}\n${row}`;
  }
  return hash.update(text).digest("hex");
}

export function prepareCommit(head: Head, facts: readonly Fact[], context: CommitContext): PreparedCommit {
  const bodies = facts.map(encodeFact);
  const contextText = JSON.stringify({ at: instant(context.atMs), actor: context.actor, requestId: context.requestId });
  const firstSequence = head.sequence + 1;
  const seal = sealOf(head.seal, firstSequence, factVersion, bodies, contextText);
  return { firstSequence, bodies, context, contextText, head: { sequence: head.sequence + facts.length, seal } };
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
  const elements = commit.bodies.map((body) => JSON.stringify(body));
  for (const chunk of chunks(elements)) {
    const first = commit.firstSequence + chunk.offset;
    sql.exec(
      `INSERT INTO journal (seq, commit_seq, version, body, context, seal)
       SELECT key + ?1, ?2, ?3, value, iif(key + ?1 = ?2, ?4, NULL), iif(key + ?1 = ?2, ?5, NULL) FROM json_each(?6)`,
      first,
      last,
      factVersion,
      commit.contextText,
      commit.head.seal,
      chunk.text,
    );
  }
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
  const stored = JSON.parse(text) as { at: string; actor: Actor; requestId: string };
  return { atMs: Date.parse(stored.at), actor: stored.actor, requestId: stored.requestId };
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

/** The facts of the commit that ends at `head`, newest first. */
export function* readCommit(sql: SqlStorage, head: number): Generator<{ seq: number; fact: Fact }> {
  for (const row of sql.exec<{ seq: number; commit_seq: number; body: string }>(
    "SELECT seq, commit_seq, body FROM journal WHERE seq <= ? ORDER BY seq DESC",
    head,
  )) {
    if (row.commit_seq !== head) return;
    yield { seq: row.seq, fact: decodeFact(row.body) };
  }
}

/** Facts after `after` up to and with `upTo`, oldest first. */
export function* readFacts(
  sql: SqlStorage,
  after: number,
  upTo: number,
): Generator<{ seq: number; fact: Fact; bytes: number; version: number }> {
  for (const row of sql.exec<{ seq: number; body: string; version: number }>(
    "SELECT seq, body, version FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq",
    after,
    upTo,
  )) {
    yield { seq: row.seq, fact: decodeFact(row.body), bytes: row.body.length, version: row.version };
  }
}
