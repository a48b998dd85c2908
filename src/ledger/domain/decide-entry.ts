import { parseDay } from "../../kernel/calendar-date.ts";
import { type Failure, failure } from "../../kernel/failures.ts";
import { isLineAmount } from "../../kernel/money.ts";
import { ok, type Result, refuse } from "../../kernel/result.ts";
import type { Actor } from "../../kernel/role.ts";
import type { Writable } from "../../kernel/writable.ts";
import { type AccountFigures, type AccountTerms, creditsOf, debitsOf, normalSign } from "./account.ts";
import type { LineConditions, LineRequest, PostEntry, ReverseEntry } from "./command.ts";
import { type Decision, made, one } from "./decision.ts";
import type { EntryPosted, FactLine } from "./fact.ts";
import { checkLocks } from "./period-lock.ts";
import { entryById, idOf } from "./recorded-entry.ts";
import type { LedgerState } from "./state.ts";

/** The lines of an entry to be, whether they were asked for or are those of an entry to reverse. The lists go by the same places. */
interface KnownLines {
  /** As they will be posted; `balanceAfter` and `version` are found last. */
  readonly lines: Writable<FactLine>[];
  readonly accounts: AccountTerms[];
  readonly conditions: readonly (LineConditions | undefined)[] | undefined;
}

