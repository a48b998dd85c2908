import { type AccountType, isTemporary } from "../../../kernel/account-type.ts";
import { present } from "../../../kernel/assert.ts";
import { reportFileLinesMax } from "../../../kernel/bounds.ts";
import { type DayNumber, dayOf } from "../../../kernel/calendar-date.ts";
import { type Account, codeAt } from "../../domain/account.ts";
import type { EntryPosted } from "../../domain/fact.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import type { GeneralLedgerAccountView, GeneralLedgerLineView, GeneralLedgerView, Query, ReadOutcome } from "../../rpc.ts";
import { entryId } from "../answers/views.ts";
import { beyond, inOrder, type Key, type SortedSource } from "../index/sorted-source.ts";
import { acrossGenerations } from "../state/across-generations.ts";
import type { AnswerTo, Question } from "../state/earlier.ts";
import { itemsUpTo, linesOfAccount, numberOfItem, sequenceOfItem } from "../state/record-keys.ts";
import { accountById, type StoredState } from "../state/stored-state.ts";
import { unknownAccount } from "./entry-list.ts";
import { countLinesAcross } from "./line-list.ts";
import { type Sums, sumsAtEach } from "./sums.ts";

type GeneralLedgerQuery = Extract<Query, { kind: "general_ledger" }>;

/** An account with its code as known at the sequence that is asked for: an order that no change of a code moves between two pages. */
interface ListedAccount {
  readonly no: number;
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
  readonly deleted: boolean;
}

interface Figures {
  readonly opening: bigint;
  readonly debits: bigint;
  readonly credits: bigint;
}

interface IndexedLine {
  readonly key: Key;
  readonly amount: number;
}

/** Where a page ended: after all of an account, or after one of its lines with what stood there. */
interface LinePosition {
  readonly no: number;
  readonly line?: { readonly key: Key; readonly balance: bigint };
}

type PagedAccount = Omit<GeneralLedgerAccountView, "lines"> & { readonly lines: readonly IndexedLine[] };

/**
 * A page of accounts with their lines, oldest first, and what stood on each before and after.
 * It carries on the running balance from the page before, so that a page costs what it shows, however many lines of a day came before it.
 */
export function generalLedgerOutcome(sql: SqlStorage, state: StoredState, query: GeneralLedgerQuery): ReadOutcome {
  const only = query.accountId === undefined ? undefined : accountById(state, query.accountId);
  if (query.accountId !== undefined && only === undefined) return unknownAccount;
  const knownAt = Math.min(query.knownAt ?? state.sequence, state.sequence);
  const asKnown = { ...query, knownAt };
  const { paged, after, heldBefore } = pageOf(sql, state, only, asKnown);
  const lineOf = lineDescriber(sql, state, paged, knownAt);
  const { count, capped } = countLinesAcross(state, only, asKnown, reportFileLinesMax);
  const view: GeneralLedgerView = {
    sequence: knownAt,
    lineCount: count,
    lineCountCapped: capped,
    accounts: paged.map((account) => ({ ...account, lines: account.lines.map(lineOf) })),
    heldBefore: heldBefore === undefined ? null : String(heldBefore),
    after: after === undefined ? null : positionText(after),
  };
  return { ok: true, body: JSON.stringify(view) };
}

type AsKnown = GeneralLedgerQuery & { readonly knownAt: number };

function pageOf(
  sql: SqlStorage,
  state: StoredState,
  only: Account | undefined,
  query: AsKnown,
): { readonly paged: readonly PagedAccount[]; readonly after: LinePosition | undefined; readonly heldBefore: bigint | undefined } {
  const accounts = only === undefined ? accountsAt(sql, query.knownAt) : [listed(only, query.knownAt)];
  const figures = figuresOf(sql, state, accounts, query);
  const sources = state.index.sources("line");
  const from = query.after === undefined ? undefined : positionOf(query.after);
  const remaining = from === undefined ? accounts : accountsFrom(accounts, from);
  const earlier = state.earlier.generations.length === 0 ? noneEarlier : earlierLines(state, remaining, figures, from, query);
  const paged: PagedAccount[] = [];
  let left = query.limit;
  let last: LinePosition | undefined;
  for (const account of remaining) {
    const { opening, debits, credits } = figures.figuresOf(account);
    const hasLines = debits !== 0n || credits !== 0n;
    const isShown = hasLines || opening !== 0n || query.includeUnused || only !== undefined;
    if (account.deleted || !isShown) continue;
    if (left === 0) return { paged, after: last, heldBefore: undefined };
    const begun = from?.no === account.no ? from.line : undefined;
    const own = hasLines ? linesAfter(sources, account.no, begun?.key, query, left + 1) : [];
    const found = inOneOrder(own, earlier.get(account.no) ?? [], left + 1);
    const lines = found.slice(0, left);
    const continues = found.length > lines.length;
    const before = begun?.balance ?? opening;
    const { id: accountId, code, name, type } = account;
    const shown = { accountId, code, name, type, opening: String(opening), debits: String(debits), credits: String(credits) };
    paged.push({ ...shown, before: String(before), continued: begun !== undefined, continues, lines });
    const key = lines.at(-1)?.key;
    if (continues && key !== undefined) {
      const balance = lines.reduce((sum, { amount }) => sum + BigInt(amount), before);
      return { paged, after: { no: account.no, line: { key, balance } }, heldBefore: undefined };
    }
    left -= Math.max(lines.length, 1);
    last = { no: account.no };
  }
  const isPartial = query.temporaryFrom !== undefined && only === undefined;
  return { paged, after: undefined, heldBefore: isPartial ? figures.heldBefore() : undefined };
}

