import { periodLocksMax } from "../../kernel/bounds.ts";
import { dateOfDay, parseDay } from "../../kernel/calendar-date.ts";
import { type Failure, type FailureDetail, failure } from "../../kernel/failures.ts";
import { decodeAddress, encodeAddress } from "../../kernel/id.ts";
import { isLineAmount } from "../../kernel/money.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import type { Actor } from "../../kernel/role.ts";
import { type Account, normalSign } from "./account.ts";
import { parentRefusedFor } from "./account-tree.ts";
import type {
  ChangeAccount,
  Command,
  DeleteAccount,
  LineConditions,
  LockPeriod,
  OpenAccount,
  PostEntry,
  ReverseEntry,
  SetPostingReference,
} from "./command.ts";
import type { EntryPosted, Fact, FactLine } from "./fact.ts";
import { checkLockChange, checkLocks, setLock } from "./period-lock.ts";
import type { LedgerState, RecordedEntry } from "./state.ts";

/** What a command comes to: new facts, or the entry that was posted before with the same external id or source and the same content. */
export interface Decision {
  readonly facts: readonly Fact[];
  readonly existing: RecordedEntry | undefined;
}

/**
 * What a command does to the ledger as it stands. Pure: it changes nothing and reads only `state`.
 * Refusals are checked in the order of the catalogue in docs/architecture.md; two faults at once give the first.
 */
export function decide(state: LedgerState, command: Command, actor: Actor): Result<Decision, Failure> {
  switch (command.kind) {
    case "post_entry":
      return decidePost(state, command, actor);
    case "reverse_entry":
      return decideReverse(state, command, actor);
    case "open_account":
      return decideOpenAccount(state, command);
    case "change_account":
      return decideChangeAccount(state, command);
    case "delete_account":
      return decideDeleteAccount(state, command);
    case "lock_period":
      return decideLockPeriod(state, command, actor);
    case "set_posting_reference":
      return decidePostingReference(state, command);
  }
}

function made(...facts: Fact[]): Result<Decision, Failure> {
  return ok({ facts, existing: undefined });
}

function one(code: Failure["code"], message: string, pointer: string, facts: Record<string, unknown> = {}): Failure {
  const detail: FailureDetail = { ...facts, pointer, code, message };
  return failure(code, message, [detail]);
}

/** A line whose account is known: what posting works on, whether the lines were asked for or are those of an entry to reverse. */
interface ResolvedLine {
  readonly account: Account;
  /** Debit positive. */
  readonly amount: number;
  readonly memo: string | null;
  readonly contactId: string | null;
  readonly tags: readonly string[] | null;
  readonly conditions: LineConditions | undefined;
}