/** Posts an entry. The repeat of an external id or source with the same content answers the entry that exists. */
export function decidePost(state: LedgerState, command: PostEntry, actor: Actor): Result<Decision, Failure> {
  assertWellFormed(command);
  const requested = command.lines;
  const lines: Writable<FactLine>[] = [];
  const accounts: AccountTerms[] = [];
  let conditional = false;
  for (let i = 0; i < requested.length; i++) {
    const line = requested[i] as LineRequest;
    const no = state.accountNumber(line.account);
    const account = no === undefined ? undefined : state.account(no);
    if (account === undefined || account.status === "deleted") return refuse(accountNotFound(i, line.account));
    if (line.conditions !== undefined) conditional = true;
    accounts.push(account);
    lines.push({
      account: account.no,
      amount: line.side === "debit" ? line.amount : -line.amount,
      balanceAfter: 0,
      version: 0,
      memo: line.memo ?? null,
      contactId: line.contactId ?? null,
      tags: line.tags ?? null,
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
  const closed = closedAccount(accounts);
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
  const conditions = conditional ? requested.map((line) => line.conditions) : undefined;
  return post(
    state,
    actor,
    { lines, accounts, conditions },
    {
      kind: "entry_posted",
      date: command.date,
      description: command.description ?? null,
      reference: command.reference ?? null,
      externalId: command.externalId ?? null,
      metadata: command.metadata ?? null,
      source: command.source ?? null,
      module: command.module ?? "journal",
      flagged: false,
      reversalOf: null,
      void: false,
      reason: null,
      replaces: command.replaces ?? null,
      lines,
    },
  );
}

/** Reverses an entry by its lines the other way round. At most once, and never a reversal. */
export function decideReverse(state: LedgerState, command: ReverseEntry, actor: Actor): Result<Decision, Failure> {
  const original = entryById(state, command.entryId);
  if (original === undefined) return refuse(failure("NOT_FOUND", "Nothing with this id exists in the site."));
  const lines: Writable<FactLine>[] = [];
  const accounts: AccountTerms[] = [];
  for (const line of original.fact.lines) {
    const account = state.account(line.account);
    if (account === undefined) throw new Error(`assertion failed: a posted line names account ${line.account}, which the ledger has`);
    accounts.push(account);
    lines.push({ ...line, amount: -line.amount, balanceAfter: 0, version: 0 });
  }
  const closed = closedAccount(accounts);
  if (closed) return refuse(closed);
  const reversal = state.reversalOf(original.sequence);
  if (reversal !== undefined) {
    const by = state.entry(reversal);
    return refuse(one("ALREADY_REVERSED", "The entry has been reversed before.", "", by ? { reversedBy: idOf(state, by) } : {}));
  }
  if (original.fact.reversalOf !== null)
    return refuse(failure("IS_REVERSAL", "The entry is itself a reversal, and a reversal is never reversed."));
  return post(
    state,
    actor,
    { lines, accounts, conditions: undefined },
    {
      kind: "entry_posted",
      date: command.date ?? original.fact.date,
      description: original.fact.description,
      reference: original.fact.reference,
      externalId: null,
      metadata: original.fact.metadata,
      source: null,
      module: command.module ?? original.fact.module,
      flagged: false,
      reversalOf: original.sequence,
      void: command.void,
      reason: command.reason,
      replaces: null,
      lines,
    },
  );
}

/** Turnover is stored in 64 bits: an entry of 200 lines adds less than 2^61, so that a side up to 2^62 never passes 2^63. In units of 2^53. */
const turnoverHighMax = 2 ** 9;

/** From this many lines on, looking for the account's earlier line among those before costs more than a table. */
const linesSearchedMax = 8;

/** The checks that every posting passes, from the period lock on. Completes the fact and its lines, which are the decision's own. */
function post(state: LedgerState, actor: Actor, known: KnownLines, fact: Writable<EntryPosted>): Result<Decision, Failure> {
  const { lines, accounts, conditions } = known;
  if (state.locks.length > 0) {
    const day = parseDay(fact.date);
    if (day === undefined) throw new Error("assertion failed: the edge has checked that the date exists");
    const lock = checkLocks(state.locks, day, fact.module, actor);
    if (!lock.ok) return lock;
    fact.flagged = lock.value === "flagged";
  }
  if (conditions !== undefined) {
    const stale = staleVersion(state, accounts, conditions);
    if (stale) return refuse(stale);
  }
  const last = lines.length > linesSearchedMax ? new Map<number, number>() : undefined;
  let bounded = false;
  let overflow: Failure | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Writable<FactLine>;
    const account = accounts[i] as AccountTerms;
    // The same account may stand in several lines: each continues where the one before it ended.
    const earlier = last === undefined ? lineBefore(lines, i) : last.get(line.account);
    const figures = state.figures(line.account);
    const continued = earlier === undefined ? undefined : (lines[earlier] as FactLine);
    line.balanceAfter = (continued === undefined ? figures.balance : continued.balanceAfter) + normalSign(account.type) * line.amount;
    line.version = (continued === undefined ? figures.version : continued.version) + 1;
    last?.set(line.account, i);
    if (account.minBalance !== null || account.maxBalance !== null) bounded = true;
    overflow ??= overflowOf(account, figures, line, i);
  }
  if (conditions !== undefined || bounded) {
    const failed = failedCondition(known) ?? brokenLimit(known);
    if (failed) return refuse(failed);
  }
  if (overflow) return refuse(overflow);
  return made(fact);
}

/** The place of the last line before `i` that is on the same account. */
function lineBefore(lines: readonly FactLine[], i: number): number | undefined {
  const { account } = lines[i] as FactLine;
  for (let j = i - 1; j >= 0; j--) if ((lines[j] as FactLine).account === account) return j;
  return undefined;
}

function staleVersion(
  state: LedgerState,
  accounts: readonly AccountTerms[],
  conditions: readonly (LineConditions | undefined)[],
): Failure | undefined {
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as AccountTerms;
    const expected = conditions[i]?.expectedVersion;
    if (expected === undefined) continue;
    const { version } = state.figures(account.no);
    if (expected === version) continue;
    return one(
      "VERSION_STALE",
      `Account ${account.code} is at version ${version}, not ${expected}.`,
      `/lines/${i}/conditions/expectedVersion`,
      { accountId: account.id, version },
    );
  }
  return undefined;
}

/** Whether the line takes the balance out of ±(2^53 − 1), or adds to a turnover that has come to its end. */
function overflowOf(account: AccountTerms, figures: AccountFigures, line: FactLine, i: number): Failure | undefined {
  if (!Number.isSafeInteger(line.balanceAfter)) {
    return one("BALANCE_OVERFLOW", `The balance of account ${account.code} would leave ±9007199254740991.`, `/lines/${i}/amount`, {
      accountId: account.id,
      balance: figures.balance,
    });
  }
  const debit = line.amount > 0;
  const high = debit ? figures.debitsHigh : figures.creditsHigh;
  if (high < turnoverHighMax || (high === turnoverHighMax && (debit ? figures.debitsLow : figures.creditsLow) === 0)) return undefined;
  const side = debit ? "debits" : "credits";
  const sum = debit ? debitsOf(figures) : creditsOf(figures);
  return one(
    "BALANCE_OVERFLOW",
    `The ${side} of account ${account.code} have come to ${sum}, beyond which none are taken.`,
    `/lines/${i}/amount`,
    { accountId: account.id, [side]: String(sum) },
  );
}

/** Each account's balance after the whole entry. */
function finalBalances(lines: readonly FactLine[]): ReadonlyMap<number, number> {
  const balances = new Map<number, number>();
  for (const line of lines) balances.set(line.account, line.balanceAfter);
  return balances;
}

function failedCondition({ lines, accounts, conditions }: KnownLines): Failure | undefined {
  if (conditions === undefined) return undefined;
  const balances = finalBalances(lines);
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as AccountTerms;
    const asked = conditions[i];
    const balance = balances.get(account.no);
    if (asked === undefined || balance === undefined) continue;
    // Without open holds the available balance is the posted one.
    const bounds = [
      ["minPosted", asked.minPosted, balance >= (asked.minPosted ?? balance)],
      ["maxPosted", asked.maxPosted, balance <= (asked.maxPosted ?? balance)],
      ["minAvailable", asked.minAvailable, balance >= (asked.minAvailable ?? balance)],
      ["maxAvailable", asked.maxAvailable, balance <= (asked.maxAvailable ?? balance)],
    ] as const;
    for (const [name, bound, holds] of bounds) {
      if (holds) continue;
      return one(
        "CONDITION_FAILED",
        `Account ${account.code} would have ${balance} after the entry, past ${name} ${bound}.`,
        `/lines/${i}/conditions/${name}`,
        { accountId: account.id, bound, balance },
      );
    }
  }
  return undefined;
}