/** An account that a page has shown is still there: what is known at a sequence stays in its order. */
function accountsFrom(accounts: readonly ListedAccount[], { no, line }: LinePosition): readonly ListedAccount[] {
  const at = accounts.findIndex((account) => account.no === no);
  if (at === -1) throw new Error("assertion failed: the account that a page ended with is listed");
  return accounts.slice(line === undefined ? at + 1 : at);
}

function accountsAt(sql: SqlStorage, knownAt: number): ListedAccount[] {
  type Row = { no: number; id: string; code: string; name: string; type: AccountType; status: string; former_codes: string };
  return sql
    .exec<Row>("SELECT no, id, code, description ->> '$.name' AS name, type, status, former_codes FROM account WHERE no <= ?", knownAt)
    .toArray()
    .map(({ no, id, code, name, type, status, former_codes }) => ({
      no,
      id,
      code: former_codes === "[]" ? code : codeAt({ code, formerCodes: JSON.parse(former_codes) }, knownAt),
      name,
      type,
      deleted: status === "deleted",
    }))
    .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.no - b.no));
}

function listed(account: Account, knownAt: number): ListedAccount {
  const { no, id, type, description } = account;
  return { no, id, code: codeAt(account, knownAt), name: description.name, type, deleted: false };
}

/** What accounts opened with and turned over. Asked for the first by itself, because it often fills the page; for the second for all of them in one pass. */
function figuresOf(sql: SqlStorage, state: StoredState, accounts: readonly ListedAccount[], query: AsKnown) {
  const start = dayOf(query.startDate) - 1;
  const end = dayOf(query.endDate);
  const reset = query.temporaryFrom === undefined ? undefined : dayOf(query.temporaryFrom) - 1;
  const days = [...new Set([...(reset === undefined ? [] : [reset]), start, end])].sort((a, b) => a - b);
  const known = new Map<number, readonly Map<number, Sums>[]>();
  let all: readonly Map<number, Sums>[] | undefined;
  const sumsOfAll = () => {
    all ??= sumsAtEach(sql, state, days, query.knownAt);
    return all;
  };
  const sumsOf = (no: number) => {
    if (all === undefined && known.size === 0) known.set(no, sumsAtEach(sql, state, days, query.knownAt, [no]));
    return known.get(no) ?? sumsOfAll();
  };
  const on = (sums: readonly Map<number, Sums>[], no: number, day: DayNumber): Sums => sums[days.indexOf(day)]?.get(no) ?? noSums;
  const heldAt = (sums: readonly Map<number, Sums>[], no: number, day: DayNumber) => {
    const { debits, credits } = on(sums, no, day);
    return debits - credits;
  };
  return {
    figuresOf({ no, type }: ListedAccount): Figures {
      const sums = sumsOf(no);
      const [before, at] = [on(sums, no, start), on(sums, no, end)];
      const forgotten = reset !== undefined && isTemporary(type) ? heldAt(sums, no, reset) : 0n;
      return {
        opening: before.debits - before.credits - forgotten,
        debits: at.debits - before.debits,
        credits: at.credits - before.credits,
      };
    },
    /** What revenue and expense accounts had when they were reset. */
    heldBefore(): bigint {
      if (reset === undefined) return 0n;
      const temporary = accounts.filter(({ type }) => isTemporary(type));
      return temporary.reduce((sum, { no }) => sum + heldAt(sumsOfAll(), no, reset), 0n);
    },
  };
}

const noSums: Sums = { debits: 0n, credits: 0n };

const noneEarlier: ReadonlyMap<number, readonly IndexedLine[]> = new Map();

/** The lines that earlier generations have for the page: of the first accounts that have any, no more than fill it. */
function earlierLines(
  state: StoredState,
  accounts: readonly ListedAccount[],
  figures: { figuresOf(account: ListedAccount): Figures },
  from: LinePosition | undefined,
  query: AsKnown,
): ReadonlyMap<number, readonly IndexedLine[]> {
  const asked: number[] = [];
  for (const account of accounts) {
    if (asked.length > query.limit) break;
    const { debits, credits } = figures.figuresOf(account);
    if (!account.deleted && (debits !== 0n || credits !== 0n)) asked.push(account.no);
  }
  const { startDate, endDate, knownAt, limit } = query;
  const after = from?.line?.key ?? null;
  return acrossGenerations(
    state,
    { knownAt, accounts: asked },
    (_, knownThen) => ({ kind: "account_lines", accounts: asked, after, startDate, endDate, knownAt: knownThen, wanted: limit + 1 }),
    (answers) => {
      const lines = new Map<number, IndexedLine[]>();
      for (const [account, place, item, amount] of answers.flat()) {
        const own = lines.get(account) ?? [];
        own.push({ key: [place, item], amount });
        lines.set(account, own);
      }
      return lines;
    },
  );
}

