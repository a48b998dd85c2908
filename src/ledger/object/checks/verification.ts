import { instant } from "../../../kernel/clock.ts";
import { type Checked, checkedOf, checkFact, figuresDigest, nothingChecked } from "../../check-log.ts";
import type { LedgerJob } from "../../client.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import { neverRemoved, type Standing } from "../../domain/standing.ts";
import type { Head } from "../../rpc.ts";
import { sealOf } from "../../seal.ts";
import { countRange } from "../index/sorted-source.ts";
import { emptyHead } from "../log/journal.ts";
import { childCounts } from "../log/schema.ts";
import { ownSums, type Sums, sumsOfRuns } from "../reads/sums.ts";
import type { Generation } from "../state/earlier.ts";
import { linesOfAccount } from "../state/record-keys.ts";
import type { StoredState } from "../state/stored-state.ts";
import { standingAfter } from "./standing-check.ts";
import { checkRowCounts, checkTables, noRows, type TableCounts } from "./table-check.ts";

/** Facts checked in one turn: about 15 ms. */
const sliceFacts = 1_500;
/** More of the same helps nobody find the cause. */
const faultsMax = 20;

/** A check of the whole log: how far it came is stored, so that it resumes after an eviction. */
export interface Verification extends LedgerJob {
  readonly progress: { readonly sequence: number; readonly head: number };
}

interface Stored extends Omit<Verification, "progress"> {
  readonly progress: { readonly sequence: number; readonly head: number };
  readonly seal: string;
  readonly faults: readonly string[];
  readonly counts: TableCounts;
  /** Absent in a check that a build before removals began. */
  readonly standing?: Standing;
  /** Digests of the accounts' figures: as they were carried over, and, of a closed generation, at its end. */
  readonly opening: string;
  readonly closing: string | null;
  /** The jobs of the generations before, which check their own logs. */
  readonly earlier: readonly EarlierCheck[];
}

/** Where the log of an earlier generation is checked. */
export interface EarlierCheck {
  readonly generation: Generation;
  readonly jobId: string;
}

function load(sql: SqlStorage, id: string | undefined): Stored | undefined {
  const row = (
    id === undefined
      ? sql.exec<{ state: string }>("SELECT state FROM verification WHERE state ->> '$.status' = 'running' LIMIT 1")
      : sql.exec<{ state: string }>("SELECT state FROM verification WHERE id = ?", id)
  ).toArray()[0];
  // Written by save.
  return row === undefined ? undefined : (JSON.parse(row.state) as Stored);
}

function save(sql: SqlStorage, verification: Stored): void {
  sql.exec(
    "INSERT INTO verification VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
    verification.id,
    JSON.stringify(verification),
  );
}

/** The job as it is shown. */
export function shownCheck({ id, type, status, createdAt, finishedAt, progress, result }: OwnCheck): Verification {
  return { id, type, status, createdAt, finishedAt, progress, result };
}

/** A generation's own part of a check, with what joins it to its neighbours. */
export type OwnCheck = Pick<
  Stored,
  "id" | "type" | "status" | "createdAt" | "finishedAt" | "progress" | "result" | "opening" | "closing" | "earlier"
>;

export function ownCheck(sql: SqlStorage, id: string): OwnCheck | undefined {
  return load(sql, id);
}

/** The check of all generations, oldest first, as one job. */
export function joinedCheck(own: OwnCheck, earlier: readonly OwnCheck[], firstSequences: readonly number[]): Verification {
  const { id, type, createdAt, progress } = own;
  const all = [...earlier, own];
  const checked = all.reduce((sum, check, i) => sum + check.progress.sequence - (firstSequences[i] ?? 1) + 1, 0);
  const job = { id, type, createdAt, progress: { sequence: checked, head: progress.head } };
  if (all.some(({ status }) => status === "cancelled")) return { ...job, status: "cancelled", finishedAt: lastEnd(all), result: null };
  if (all.some(({ status }) => status === "running") || own.result === null)
    return { ...job, status: "running", finishedAt: null, result: null };
  const faults = all.flatMap((check, i) => (check.result?.faults ?? []).map((fault) => `generation ${i}: ${fault}`));
  all.forEach((check, i) => {
    const before = all[i - 1];
    if (before !== undefined && before.closing !== check.opening)
      faults.push(`generation ${i}: what it began with is not what generation ${i - 1} ended with`);
  });
  const ok = faults.length === 0;
  return {
    ...job,
    status: ok ? "succeeded" : "failed",
    finishedAt: lastEnd(all),
    result: { ...own.result, ok, faults: faults.slice(0, faultsMax) },
  };
}