function decidePost(state: LedgerState, command: PostEntry, actor: Actor): Result<Decision, Failure> {
  assertWellFormed(command);
  const lines: ResolvedLine[] = [];
  const requested = command.lines;
  for (let i = 0; i < requested.length; i++) {
    const line = requested[i];
    if (line === undefined) continue;
    const ref = line.account;
    const no = state.accountNumber(ref);
    const account = no === undefined ? undefined : state.account(no);
    if (account === undefined || account.status === "deleted") return refuse(accountNotFound(i, ref));
    const amount = line.side === "debit" ? line.amount : -line.amount;
    lines.push({
      account,
      amount,
      memo: line.memo ?? null,
      contactId: line.contactId ?? null,
      tags: line.tags ?? null,
      conditions: line.conditions,
    });
  }
  const known = command.externalId === undefined ? undefined : state.entryByExternalId(command.externalId);
  const sourced = command.source === undefined ? undefined : state.entryBySource(command.source);
  const earlier = known ?? sourced;
  if (
    earlier !== undefined &&
    (known === undefined || sourced === undefined || known.sequence === sourced.sequence) &&
    sameContent(earlier.fact, command, lines)
  ) {
    return ok({ facts: [], existing: earlier });
  }
  if (command.replaces !== undefined && entryById(state, command.replaces) === undefined) {
    return refuse(one("REFERENCE_NOT_FOUND", "The ledger has no entry with the id in replaces.", "/replaces"));
  }
  const closed = closedAccount(lines);
  if (closed) return refuse(closed);
  const unbalanced = checkBalanced(lines);
  if (unbalanced) return refuse(unbalanced);
  if (known !== undefined) {
    return refuse(
      one(
        "EXTERNAL_ID_TAKEN",
        `The externalId ${JSON.stringify(command.externalId)} belongs to an entry with other content.`,
        "/externalId",
        { entryId: idOf(state, known) },
      ),
    );
  }
  if (sourced !== undefined) {
    return refuse(
      one("SOURCE_CONFLICT", "The source document posted this step before, with other content.", "/source", {
        entryId: idOf(state, sourced),
      }),
    );
  }
  return post(state, actor, lines, {
    date: command.date,
    description: command.description ?? null,
    reference: command.reference ?? null,
    externalId: command.externalId ?? null,
    metadata: command.metadata ?? null,
    source: command.source ?? null,
    module: command.module ?? "journal",
    reversalOf: null,
    void: false,
    reason: null,
    replaces: command.replaces ?? null,
  });
}

function decideReverse(state: LedgerState, command: ReverseEntry, actor: Actor): Result<Decision, Failure> {
  const original = entryById(state, command.entryId);
  if (original === undefined) return refuse(failure("NOT_FOUND", "Nothing with this id exists in the site."));
  const lines: ResolvedLine[] = [];
  for (const line of original.fact.lines) {
    const account = state.account(line.account);
    if (account === undefined) throw new Error(`assertion failed: a posted line names account ${line.account}, which the ledger has`);
    lines.push({ account, amount: -line.amount, memo: line.memo, contactId: line.contactId, tags: line.tags, conditions: undefined });
  }
  const closed = closedAccount(lines);
  if (closed) return refuse(closed);
  const reversal = state.reversalOf(original.sequence);
  if (reversal !== undefined) {
    const by = state.entry(reversal);
    return refuse(one("ALREADY_REVERSED", "The entry has been reversed before.", "", by ? { reversedBy: idOf(state, by) } : {}));
  }
  if (original.fact.reversalOf !== null)
    return refuse(failure("IS_REVERSAL", "The entry is itself a reversal, and a reversal is never reversed."));
  return post(state, actor, lines, {
    date: command.date ?? original.fact.date,
    description: original.fact.description,
    reference: original.fact.reference,
    externalId: null,
    metadata: original.fact.metadata,
    source: null,
    module: command.module ?? original.fact.module,
    reversalOf: original.sequence,
    void: command.void,
    reason: command.reason,
    replaces: null,
  });
}

/** Turnover is stored in 64 bits: an entry of 200 lines adds less than 2^61, so that a side up to here never passes 2^63. */
const turnoverMax = 2n ** 62n;

