import { dateOfDay, dayOf, fiscalYearStartOf } from "../../kernel/calendar-date.ts";
import { instant } from "../../kernel/clock.ts";
import type { Whole } from "../../kernel/whole.ts";
import type { GeneralLedgerView } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { filtersOf, invalidParameter, readPage } from "../../operation/page.ts";
import { type LedgerChoice, ledgerInContext } from "../ledgers/index.ts";
import { type AccountPage, generalLedger, priorYearsEarnings } from "./domain/general-ledger.ts";
import { reportHead } from "./report-head.ts";
import type { GeneralLedgerFilter, GeneralLedgerQuery } from "./schemas.ts";

/** Where the next page begins, and what the first one showed: the same books and the same days, whatever is posted and whatever day it is meanwhile. */
interface Continuation {
  readonly after: string;
  readonly knownAt: number;
  readonly startDate: string;
  readonly endDate: string;
}

/** A page of the general ledger, in the envelope of all reports. Figures are bigint: write it with `answerExact`. */
export async function getGeneralLedger(context: OperationContext, entityId: string, query: GeneralLedgerQuery) {
  const filter = filtersOf(query);
  const filters = { ...filter, entityId };
  const page = readPage(context, query, { list: "general-ledger", sorts: ["code"], direction: "asc", filters });
  const { continuation, lineCount, lineCountCapped, ...report } = await readGeneralLedger(context, entityId, filter, {
    limit: page.limit,
    // Positions of this list are those written below, and signed.
    from:
      page.after && ({ after: page.after[0], knownAt: page.after[1], startDate: page.after[2], endDate: page.after[3] } as Continuation),
  });
  return {
    ...report,
    totalCount: lineCount,
    ...(lineCountCapped ? { totalCountCapped: true } : {}),
    hasMore: continuation !== undefined,
    nextCursor:
      continuation === undefined
        ? null
        : page.cursorAt([continuation.after, continuation.knownAt, continuation.startDate, continuation.endDate]),
  };
}

/** The general ledger from its start or from where a page ended, so many lines of it, and where the next page begins. */
export async function readGeneralLedger(
  context: OperationContext,
  entityId: string,
  filter: GeneralLedgerFilter,
  page: { readonly limit: number; readonly from: Continuation | undefined },
) {
  filter satisfies Whole<
    GeneralLedgerFilter,
    keyof LedgerChoice | "startDate" | "endDate" | "accountId" | "pnl" | "knownAt" | "includeZero" | "format"
  >;
  const ledger = await ledgerInContext(context, { entityId, ledgerId: filter.ledgerId, currency: filter.currency }, "query");
  const now = context.clock();
  const yearStartOf = (date: string) => dateOfDay(fiscalYearStartOf(dayOf(date), ledger.fiscalYearStart));
  const endDate = page.from?.endDate ?? filter.endDate ?? instant(now).slice(0, 10);
  const startDate = page.from?.startDate ?? filter.startDate ?? yearStartOf(endDate);
  if (startDate > endDate)
    throw invalidParameter("startDate", filter.startDate === undefined ? "The fiscal year begins after endDate." : "It is after endDate.");
  const fiscalYearStart = yearStartOf(startDate);
  const knownAt = page.from?.knownAt ?? filter.knownAt;
  const view = await context.ledger(ledger.number).read<GeneralLedgerView>({
    kind: "general_ledger",
    startDate,
    endDate,
    includeUnused: filter.includeZero,
    limit: page.limit,
    ...(filter.pnl === "fiscalYear" ? { temporaryFrom: fiscalYearStart } : {}),
    ...(filter.accountId === undefined ? {} : { accountId: filter.accountId }),
    ...(knownAt === undefined ? {} : { knownAt }),
    ...(page.from === undefined ? {} : { after: page.from.after }),
  });
  const { accounts, checks } = generalLedger(view.accounts.map(accountPageOf));
  const prior = view.heldBefore === null ? undefined : priorYearsEarnings(BigInt(view.heldBefore));
  const showsPrior = prior !== undefined && (filter.includeZero || prior.openingBalanceCents !== 0n);
  const continuation: Continuation | undefined =
    view.after === null ? undefined : { after: view.after, knownAt: view.sequence, startDate, endDate };
  return {
    ...reportHead("general-ledger", ledger, { sequence: view.sequence, knownAt, nowMs: now }),
    period: { startDate, endDate },
    fiscalYearStart,
    filters: {
      accountId: filter.accountId ?? null,
      pnl: filter.pnl,
      includeZero: filter.includeZero,
      knownAt: filter.knownAt ?? null,
    },
    accounts: showsPrior ? [...accounts, prior] : accounts,
    checks,
    lineCount: view.lineCount,
    lineCountCapped: view.lineCountCapped,
    continuation,
  };
}

function accountPageOf(account: GeneralLedgerView["accounts"][number]): AccountPage<(typeof account.lines)[number]> {
  const { opening, debits, credits, before } = account;
  return { ...account, opening: BigInt(opening), debits: BigInt(debits), credits: BigInt(credits), before: BigInt(before) };
}
