/** What a generation that is behind answers to a later one, of its own log alone. */
import type { Account } from "../../domain/account.ts";
import { earlierRow } from "../log/journal.ts";
import { pageOfAll, reversalsOf } from "../reads/entry-list.ts";
import { ownAccountLines } from "../reads/general-ledger.ts";
import { amountBefore, ownKeys, ownLineCount } from "../reads/line-list.ts";
import { ownTurnoverByDay } from "../reads/queries.ts";
import { ownSums } from "../reads/sums.ts";
import { holdPositions, ownPendingAt } from "../reads/unposted-lists.ts";
import { type AnswerTo, alone, type EarlierFact, type Question, type QuestionKind, type SumRows } from "../state/earlier.ts";
import type { StoredState } from "../state/stored-state.ts";
import type { DraftRow, HoldRow } from "../state/unposted.ts";

type Answered = Exclude<QuestionKind, "replay">;

/** Rows in one answer, together: a stub takes 32 MB. */
const bytesAtOnce = 4 * 1024 * 1024;

/** The answer to a question, as JSON. */
export function answerEarlier(sql: SqlStorage, state: StoredState, question: Question<Answered>): string {
  const { earlier } = state;
  state.earlier = alone;
  state.isBehind = true;
  try {
    return JSON.stringify(answerOf(sql, state, question));
  } finally {
    state.earlier = earlier;
    state.isBehind = false;
  }
}

function answerOf(sql: SqlStorage, state: StoredState, question: Question<Answered>): AnswerTo<Answered> {
  const accountOf = (no: number | null): Account | undefined => (no === null ? undefined : state.account(no));
  switch (question.kind) {
    case "facts":
      return factsOf(sql, question.sequences);
    case "sums": {
      const days = question.days.map((day) => day ?? undefined);
      return ownSums(sql, state, days, question.knownAt, question.accounts ?? undefined).map(rowsOf);
    }
    case "turnover_by_day":
      return turnoverRows(state, question);
    case "amount_before":
      return String(amountBefore(state, question.account, question.day, question.key, question.knownAt));
    case "account_lines":
      return ownAccountLines(state, question);
    case "line_count":
      return ownLineCount(state, accountOf(question.account), question.query, question.countMax);
    case "line_keys":
      return ownKeys(sql, state, accountOf(question.account), question.query);
    case "entry_places":
      return pageOfAll(sql, state, accountOf(question.account), question.query, question.reversed);
    case "hold_places":
      return holdPositions(sql, state, accountOf(question.account), question.query);
    case "reversals":
      return reversalsOf(sql, question.from, question.to);
    case "pending":
      return ownPendingAt(sql, question.account, question.knownAt);
  }
}

function turnoverRows(state: StoredState, { account, from, to, knownAt }: Question<"turnover_by_day">): AnswerTo<"turnover_by_day"> {
  return ownTurnoverByDay(state, account, from, to, knownAt).map(({ day, debits, credits }) => [day, String(debits), String(credits)]);
}

function rowsOf(sums: ReadonlyMap<number, { readonly debits: bigint; readonly credits: bigint }>): SumRows {
  return Array.from(sums, ([account, { debits, credits }]) => [account, String(debits), String(credits)]);
}

/** As many of the facts, from the first, as an answer holds: one at least. */
function factsOf(sql: SqlStorage, sequences: readonly number[]): EarlierFact[] {
  const facts: EarlierFact[] = [];
  let bytes = 0;
  for (const seq of sequences) {
    if (bytes > bytesAtOnce) break;
    const fact = factOf(sql, seq);
    bytes += fact.row?.body.length ?? 0;
    facts.push(fact);
  }
  return facts;
}

function factOf(sql: SqlStorage, seq: number): EarlierFact {
  const one = <T extends Record<string, SqlStorageValue>>(query: string) => sql.exec<T>(query, seq).toArray()[0] ?? null;
  return {
    seq,
    row: earlierRow(sql, seq) ?? null,
    reversal: one<{ seq: number; void: number }>("SELECT reversal AS seq, void FROM reversal WHERE original = ?"),
    references: sql
      .exec<{ seq: number; reference: string }>("SELECT seq, reference FROM posting_reference WHERE entry = ? ORDER BY seq", seq)
      .toArray()
      .map((row) => [row.seq, row.reference]),
    // What is open has gone on to the next generation, which knows how it stands.
    draft: one<DraftRow>("SELECT no, at, status, saved, content, entry FROM draft WHERE no = ? AND status IN ('posted', 'voided')"),
    hold: one<HoldRow>("SELECT no, at, status, resolved FROM hold WHERE no = ? AND status <> 'open'"),
  };
}