/** The checks that every posting passes, from the period lock on, and its fact. */
function post(
  state: LedgerState,
  actor: Actor,
  lines: readonly ResolvedLine[],
  header: Omit<EntryPosted, "kind" | "flagged" | "lines">,
): Result<Decision, Failure> {
  let flagged = false;
  if (state.locks.length > 0) {
    const day = parseDay(header.date);
    if (day === undefined) throw new Error("assertion failed: the edge has checked that the date exists");
    const lock = checkLocks(state.locks, day, header.module, actor);
    if (!lock.ok) return lock;
    flagged = lock.value === "flagged";
  }
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as ResolvedLine;
    const expected = line.conditions?.expectedVersion;
    if (expected !== undefined && expected !== line.account.version) {
      return refuse(
        one(
          "VERSION_STALE",
          `Account ${line.account.code} is at version ${line.account.version}, not ${expected}.`,
          `/lines/${i}/conditions/expectedVersion`,
          {
            accountId: line.account.id,
            version: line.account.version,
          },
        ),
      );
    }
  }
  const posted: FactLine[] = [];
  let overflow: Failure | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as ResolvedLine;
    let before = line.account.balance;
    let version = line.account.version;
    // The same account may stand in several lines: each continues where the one before it ended.
    for (let j = i - 1; j >= 0; j--) {
      const earlier = posted[j] as FactLine;
      if (earlier.account !== line.account.no) continue;
      before = earlier.balanceAfter;
      version = earlier.version;
      break;
    }
    const balanceAfter = before + normalSign(line.account.type) * line.amount;
    if (!Number.isSafeInteger(balanceAfter) && overflow === undefined) {
      overflow = one(
        "BALANCE_OVERFLOW",
        `The balance of account ${line.account.code} would leave ±9007199254740991.`,
        `/lines/${i}/amount`,
        {
          accountId: line.account.id,
          balance: line.account.balance,
        },
      );
    }
    if (overflow === undefined && (line.amount > 0 ? line.account.debits : line.account.credits) > turnoverMax) {
      const side = line.amount > 0 ? "debits" : "credits";
      overflow = one(
        "BALANCE_OVERFLOW",
        `The ${side} of account ${line.account.code} have come to ${line.account[side]}, beyond which none are taken.`,
        `/lines/${i}/amount`,
        { accountId: line.account.id, [side]: String(line.account[side]) },
      );
    }
    posted.push({
      account: line.account.no,
      amount: line.amount,
      balanceAfter,
      version: version + 1,
      memo: line.memo,
      contactId: line.contactId,
      tags: line.tags,
    });
  }
  for (let i = 0; i < lines.length; i++) {
    const conditions = (lines[i] as ResolvedLine).conditions;
    const failed = conditions === undefined ? undefined : failedCondition(conditions, lines, posted, i);
    if (failed) return refuse(failed);
  }
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as ResolvedLine;
    if (line.account.minBalance === null && line.account.maxBalance === null) continue;
    const broken = brokenLimit(line.account, finalBalance(posted, line.account.no), i);
    if (broken) return refuse(broken);
  }
  if (overflow) return refuse(overflow);
  return made({ kind: "entry_posted", ...header, flagged, lines: posted });
}

/** The account's balance after the whole entry. */
function finalBalance(posted: readonly FactLine[], no: number): number {
  for (let i = posted.length - 1; i >= 0; i--) {
    const line = posted[i] as FactLine;
    if (line.account === no) return line.balanceAfter;
  }
  throw new Error("assertion failed: the account has a line in the entry");
}

function failedCondition(
  conditions: LineConditions,
  lines: readonly ResolvedLine[],
  posted: readonly FactLine[],
  i: number,
): Failure | undefined {
  const account = (lines[i] as ResolvedLine).account;
  const balance = finalBalance(posted, account.no);
  // Without open holds the available balance is the posted one.
  const bounds = [
    ["minPosted", conditions.minPosted, balance >= (conditions.minPosted ?? balance)],
    ["maxPosted", conditions.maxPosted, balance <= (conditions.maxPosted ?? balance)],
    ["minAvailable", conditions.minAvailable, balance >= (conditions.minAvailable ?? balance)],
    ["maxAvailable", conditions.maxAvailable, balance <= (conditions.maxAvailable ?? balance)],
  ] as const;
  for (const [name, bound, holds] of bounds) {
    if (holds) continue;
    return one(
      "CONDITION_FAILED",
      `Account ${account.code} would have ${balance} after the entry, past ${name} ${bound}.`,
      `/lines/${i}/conditions/${name}`,
      {
        accountId: account.id,
        bound,
        balance,
      },
    );
  }
  return undefined;
}

