import { reportFileLinesMax, reportLinesAtOnce } from "../../kernel/bounds.ts";
import type { OperationContext } from "../../operation/context.ts";
import { filtersOf, invalidParameter } from "../../operation/page.ts";
import { refusal } from "../../platform/refused.ts";
import { generalLedgerTable } from "./domain/general-ledger-table.ts";
import { readGeneralLedger } from "./get-general-ledger.ts";
import { periodFile, type ReportFile } from "./report-files.ts";
import type { GeneralLedgerQuery } from "./schemas.ts";

/** The general ledger as one file, whole or not at all: gathered page by page, all as known when the first was read. */
export async function getGeneralLedgerFile(context: OperationContext, entityId: string, query: GeneralLedgerQuery): Promise<ReportFile> {
  for (const name of ["limit", "pageSize", "cursor"] as const)
    if (query[name] !== undefined) throw invalidParameter(name, "A CSV file is whole; only format=json comes in pages.");
  const filter = filtersOf(query);
  const page = { limit: reportLinesAtOnce, from: undefined };
  const first = await readGeneralLedger(context, entityId, filter, page);
  if (first.lineCountCapped) throw tooLarge("lines");
  const accounts = [...first.accounts];
  for (let { continuation } = first; continuation !== undefined; ) {
    const next = await readGeneralLedger(context, entityId, filter, { ...page, from: continuation });
    accounts.push(...next.accounts);
    if (accounts.length > reportFileLinesMax) throw tooLarge("accounts");
    continuation = next.continuation;
  }
  return periodFile(first, generalLedgerTable(first.currency, accounts));
}

function tooLarge(what: "lines" | "accounts") {
  return refusal(
    "REPORT_TOO_LARGE",
    `A file holds at most ${reportFileLinesMax} ${what}, and the general ledger has more between these days. Ask for a shorter period, for one account, or for format=json, which comes in pages.`,
  );
}