function lastEnd(checks: readonly OwnCheck[]): string | null {
  const ends = checks.map(({ finishedAt }) => finishedAt ?? "").sort();
  return ends.at(-1) || null;
}

/** Ends the job where it runs: the next slice finds none that does. */
export function cancelOwnCheck(sql: SqlStorage, id: string, nowMs: number): void {
  const job = load(sql, id);
  if (job?.status === "running") save(sql, { ...job, status: "cancelled", finishedAt: instant(nowMs) });
}

/** Ends whatever check runs: nothing takes it up any more. */
export function cancelRunningCheck(sql: SqlStorage, nowMs: number): void {
  const job = load(sql, undefined);
  if (job !== undefined) cancelOwnCheck(sql, job.id, nowMs);
}

/** The job that runs, or a new one over all that is there now. */
export function verificationOf(
  sql: SqlStorage,
  state: StoredState,
  head: Head,
  nowMs: number,
  earlier: readonly EarlierCheck[] = [],
): Verification {
  const known = load(sql, undefined);
  if (known !== undefined) return shownCheck(known);
  const verification: Stored = {
    id: crypto.randomUUID(),
    type: "verify_ledger",
    status: "running",
    createdAt: instant(nowMs),
    finishedAt: null,
    progress: { sequence: state.firstSequence - 1, head: head.sequence },
    result: null,
    seal: state.earlier.generations.at(-1)?.seal ?? emptyHead.seal,
    faults: [],
    counts: noRows,
    opening: "",
    closing: null,
    earlier,
  };
  sql.exec("DELETE FROM verification_account");
  sql.exec("DELETE FROM verification WHERE id IN (SELECT id FROM verification ORDER BY state ->> '$.createdAt' DESC LIMIT -1 OFFSET 20)");
  save(sql, verification);
  return shownCheck(verification);
}

export function isCheckRunning(sql: SqlStorage): boolean {
  return load(sql, undefined) !== undefined;
}

type Row = { seq: number; commit_seq: number; version: number; body: string; context: string | null; seal: string | null };

/** Checks one slice of the running job. */
export function advanceVerification(storage: DurableObjectStorage, state: StoredState): void {
  const sql = storage.sql;
  const job = load(sql, undefined);
  if (job === undefined) return;
  const faults = [...job.faults];
  const fault = (text: string): void => {
    if (faults.length < faultsMax) faults.push(text);
  };
  let { seal } = job;
  let sequence = job.progress.sequence;
  let { opening, counts, standing = neverRemoved } = job;
  const commits = readCommits(sql, sequence, job.progress.head);
  const accounts = new Map<number, Checked>();
  const accountOf = (no: number) => {
    let checked = accounts.get(no);
    if (checked === undefined) {
      const row = sql.exec<CheckedRow>("SELECT * FROM verification_account WHERE account = ?", no).toArray()[0];
      checked = row === undefined ? nothingChecked() : checkedRow(row);
      accounts.set(no, checked);
    }
    return checked;
  };
  for (const rows of commits) {
    const first = rows[0] as Row;
    const last = rows.at(-1) as Row;
    rows.forEach((row, i) => {
      if (row.seq !== sequence + 1 + i) fault(`sequence ${sequence + 1 + i} is missing: ${row.seq} follows`);
      if (row.commit_seq !== last.seq) fault(`sequence ${row.seq} is not in the commit that it names`);
      // The seal is over one version and one context for the whole commit.
      if (row.version !== last.version) fault(`sequence ${row.seq} is of another version than its commit`);
      if (row !== last && row.context !== null) fault(`sequence ${row.seq} has a context that its commit does not have`);
    });
    const computed = sealOf(
      seal,
      first.seq,
      last.version,
      rows.map((row) => row.body),
      last.context ?? "",
    );
    if (computed !== last.seal) fault(`the seal at sequence ${last.seq} does not fit what is stored`);
    seal = last.seal ?? "";
    sequence = last.seq;
    for (const row of rows) {
      try {
        checkFact(state, row, accountOf, fault);
        const fact = decodeFact(row.body);
        counts = checkTables(sql, (no) => state.draft(no), row.seq, fact, counts, fault);
        standing = standingAfter(standing, row.seq, fact, fault);
        opening = openingAfter(opening, row.body);
      } catch {
        // What does not fit the seal need not be a fact at all.
        fault(`sequence ${row.seq} is not readable`);
      }
    }
  }
  const done = commits.length === 0 || sequence >= job.progress.head || faults.length >= faultsMax;
  if (done && sequence < job.progress.head) fault(`the log ends at sequence ${sequence}, before ${job.progress.head}`);
  storage.transactionSync(() => {
    const rows = [...accounts].map(([no, checked]) => [
      no,
      checked.balance,
      String(checked.debits),
      String(checked.credits),
      checked.version,
      checked.pendingDebits,
      checked.pendingCredits,
    ]);
    for (let i = 0; i < rows.length; i += 2_000) {
      sql.exec(
        `INSERT INTO verification_account SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?) WHERE true
         ON CONFLICT (account) DO UPDATE SET balance = excluded.balance, debits = excluded.debits, credits = excluded.credits, version = excluded.version,
           pending_debits = excluded.pending_debits, pending_credits = excluded.pending_credits`,
        JSON.stringify(rows.slice(i, i + 2_000)),
      );
    }
    if (done) {
      checkBalances(sql, state, job.progress.head, fault);
      checkRowCounts(sql, state.firstSequence, job.progress.head, counts, fault);
      checkStanding(state, job.progress.head, standing, fault);
    }
    save(sql, {
      ...job,
      seal,
      faults,
      counts,
      standing,
      opening,
      closing: done ? closingDigest(sql) : null,
      progress: { sequence, head: job.progress.head },
      ...(done
        ? {
            status: faults.length === 0 ? ("succeeded" as const) : ("failed" as const),
            finishedAt: instant(Date.now()),
            result: { ok: faults.length === 0, sequence, seal, faults },
          }
        : {}),
    });
  });
}

