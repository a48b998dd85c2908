import { accountsPerImportMax } from "../../kernel/bounds.ts";
import type { FailureCode } from "../../kernel/failures.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { accepted, type LedgerAnswer, ledgerKey } from "../../operation/ledger-write.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { ledgerInContext } from "../ledgers/index.ts";
import { type AccountRequest, openCommand, requestOfChart } from "./domain/account-commands.ts";
import { type ChartFault, parseChartCsv } from "./domain/chart-csv.ts";
import { faultsAgainst, orderChart } from "./domain/chart-tree.ts";
import { builtInCharts } from "./domain/charts/built-in.ts";
import { openAccounts } from "./open-accounts.ts";
import { ChartRow, type ImportAccountsRequest } from "./schemas.ts";
import { listAccountNodes } from "./store.ts";

/** More faults than this are not listed, and of a file's cells not looked for. */
const faultsListedMax = 1_000;

/** Opens the accounts of a chart, all or none. What is wrong is refused at once, every fault with its row. */
export async function importAccounts(context: OperationContext, entityId: string, request: ImportAccountsRequest): Promise<LedgerAnswer> {
  requirePermission(context, "catalogue:write");
  const ledger = await ledgerInContext(context, { ...request, entityId }, "body");
  const { accounts, rowOf } = chartOf(request);
  const ordered = orderChart(accounts, rowOf);
  if (!ordered.ok) throw faulty(request, ordered.failure);
  const outcome = await openAccounts(context, ledger, ordered.value.map(openCommand), {
    dryRun: request.dryRun,
    ...(request.dryRun ? {} : ledgerKey(context.idempotency)),
  });
  if (outcome.outcome !== "refused" || outcome.replayed) return accepted(outcome);
  // The ledger names the first fault; here all are reported.
  const faults = faultsAgainst(accounts, rowOf, await listAccountNodes(context.db, ledger.id));
  throw faults.length > 0 ? faulty(request, faults, outcome.failure.code) : new Refused(outcome.failure);
}

interface Chart {
  readonly accounts: readonly AccountRequest[];
  /** The row of the file, or the place in the list, of the account with this index. */
  readonly rowOf: (index: number) => number;
}

function chartOf(request: ImportAccountsRequest): Chart {
  if (request.csv !== undefined) return chartOfCsv(request, request.csv);
  const accounts = request.chart ? builtInCharts[request.chart].map(requestOfChart) : (request.accounts ?? []);
  return { accounts, rowOf: (index) => index + 1 };
}

/** The file's rows, checked against the schema of rows in JSON. */
function chartOfCsv(request: ImportAccountsRequest, csv: string): Chart {
  const parsed = parseChartCsv(csv);
  if (!parsed.ok) throw faulty(request, parsed.failure);
  const lines = parsed.value;
  if (lines.length === 0 || lines.length > accountsPerImportMax) {
    throw faulty(request, [
      { row: 1, field: "", code: "csv_rows", message: `The file has ${lines.length} accounts; it may have 1 to ${accountsPerImportMax}.` },
    ]);
  }
  const faults: ChartFault[] = [];
  const accounts: AccountRequest[] = [];
  for (const { line, cells } of lines) {
    const row = ChartRow.safeParse(cells);
    if (row.success) accounts.push(row.data);
    else
      for (const issue of row.error.issues)
        faults.push({ row: line, field: issue.path.join("."), code: issue.code, message: issue.message });
    if (faults.length >= faultsListedMax) break;
  }
  if (faults.length > 0) throw faulty(request, faults);
  return { accounts, rowOf: (index) => lines[index]?.line ?? index + 1 };
}

function faulty(request: ImportAccountsRequest, faults: readonly ChartFault[], code: FailureCode = "VALIDATION_ERROR"): Refused {
  const pointerTo = (fault: ChartFault) => {
    if (request.accounts) return `/accounts/${fault.row - 1}${fault.field && `/${fault.field}`}`;
    return request.csv === undefined ? "/chart" : "/csv";
  };
  const [first] = faults;
  const count = `${faults.length < faultsListedMax ? "" : "At least "}${faults.length} ${faults.length === 1 ? "fault" : "faults"}`;
  const message = `${count}, and so nothing was opened. The first, in row ${first?.row}: ${first?.message}`;
  return refusal(
    code,
    message,
    faults.slice(0, faultsListedMax).map((fault) => ({ pointer: pointerTo(fault), ...fault })),
  );
}
