import { instant } from "../../kernel/clock.ts";
import type { VerificationJob } from "../client.ts";
import { normalSign } from "../domain/account.ts";
import { decodeFact, entryAmount } from "../domain/fact.ts";
import type { Head } from "../rpc.ts";
import { linesOfAccount } from "./index-keys.ts";
import { emptyHead, sealOf } from "./journal.ts";
import { countRange } from "./runs/sorted-source.ts";
import type { StoredState } from "./stored-state.ts";
import { sumsAt, sumsOfRuns } from "./sums.ts";

/** Facts checked in one turn: about 15 ms. */
const sliceFacts = 1_500;
/** More of the same helps nobody find the cause. */
const faultsMax = 20;

/** A check of the whole log: how far it came is stored, so that it goes on after an eviction. */
export interface Verification extends VerificationJob {
  readonly progress: { readonly sequence: number; readonly head: number };
}

interface Stored extends Omit<Verification, "progress"> {
  readonly progress: { readonly sequence: number; readonly head: number };
  readonly seal: string;
  readonly faults: readonly string[];
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

function shown(stored: Stored): Verification {
  const { seal: _seal, faults: _faults, ...job } = stored;
  return job;
}

/** The job of an id; without one the job that runs, or a new one over all that is there now. */
export function verificationOf(sql: SqlStorage, id: string | undefined, head: Head, nowMs: number): Verification | undefined {
  const known = load(sql, id);
  if (known !== undefined) return shown(known);
  if (id !== undefined) return undefined;
  const verification: Stored = {
    id: crypto.randomUUID(),
    type: "verify_ledger",
    status: "running",
    createdAt: instant(nowMs),
    finishedAt: null,
    progress: { sequence: 0, head: head.sequence },
    result: null,
    seal: emptyHead.seal,
    faults: [],
  };
  sql.exec("DELETE FROM verification_account");
  sql.exec("DELETE FROM verification WHERE id IN (SELECT id FROM verification ORDER BY state ->> '$.createdAt' DESC LIMIT -1 OFFSET 20)");
  save(sql, verification);
  return shown(verification);
}

type Row = { seq: number; commit_seq: number; version: number; body: string; context: string | null; seal: string | null };

/** Checks one slice of the running job. Returns whether there is more to do. */
export function advanceVerification(storage: DurableObjectStorage, state: StoredState): boolean {
  const sql = storage.sql;
  const job = load(sql, undefined);
  if (job === undefined) return false;
  const faults = [...job.faults];
  const fault = (text: string): void => {
    if (faults.length < faultsMax) faults.push(text);
  };
  let { seal } = job;
  let sequence = job.progress.sequence;
  const commits = readCommits(sql, sequence, job.progress.head);
  const accounts = new Map<number, { balance: number; debits: bigint; credits: bigint; version: number }>();
  const accountOf = (no: number) => {
    let of = accounts.get(no);
    if (of === undefined) {
      const row = sql
        .exec<{ balance: number; debits: string; credits: string; version: number }>(
          "SELECT balance, debits, credits, version FROM verification_account WHERE account = ?",
          no,
        )
        .toArray()[0];
      of =
        row === undefined
          ? { balance: 0, debits: 0n, credits: 0n, version: 0 }
          : { balance: row.balance, debits: BigInt(row.debits), credits: BigInt(row.credits), version: row.version };
      accounts.set(no, of);
    }
    return of;
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
      } catch {
        // What does not fit the seal need not be a fact at all.
        fault(`sequence ${row.seq} is not readable`);
      }
    }
  }
  const done = commits.length === 0 || sequence >= job.progress.head || faults.length >= faultsMax;
  if (done && sequence < job.progress.head) fault(`the log ends at sequence ${sequence}, before ${job.progress.head}`);
  storage.transactionSync(() => {
    const rows = [...accounts].map(([no, of]) => [no, of.balance, String(of.debits), String(of.credits), of.version]);
    for (let i = 0; i < rows.length; i += 2_000) {
      sql.exec(
        `INSERT INTO verification_account SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
         ON CONFLICT (account) DO UPDATE SET balance = excluded.balance, debits = excluded.debits, credits = excluded.credits, version = excluded.version`,
        JSON.stringify(rows.slice(i, i + 2_000)),
      );
    }
    if (done) checkBalances(sql, state, job.progress.head, fault);
    save(sql, {
      ...job,
      seal,
      faults,
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
  return !done;
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

function checkFact(
  state: StoredState,
  row: Row,
  accountOf: (no: number) => { balance: number; debits: bigint; credits: bigint; version: number },
  fault: (text: string) => void,
): void {
  const fact = decodeFact(row.body);
  if (fact.kind !== "entry_posted") return;
  let sum = 0n;
  for (const line of fact.lines) {
    sum += BigInt(line.amount);
    const of = accountOf(line.account);
    const account = state.account(line.account);
    if (account === undefined) {
      fault(`sequence ${row.seq} names an account that does not exist`);
      continue;
    }
    if (line.amount > 0) of.debits += BigInt(line.amount);
    else of.credits -= BigInt(line.amount);
    of.balance += normalSign(account.type) * line.amount;
    of.version += 1;
    if (of.balance !== line.balanceAfter)
      fault(`sequence ${row.seq}: account ${account.code} is said to have ${line.balanceAfter} and has ${of.balance}`);
    if (of.version !== line.version)
      fault(`sequence ${row.seq}: account ${account.code} is said to be at version ${line.version} and is at ${of.version}`);
  }
  if (sum !== 0n) fault(`sequence ${row.seq} does not balance`);
  if (entryAmount(fact) <= 0) fault(`sequence ${row.seq} moves nothing`);
}

/** Holds the derived tables to the fold of the log: every account's sums at the checked head. */
function checkBalances(sql: SqlStorage, state: StoredState, head: number, fault: (text: string) => void): void {
  const sums = sumsAt(sql, state, { day: undefined, knownAt: head });
  const seen = new Set<number>();
  for (const row of sql.exec<{ account: number; debits: string; credits: string }>(
    "SELECT account, debits, credits FROM verification_account",
  )) {
    seen.add(row.account);
    const of = sums.get(row.account);
    if (String(of?.debits ?? 0n) !== row.debits || String(of?.credits ?? 0n) !== row.credits) {
      fault(
        `account ${state.account(row.account)?.code}: the index has ${of?.debits ?? 0n} / ${of?.credits ?? 0n}, the log ${row.debits} / ${row.credits}`,
      );
    }
  }
  for (const [no, of] of sums)
    if (!seen.has(no) && (of.debits !== 0n || of.credits !== 0n))
      fault(`the index has sums of account ${no}, of which the log has no line`);
  checkTotals(sql, state, fault);
}

/** Holds what the accounts have on disk to the runs of the index, whose sums the log has just confirmed. */
function checkTotals(sql: SqlStorage, state: StoredState, fault: (text: string) => void): void {
  const { index } = state;
  const sums = sumsOfRuns(sql, state);
  const runs = index.runs.of("line");
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