function brokenLimit(account: Account, balance: number, i: number): Failure | undefined {
  const low = account.minBalance !== null && balance < account.minBalance;
  const high = account.maxBalance !== null && balance > account.maxBalance;
  if (!low && !high) return undefined;
  const name = low ? "minBalance" : "maxBalance";
  return one("BALANCE_LIMIT", `Account ${account.code} would have ${balance}, past its ${name} ${account[name]}.`, `/lines/${i}/amount`, {
    accountId: account.id,
    limit: name,
    bound: account[name],
    balance,
  });
}

function accountNotFound(i: number, ref: string): Failure {
  const field = ref.startsWith("i") ? "accountId" : ref.startsWith("c") ? "accountCode" : "accountExternalId";
  return one("ACCOUNT_NOT_FOUND", `The ledger has no account with ${field} ${JSON.stringify(ref.slice(1))}.`, `/lines/${i}/${field}`);
}

function closedAccount(lines: readonly ResolvedLine[]): Failure | undefined {
  for (let i = 0; i < lines.length; i++) {
    const account = (lines[i] as ResolvedLine).account;
    if (account.status !== "active")
      return one("ACCOUNT_CLOSED", `Account ${account.code} is archived.`, `/lines/${i}`, { accountId: account.id });
  }
  return undefined;
}

/** Debits must equal credits. Sums of 200 amounts pass 2^53, so they are exact only as long as they are safe, and bigint beyond. */
function checkBalanced(lines: readonly ResolvedLine[]): Failure | undefined {
  let debits = 0;
  let credits = 0;
  for (const line of lines) {
    if (line.amount > 0) debits += line.amount;
    else credits -= line.amount;
  }
  if (Number.isSafeInteger(debits) && Number.isSafeInteger(credits)) {
    if (debits === credits) return undefined;
    return one("ENTRY_UNBALANCED", `The debits are ${debits} and the credits ${credits}.`, "/lines", { debits, credits });
  }
  let exactDebits = 0n;
  let exactCredits = 0n;
  for (const line of lines) {
    if (line.amount > 0) exactDebits += BigInt(line.amount);
    else exactCredits -= BigInt(line.amount);
  }
  if (exactDebits === exactCredits) return undefined;
  return one("ENTRY_UNBALANCED", `The debits are ${exactDebits} and the credits ${exactCredits}.`, "/lines", {
    debits: String(exactDebits),
    credits: String(exactCredits),
  });
}

function sameContent(fact: EntryPosted, command: PostEntry, lines: readonly ResolvedLine[]): boolean {
  if (
    fact.date !== command.date ||
    fact.description !== (command.description ?? null) ||
    fact.reference !== (command.reference ?? null) ||
    fact.externalId !== (command.externalId ?? null) ||
    fact.replaces !== (command.replaces ?? null) ||
    fact.module !== (command.module ?? "journal") ||
    JSON.stringify(fact.source) !== JSON.stringify(command.source ?? null) ||
    !sameStrings(fact.metadata, command.metadata ?? null) ||
    fact.lines.length !== lines.length
  ) {
    return false;
  }
  return fact.lines.every((line, i) => {
    const asked = lines[i] as ResolvedLine;
    return (
      line.account === asked.account.no &&
      line.amount === asked.amount &&
      line.memo === asked.memo &&
      line.contactId === asked.contactId &&
      JSON.stringify(line.tags) === JSON.stringify(asked.tags)
    );
  });
}

function sameStrings(a: Readonly<Record<string, string>> | null, b: Readonly<Record<string, string>> | null): boolean {
  const keys = Object.keys(a ?? {});
  return keys.length === Object.keys(b ?? {}).length && keys.every((key) => a?.[key] === b?.[key]);
}

function idOf(state: LedgerState, entry: RecordedEntry): string {
  return encodeAddress({ atMs: entry.atMs, ledgerNumber: state.identity.number, kind: "entry", sequence: entry.sequence });
}

