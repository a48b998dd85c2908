import type { ReportTable } from "./domain/report-table.ts";
import { statementTable } from "./domain/statement-table.ts";
import { trialBalanceTable } from "./domain/trial-balance-table.ts";
import type { getBalanceSheet } from "./get-balance-sheet.ts";
import type { getProfitAndLoss } from "./get-profit-and-loss.ts";
import type { getTrialBalance } from "./get-trial-balance.ts";

/** A report as a file: its name, and its contents. */
export interface ReportFile {
  readonly name: string;
  readonly table: ReportTable;
}

export function trialBalanceFile(report: Awaited<ReturnType<typeof getTrialBalance>>): ReportFile {
  return dayFile(report, trialBalanceTable(report.currency, report));
}

export function profitAndLossFile(report: Awaited<ReturnType<typeof getProfitAndLoss>>): ReportFile {
  return periodFile(report, statementTable(report.currency, report));
}

export function balanceSheetFile(report: Awaited<ReturnType<typeof getBalanceSheet>>): ReportFile {
  return dayFile(report, statementTable(report.currency, report));
}

function dayFile({ report, asOf }: { readonly report: string; readonly asOf: string }, table: ReportTable): ReportFile {
  return { name: `${report}-${asOf}.csv`, table };
}

export function periodFile(
  { report, period }: { readonly report: string; readonly period: { readonly startDate: string; readonly endDate: string } },
  table: ReportTable,
): ReportFile {
  return { name: `${report}-${period.startDate}-to-${period.endDate}.csv`, table };
}
