import type { AccountType } from "../../../kernel/account-type.ts";
import { present } from "../../../kernel/assert.ts";
import { type DayNumber, dateOfDay, dayOf } from "../../../kernel/calendar-date.ts";
import { failure } from "../../../kernel/failures.ts";
import type { Writable } from "../../../kernel/writable.ts";
import { type Account, normalSign } from "../../domain/account.ts";
import { draftById, entryById, holdById } from "../../domain/recorded-entry.ts";
import type { Head, OpenGroupHold, Query, ReadOutcome, TurnoversView } from "../../rpc.ts";
import { describeEntries } from "../answers/describe-entries.ts";
import { type Described, describedView } from "../answers/described.ts";
import { describingOf } from "../answers/describing.ts";
import { holdView } from "../answers/unposted-views.ts";
import { accountView, lockView, sharedText } from "../answers/views.ts";
import { visitRange } from "../index/sorted-source.ts";
import { acrossGenerations } from "../state/across-generations.ts";
import { dayOfAccountDay, itemsUpTo, linesOfAccount } from "../state/record-keys.ts";
import { accountById, type StoredState } from "../state/stored-state.ts";
import { unpostedWithin } from "../state/unposted-within.ts";
import { balancesOutcome, balanceText, noSums } from "./balances.ts";
import { entriesOutcome, unknownAccount } from "./entry-list.ts";
import { generalLedgerOutcome } from "./general-ledger.ts";
import { linesOutcome } from "./line-list.ts";
import { type Sums, sumsAt, sumsAtEach } from "./sums.ts";
import { describeDrafts, holdsOutcome } from "./unposted-lists.ts";

const notFound: ReadOutcome = { ok: false, failure: failure("NOT_FOUND", "Nothing with this id exists in the site.") };

function found(body: string): ReadOutcome {
  return { ok: true, body };
}

function foundResource({ text, made }: Described): ReadOutcome {
  return made === null ? found(text) : { ok: true, body: text, made };
}

export function answerQuery(sql: SqlStorage, state: StoredState, head: Head, query: Query): ReadOutcome {
  switch (query.kind) {
    case "balance": {
      const account = accountById(state, query.accountId);
      if (account === undefined) return notFound;
      return found(balanceText(sql, state, account, query.asOf, query.knownAt));
    }
    case "balances":
      return balancesOutcome(sql, state, query);
    case "balance_history": {
      const account = accountById(state, query.accountId);
      return account === undefined ? notFound : found(historyText(sql, state, account, query.days, query.knownAt));
    }
    case "lines": {
      const account = query.accountId === undefined ? undefined : accountById(state, query.accountId);
      if (query.accountId !== undefined && account === undefined) return notFound;
      return linesOutcome(sql, state, account, query);
    }
    case "entries":
      return entriesOutcome(sql, state, query);
    case "entry": {
      const entry = entryById(state, query.entryId);
      if (entry !== undefined)
        return foundResource(present(describeEntries(sql, state, [entry.sequence], state.sequence)[0], "the entry can be described"));
      const draft = query.postedOnly ? undefined : draftById(state, query.entryId);
      return draft === undefined
        ? notFound
        : foundResource(present(describeDrafts(state, [draft.no]).get(draft.no), "the draft can be described"));
    }
    case "hold": {
      const hold = holdById(state, query.holdId);
      return hold === undefined ? notFound : foundResource(describedView(holdView(describingOf(state, state.sequence), hold.no)));
    }
    case "holds":
      return holdsOutcome(sql, state, query, unknownAccount);
    case "account": {
      const account = accountById(state, query.accountId);
      return account === undefined ? notFound : foundResource(describedView(accountView(state.identity, account)));
    }
    case "accounts": {
      const views = query.accountIds.map((id) => accountById(state, id)).filter((account) => account !== undefined);
      return found(JSON.stringify(views.map((account) => accountView(state.identity, account))));
    }
    case "approval_policy":
      return found(JSON.stringify({ policy: state.policy }));
    case "shared_record":
      return found(sharedText(state));
    case "unposted_within":
      return found(JSON.stringify(unpostedWithin(sql, query, state.identity.number)));
    case "period_locks":
      return found(JSON.stringify(state.locks.map(lockView)));
    case "totals":
      return found(totalsText(sql, state, query));
    case "turnovers":
      return found(JSON.stringify(turnoversOf(sql, state, query)));
    case "general_ledger":
      return generalLedgerOutcome(sql, state, query);
    case "open_group_holds":
      return found(JSON.stringify(openGroupHolds(state, query.after, query.limit)));
    case "head":
      return found(JSON.stringify(head));
  }
}