/** The entry of an id: the sequence inside it names the fact, and the whole id must be that fact's. */
export function entryById(state: LedgerState, id: string): RecordedEntry | undefined {
  const address = decodeAddress(id);
  if (address === undefined || address.ledgerNumber !== state.identity.number) return undefined;
  const entry = state.entry(address.sequence);
  return entry !== undefined && idOf(state, entry) === id ? entry : undefined;
}

function accountById(state: LedgerState, id: string): Account | undefined {
  const no = state.accountNumber(`i${id}`);
  const account = no === undefined ? undefined : state.account(no);
  return account === undefined || account.status === "deleted" ? undefined : account;
}

const accountMissing = failure("NOT_FOUND", "Nothing with this id exists in the site.");

function decideOpenAccount(state: LedgerState, command: OpenAccount): Result<Decision, Failure> {
  if (state.accountNumber(`c${command.code}`) !== undefined)
    return refuse(one("CODE_TAKEN", `The ledger has an account with the code ${JSON.stringify(command.code)}.`, "/code"));
  if (command.externalId !== undefined && state.accountNumber(`x${command.externalId}`) !== undefined) {
    return refuse(
      one("EXTERNAL_ID_TAKEN", `The externalId ${JSON.stringify(command.externalId)} belongs to another account.`, "/externalId"),
    );
  }
  const { role } = command.description;
  if (role !== null && state.accountNumber(`r${role}`) !== undefined) return refuse(roleTaken(role));
  const parentId = command.parentCode === undefined ? command.description.parentId : (idByCode(state, command.parentCode) ?? "");
  const misplaced = parentId === null ? undefined : parentRefusedFor(state, command.type, parentId, undefined);
  if (misplaced) return refuse(misplaced);
  const minBalance = command.minBalance ?? null;
  const maxBalance = command.maxBalance ?? null;
  const broken = limitsBrokenBy(0, minBalance, maxBalance);
  if (broken) return refuse(broken);
  return made({
    kind: "account_opened",
    code: command.code,
    externalId: command.externalId ?? null,
    type: command.type,
    minBalance,
    maxBalance,
    description: { ...command.description, parentId },
  });
}

function roleTaken(role: string): Failure {
  return one("CODE_TAKEN", `Another account of the ledger has the role ${role}.`, "/role");
}

function idByCode(state: LedgerState, code: string): string | undefined {
  const no = state.accountNumber(`c${code}`);
  return no === undefined ? undefined : state.account(no)?.id;
}

function decideChangeAccount(state: LedgerState, command: ChangeAccount): Result<Decision, Failure> {
  const account = accountById(state, command.accountId);
  if (account === undefined) return refuse(accountMissing);
  if (command.expectedRevision !== undefined && command.expectedRevision !== account.revision) {
    return refuse(
      failure("PRECONDITION_FAILED", `Account ${account.code} is at revision ${account.revision}, not ${command.expectedRevision}.`),
    );
  }
  if (command.type !== undefined && command.type !== account.type && account.version > 0) {
    return refuse(one("ACCOUNT_TYPE_FIXED", `Account ${account.code} has lines and keeps its type ${account.type}.`, "/type"));
  }
  const code = command.code ?? account.code;
  if (code !== account.code && state.accountNumber(`c${code}`) !== undefined) {
    return refuse(one("CODE_TAKEN", `The ledger has an account with the code ${JSON.stringify(code)}.`, "/code"));
  }
  const externalId = command.externalId === undefined ? account.externalId : command.externalId;
  if (externalId !== null && externalId !== account.externalId && state.accountNumber(`x${externalId}`) !== undefined) {
    return refuse(one("EXTERNAL_ID_TAKEN", `The externalId ${JSON.stringify(externalId)} belongs to another account.`, "/externalId"));
  }
  const description = { ...account.description, ...command.description };
  if (
    description.role !== null &&
    description.role !== account.description.role &&
    state.accountNumber(`r${description.role}`) !== undefined
  ) {
    return refuse(roleTaken(description.role));
  }
  const type = command.type ?? account.type;
  const moved = description.parentId !== account.description.parentId || type !== account.type;
  const misplaced = moved && description.parentId !== null ? parentRefusedFor(state, type, description.parentId, account.no) : undefined;
  if (misplaced) return refuse(misplaced);
  const minBalance = command.minBalance === undefined ? account.minBalance : command.minBalance;
  const maxBalance = command.maxBalance === undefined ? account.maxBalance : command.maxBalance;
  const broken = limitsBrokenBy(account.balance, minBalance, maxBalance);
  if (broken) return refuse(broken);
  return made({
    kind: "account_changed",
    account: account.no,
    code,
    externalId,
    type,
    minBalance,
    maxBalance,
    description,
    status: command.status ?? account.status,
  });
}