function brokenLimit({ lines, accounts }: KnownLines): Failure | undefined {
  const balances = finalBalances(lines);
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as AccountTerms;
    const balance = balances.get(account.no);
    if (balance === undefined) throw new Error("assertion failed: the account has a line in the entry");
    const low = account.minBalance !== null && balance < account.minBalance;
    const high = account.maxBalance !== null && balance > account.maxBalance;
    if (!low && !high) continue;
    const limit = low ? "minBalance" : "maxBalance";
    const bound = account[limit];
    return one("BALANCE_LIMIT", `Account ${account.code} would have ${balance}, past its ${limit} ${bound}.`, `/lines/${i}/amount`, {
      accountId: account.id,
      limit,
      bound,
      balance,
    });
  }
  return undefined;
}

function accountNotFound(i: number, ref: string): Failure {
  const field = ref.startsWith("i") ? "accountId" : ref.startsWith("c") ? "accountCode" : "accountExternalId";
  return one("ACCOUNT_NOT_FOUND", `The ledger has no account with ${field} ${JSON.stringify(ref.slice(1))}.`, `/lines/${i}/${field}`);
}

function closedAccount(accounts: readonly AccountTerms[]): Failure | undefined {
  for (let i = 0; i < accounts.length; i++) {
    const account = accounts[i] as AccountTerms;
    if (account.status !== "active")
      return one("ACCOUNT_CLOSED", `Account ${account.code} is archived.`, `/lines/${i}`, { accountId: account.id });
  }
  return undefined;
}

/** Debits must equal credits. Sums of 200 amounts pass 2^53, so they are exact only as long as they are safe, and bigint beyond. */
function checkBalanced(lines: readonly FactLine[]): Failure | undefined {
  let debits = 0;
  let credits = 0;
  for (let i = 0; i < lines.length; i++) {
    const { amount } = lines[i] as FactLine;
    if (amount > 0) debits += amount;
    else credits -= amount;
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

function sameContent(fact: EntryPosted, command: PostEntry, lines: readonly FactLine[]): boolean {
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
    const asked = lines[i] as FactLine;
    return (
      line.account === asked.account &&
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

/** Asserts what the edge has checked, where a mistake of ours would cost money. */
function assertWellFormed(command: PostEntry): void {
  for (let i = 0; i < command.lines.length; i++)
    if (!isLineAmount(command.lines[i]?.amount)) throw new Error("assertion failed: an amount is an integer from 1 to 2^53 - 1");
  if (command.lines.length < 2) throw new Error("assertion failed: an entry has two lines or more");
}