function openGroupHolds(state: StoredState, after: number, limit: number): readonly OpenGroupHold[] {
  return state.unposted
    .openGroupHolds(after, limit)
    .flatMap(({ no, id, fact: { groupId, placedBy } }) =>
      groupId === null ? [] : [{ sequence: no, holdId: id, groupId, placedBy: placedBy.id }],
    );
}

/** The balance at the end of each of the days, which come in order. */
function historyText(
  sql: SqlStorage,
  state: StoredState,
  account: Account,
  days: readonly DayNumber[],
  knownAt: number | undefined,
): string {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return "[]";
  const opening = sumsAt(sql, state, { day: first, knownAt }, [account.no]).get(account.no) ?? noSums;
  const sign = BigInt(normalSign(account.type));
  const byDay = turnoverByDay(state, account.no, first + 1, last, knownAt);
  let { debits, credits } = opening;
  let i = 0;
  const points = days.map((end) => {
    for (let row = byDay[i]; row !== undefined && row.day <= end; row = byDay[++i]) {
      debits += row.debits;
      credits += row.credits;
    }
    return `{"date":"${dateOfDay(end)}","debits":${debits},"credits":${credits},"balance":${(debits - credits) * sign}}`;
  });
  return `[${points.join(",")}]`;
}

interface DayTurnover {
  readonly day: DayNumber;
  readonly debits: bigint;
  readonly credits: bigint;
}

/** What was debited and credited on each of an account's days, in order. A day that several generations have comes as often. */
function turnoverByDay(
  state: StoredState,
  account: number,
  from: DayNumber,
  to: DayNumber,
  knownAt = state.sequence,
): readonly DayTurnover[] {
  return acrossGenerations(
    state,
    { knownAt, accounts: [account] },
    (_, knownThen) => ({ kind: "turnover_by_day", account, from, to, knownAt: knownThen }),
    (answers) => {
      const own = ownTurnoverByDay(state, account, from, to, knownAt);
      if (answers.length === 0) return own;
      const earlier = answers.flat().map(([day, debits, credits]) => ({ day, debits: BigInt(debits), credits: BigInt(credits) }));
      return [...earlier, ...own].sort((a, b) => a.day - b.day);
    },
  );
}

/** The same of this generation's own log. */
export function ownTurnoverByDay(
  state: StoredState,
  account: number,
  from: DayNumber,
  to: DayNumber,
  knownAt: number | undefined,
): DayTurnover[] {
  const itemsBelow = itemsUpTo(knownAt);
  const days = new Map<number, Writable<DayTurnover>>();
  for (const source of state.index.sources("line")) {
    visitRange(source, linesOfAccount(account, from, to), ([places, items, amounts], start, end) => {
      let turnover: Writable<DayTurnover> | undefined;
      let last = -1;
      for (let i = start; i < end; i++) {
        if ((items?.[i] ?? 0) >= itemsBelow) continue;
        const place = places?.[i] ?? 0;
        if (place !== last) {
          last = place;
          turnover = days.get(place) ?? { day: dayOfAccountDay(place), debits: 0n, credits: 0n };
          days.set(place, turnover);
        }
        const amount = amounts?.[i] ?? 0;
        if (turnover === undefined) continue;
        if (amount > 0) turnover.debits += BigInt(amount);
        else turnover.credits -= BigInt(amount);
      }
    });
  }
  return [...days.values()].sort((a, b) => a.day - b.day);
}