/** A limit that the present balance breaks is refused: it would make the next honest entry the scapegoat. */
function limitsBrokenBy(balance: number, minBalance: number | null, maxBalance: number | null): Failure | undefined {
  if (minBalance !== null && maxBalance !== null && minBalance > maxBalance) {
    return one("BALANCE_LIMIT", `minBalance ${minBalance} is above maxBalance ${maxBalance}.`, "/minBalance", {
      bound: minBalance,
      balance,
    });
  }
  if (minBalance !== null && balance < minBalance) {
    return one("BALANCE_LIMIT", `The balance ${balance} is below the minBalance ${minBalance} asked for.`, "/minBalance", {
      bound: minBalance,
      balance,
    });
  }
  if (maxBalance !== null && balance > maxBalance) {
    return one("BALANCE_LIMIT", `The balance ${balance} is above the maxBalance ${maxBalance} asked for.`, "/maxBalance", {
      bound: maxBalance,
      balance,
    });
  }
  return undefined;
}

function decideDeleteAccount(state: LedgerState, command: DeleteAccount): Result<Decision, Failure> {
  const account = accountById(state, command.accountId);
  if (account === undefined) return refuse(accountMissing);
  if (account.version > 0) return refuse(failure("IN_USE", `Account ${account.code} has lines; archive it instead.`));
  return made({
    kind: "account_changed",
    account: account.no,
    code: account.code,
    externalId: account.externalId,
    type: account.type,
    minBalance: account.minBalance,
    maxBalance: account.maxBalance,
    description: account.description,
    status: "deleted",
  });
}

function decideLockPeriod(state: LedgerState, command: LockPeriod, actor: Actor): Result<Decision, Failure> {
  const startDay = parseDay(command.startDate);
  const endDay = parseDay(command.endDate);
  if (startDay === undefined || endDay === undefined || startDay > endDay)
    throw new Error("assertion failed: the edge has checked the range");
  const change = { startDay, endDay, module: command.module, level: command.level, reason: command.reason ?? null };
  const allowed = checkLockChange(state.locks, change, actor);
  if (!allowed.ok) return allowed;
  if (setLock(state.locks, change).length > periodLocksMax) {
    return refuse(one("VALIDATION_ERROR", `A ledger keeps at most ${periodLocksMax} separate locks; lock longer ranges.`, "/startDate"));
  }
  return made({
    kind: "period_locked",
    startDate: dateOfDay(startDay),
    endDate: dateOfDay(endDay),
    module: command.module,
    level: command.level,
    reason: command.reason ?? null,
  });
}

function decidePostingReference(state: LedgerState, command: SetPostingReference): Result<Decision, Failure> {
  const entry = entryById(state, command.entryId);
  if (entry === undefined) return refuse(accountMissing);
  return made({ kind: "posting_reference_set", entry: entry.sequence, postingReference: command.postingReference });
}

/** Asserts what the edge has checked, where a mistake of ours would cost money. */
function assertWellFormed(command: PostEntry): void {
  for (const line of command.lines)
    if (!isLineAmount(line.amount)) throw new Error("assertion failed: an amount is an integer from 1 to 2^53 - 1");
  if (command.lines.length < 2) throw new Error("assertion failed: an entry has two lines or more");
}