/** Holds what the ledger says of its removal to what the log says, where no fact has come since. */
function checkStanding(state: StoredState, head: number, { status, removal }: Standing, fault: (text: string) => void): void {
  const said = state.standing;
  if (head === state.sequence && (said.status !== status || said.removal !== removal))
    fault(`the ledger is said to be ${said.status} by removal ${said.removal}, the log has ${status} by ${removal}`);
}

/** The digest of what was carried over, after a fact that may carry more. */
function openingAfter(before: string, body: string): string {
  if (!body.startsWith('{"kind":"accounts_carried"')) return before;
  const fact = decodeFact(body);
  if (fact.kind !== "accounts_carried") return before;
  return fact.accounts.reduce((digest, account) => figuresDigest(digest, account.no, checkedOf(account)), before);
}

/** The digest of what the log has come to. */
function closingDigest(sql: SqlStorage): string {
  let digest = "";
  for (const row of sql.exec<CheckedRow & { account: number }>("SELECT * FROM verification_account ORDER BY account"))
    digest = figuresDigest(digest, row.account, checkedRow(row));
  return digest;
}

/** Whole commits after a sequence: at least one, and no more than a slice's worth unless a single commit is larger. */
function readCommits(sql: SqlStorage, after: number, upTo: number): Row[][] {
  const end = sql
    .exec<{ seq: number }>("SELECT seq FROM journal WHERE seq >= ? AND seal IS NOT NULL ORDER BY seq LIMIT 1", after + sliceFacts)
    .toArray()[0];
  const commits: Row[][] = [];
  let open: Row[] = [];
  for (const row of sql.exec<Row>(
    "SELECT seq, commit_seq, version, body, context, seal FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq",
    after,
    Math.min(upTo, end?.seq ?? upTo),
  )) {
    open.push(row);
    if (row.seal === null) continue;
    commits.push(open);
    open = [];
  }
  return commits;
}

type CheckedRow = {
  balance: number;
  debits: string;
  credits: string;
  version: number;
  pending_debits: number;
  pending_credits: number;
};

function checkedRow(row: CheckedRow): Checked {
  return {
    balance: row.balance,
    debits: BigInt(row.debits),
    credits: BigInt(row.credits),
    version: row.version,
    pendingDebits: row.pending_debits,
    pendingCredits: row.pending_credits,
  };
}