function totalsText(sql: SqlStorage, state: StoredState, query: Extract<Query, { kind: "totals" }>): string {
  const before = query.before === undefined ? [] : [dayOf(query.before) - 1];
  const sums = sumsAtEach(sql, state, [...before, query.asOf === undefined ? undefined : dayOf(query.asOf)], query.knownAt);
  const closing = present(sums.at(-1), "the end has its sums");
  const opening = sums.length === 1 ? new Map<number, Sums>() : present(sums[0], "the start has its sums");
  const rows: string[] = [];
  type Row = { no: number; id: string; code: string; type: AccountType; name: string };
  for (const row of sql.exec<Row>(
    "SELECT no, id, code, type, description ->> '$.name' AS name FROM account WHERE status <> 'deleted' ORDER BY code",
  )) {
    const end = closing.get(row.no) ?? (query.includeUnused ? noSums : undefined);
    if (end === undefined) continue;
    const start = opening.get(row.no) ?? noSums;
    rows.push(
      `{"accountId":"${row.id}","code":${JSON.stringify(row.code)},"type":"${row.type}","name":${JSON.stringify(row.name)},"openingDebits":"${start.debits}","openingCredits":"${start.credits}","debits":"${end.debits - start.debits}","credits":"${end.credits - start.credits}"}`,
    );
  }
  return `{"sequence":${state.sequence},"accounts":[${rows.join(",")}]}`;
}

/** Two ends a period: what stood at its end less what stood before it. Periods that meet share an end. */
function turnoversOf(sql: SqlStorage, state: StoredState, query: Extract<Query, { kind: "turnovers" }>): TurnoversView {
  const periods = query.periods.map(({ startDate, endDate }) => ({ before: dayOf(startDate) - 1, at: dayOf(endDate) }));
  const days = [...new Set(periods.flatMap(({ before, at }) => [before, at]))].sort((a, b) => a - b);
  const known = sumsAtEach(sql, state, days, query.knownAt);
  const sumsOn = (end: DayNumber) => present(known[days.indexOf(end)], "every end is among the days");
  const ends = periods.map(({ before, at }) => ({ before: sumsOn(before), at: sumsOn(at) }));
  const rows = sql
    .exec<ReportedAccount>(
      `SELECT no, id, code, type, description ->> '$.name' AS name, description ->> '$.parentId' AS parent_id, role FROM account
       WHERE status <> 'deleted' AND type IN (SELECT value FROM json_each(?)) ORDER BY code`,
      JSON.stringify(query.types),
    )
    .toArray();
  const used = ({ no }: ReportedAccount) => ends.some(({ at }) => at.has(no));
  const shown = query.includeUnused ? rows : withThoseAbove(rows, used);
  return {
    sequence: state.sequence,
    accounts: shown.map(({ no, id, code, type, name, parent_id, role }) => {
      const turnover = ends.map(({ before, at }) => {
        const [start, end] = [before.get(no) ?? noSums, at.get(no) ?? noSums];
        return { debits: String(end.debits - start.debits), credits: String(end.credits - start.credits) };
      });
      return {
        accountId: id,
        code,
        type,
        name,
        parentId: parent_id,
        role,
        debits: turnover.map(({ debits }) => debits),
        credits: turnover.map(({ credits }) => credits),
      };
    }),
  };
}

type ReportedAccount = {
  no: number;
  id: string;
  code: string;
  type: AccountType;
  name: string;
  parent_id: string | null;
  role: string | null;
};

function withThoseAbove(rows: readonly ReportedAccount[], isUsed: (row: ReportedAccount) => boolean): ReportedAccount[] {
  const parents = new Map(rows.map(({ id, parent_id }) => [id, parent_id]));
  const shown = new Set<string>();
  for (const row of rows) {
    if (!isUsed(row)) continue;
    for (let id: string | null | undefined = row.id; id && !shown.has(id); id = parents.get(id)) shown.add(id);
  }
  return rows.filter(({ id }) => shown.has(id));
}