/** The first lines of accounts one after the other, of this generation's own log: [account, place, item, amount]. `after`: in the first of them. */
export function ownAccountLines(
  state: StoredState,
  { accounts, after, startDate, endDate, knownAt, wanted }: Question<"account_lines">,
): AnswerTo<"account_lines"> {
  const sources = state.index.sources("line");
  const rows: (readonly [number, number, number, number])[] = [];
  for (const [i, account] of accounts.entries()) {
    if (rows.length >= wanted) break;
    const key = i === 0 ? (after ?? undefined) : undefined;
    const found = linesAfter(sources, account, key, { startDate, endDate, knownAt }, wanted - rows.length);
    for (const line of found) rows.push([account, ...line.key, line.amount]);
  }
  return rows;
}

function inOneOrder(own: readonly IndexedLine[], earlier: readonly IndexedLine[], max: number): readonly IndexedLine[] {
  if (earlier.length === 0) return own;
  return [...earlier, ...own].sort((x, y) => x.key[0] - y.key[0] || x.key[1] - y.key[1]).slice(0, max);
}

function linesAfter(
  sources: readonly SortedSource[],
  account: number,
  key: Key | undefined,
  query: Pick<AsKnown, "startDate" | "endDate" | "knownAt">,
  wanted: number,
): IndexedLine[] {
  const range = beyond(linesOfAccount(account, dayOf(query.startDate), dayOf(query.endDate)), key, "asc");
  const itemsBelow = itemsUpTo(query.knownAt);
  const lines: IndexedLine[] = [];
  for (const [place = 0, item = 0, amount = 0] of inOrder(sources, range, "asc")) {
    if (item >= itemsBelow) continue;
    lines.push({ key: [place, item], amount });
    if (lines.length === wanted) break;
  }
  return lines;
}

/** Reads the entries of a page's lines together, and describes each line from its own. */
function lineDescriber(sql: SqlStorage, state: StoredState, paged: readonly PagedAccount[], knownAt: number) {
  const sequences = [...new Set(paged.flatMap(({ lines }) => lines.map(({ key }) => sequenceOfItem(key[1]))))];
  const voided = voidedAmong(sql, state, sequences, knownAt);
  const idOf = (account: number) => present(state.account(account), "a line's account exists").id;
  const entries = new Map(
    state.rows(sequences).map(({ seq, body, context }) => {
      // The index has lines of entries only.
      const fact = decodeFact(body) as EntryPosted;
      const side = (isDebit: boolean) =>
        [...new Set(fact.lines.filter(({ amount }) => amount > 0 === isDebit).map(({ account }) => account))].map(idOf);
      const described = {
        journalEntryId: fact.draftId ?? entryId(state.identity, context.atMs, seq),
        date: fact.date,
        sequence: seq,
        description: fact.description,
        reference: fact.reference,
        voided: voided.has(seq) || (fact.void && fact.reversalOf !== null),
        source: fact.source ?? { type: "api", id: null },
      };
      return [seq, { fact, described, debited: side(true), credited: side(false) }] as const;
    }),
  );
  return ({ key: [, item], amount }: IndexedLine): GeneralLedgerLineView => {
    const { fact, described, debited, credited } = present(entries.get(sequenceOfItem(item)), "a line's entry is in the journal");
    const lineNo = numberOfItem(item);
    const { memo, contactId } = present(fact.lines[lineNo - 1], "a line has its place in the entry");
    return { ...described, lineNo, memo, contactId, counterAccountIds: amount > 0 ? credited : debited, amount };
  };
}

function voidedAmong(sql: SqlStorage, state: StoredState, sequences: readonly number[], knownAt: number): ReadonlySet<number> {
  const rows = sql.exec<{ original: number }>(
    "SELECT r.original AS original FROM json_each(?) s JOIN reversal r ON r.original = s.value WHERE r.void = 1 AND r.reversal <= ?",
    JSON.stringify(sequences),
    knownAt,
  );
  const voided = new Set(rows.toArray().map(({ original }) => original));
  state.prepare(sequences);
  for (const sequence of sequences) {
    const reversal = sequence < state.firstSequence ? state.earlier.fact(sequence)?.reversal : undefined;
    if (reversal?.void === 1 && reversal.seq <= knownAt) voided.add(sequence);
  }
  return voided;
}

function positionText({ no, line }: LinePosition): string {
  return line === undefined ? String(no) : [no, ...line.key, line.balance].join(",");
}

/** The inverse of `positionText`: the edge gives back what it was given. */
function positionOf(text: string): LinePosition {
  const [no = "", a, b, balance] = text.split(",");
  if (a === undefined || b === undefined || balance === undefined) return { no: Number(no) };
  return { no: Number(no), line: { key: [Number(a), Number(b)], balance: BigInt(balance) } };
}