/** Checks the derived tables against the fold of the log: every account's sums at the checked head. */
function checkBalances(sql: SqlStorage, state: StoredState, head: number, fault: (text: string) => void): void {
  const [sums = new Map<number, Sums>()] = ownSums(sql, state, [undefined], head);
  const seen = new Set<number>();
  for (const row of sql.exec<{ account: number; debits: string; credits: string }>(
    "SELECT account, debits, credits FROM verification_account",
  )) {
    seen.add(row.account);
    const indexed = sums.get(row.account);
    const carried = state.carried(row.account);
    const [debits, credits] = [carried.debits + (indexed?.debits ?? 0n), carried.credits + (indexed?.credits ?? 0n)];
    if (String(debits) !== row.debits || String(credits) !== row.credits) {
      fault(`account ${state.account(row.account)?.code}: the index has ${debits} / ${credits}, the log ${row.debits} / ${row.credits}`);
    }
  }
  for (const [no, of] of sums)
    if (!seen.has(no) && (of.debits !== 0n || of.credits !== 0n))
      fault(`the index has sums of account ${no}, of which the log has no line`);
  checkTotals(sql, state, fault);
  checkChildren(sql, fault);
  // What is pending has no figures of an earlier sequence to be checked against.
  if (head === state.sequence) checkPending(sql, state, fault);
}

/** Holds how many accounts are said to stand below each to where they stand, and where they stand to the log: the last fact about each is the account whole. */
function checkChildren(sql: SqlStorage, fault: (text: string) => void): void {
  const counted = sql.exec<{ code: string; children: number; n: number }>(
    `SELECT a.code AS code, a.children AS children, coalesce(c.n, 0) AS n FROM account a LEFT JOIN (${childCounts}) c ON c.parent = a.id
     WHERE a.children <> coalesce(c.n, 0)`,
  );
  for (const { code, children, n } of counted.toArray())
    fault(`account ${code} is said to have ${children} accounts below it, and has ${n}`);
  const moved = sql.exec<{ code: string }>(
    `SELECT a.code AS code FROM account a JOIN journal j ON j.seq = a.revision
     WHERE CASE WHEN json_valid(j.body) AND json_valid(a.description) THEN j.body ->> '$.kind' IN ('account_opened', 'account_changed')
       AND (a.description ->> '$.parentId' IS NOT j.body ->> '$.description.parentId' OR a.status <> coalesce(j.body ->> '$.status', 'active')) END`,
  );
  for (const { code } of moved.toArray()) fault(`account ${code} is said to stand elsewhere than the log says`);
}

/** Holds what is pending on the accounts to what the log has of holds that nothing has resolved. */
function checkPending(sql: SqlStorage, state: StoredState, fault: (text: string) => void): void {
  type Pair = { no: number; debits: number; credits: number; told_debits: number | null; told_credits: number | null };
  const rows = sql.exec<Pair>(
    `SELECT v.account AS no, v.pending_debits AS debits, v.pending_credits AS credits, p.debits AS told_debits, p.credits AS told_credits
     FROM verification_account v LEFT JOIN account_pending p ON p.no = v.account
     WHERE v.pending_debits <> coalesce(p.debits, 0) OR v.pending_credits <> coalesce(p.credits, 0)
     UNION ALL
     SELECT p.no, 0, 0, p.debits, p.credits FROM account_pending p LEFT JOIN verification_account v ON v.account = p.no
     WHERE v.account IS NULL AND (p.debits <> 0 OR p.credits <> 0)`,
  );
  for (const row of rows.toArray())
    fault(
      `account ${state.account(row.no)?.code}: ${row.told_debits ?? 0} / ${row.told_credits ?? 0} are said to be pending, the log has ${row.debits} / ${row.credits}`,
    );
}

/** Checks what the accounts have on disk against the runs of the index, whose sums the log has just confirmed. */
function checkTotals(sql: SqlStorage, state: StoredState, fault: (text: string) => void): void {
  const { index } = state;
  const sums = sumsOfRuns(sql, state);
  const runs = index.runs.runsOf("line");
  for (const { no } of sql.exec<{ no: number }>("SELECT no FROM account_total").toArray())
    if (!sums.has(no)) sums.set(no, { debits: 0n, credits: 0n });
  for (const [no, { debits, credits }] of sums) {
    const total = index.accountTotal(no);
    const lines = countRange(runs, linesOfAccount(no));
    if (total.debits !== debits || total.credits !== credits || total.lines !== lines)
      fault(
        `account ${state.account(no)?.code}: its total is ${total.debits} / ${total.credits} in ${total.lines} lines, the index has ${debits} / ${credits} in ${lines}`,
      );
  }
}
