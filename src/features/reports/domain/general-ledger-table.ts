import type { GeneralLedgerAccount } from "./general-ledger.ts";
import type { ReportTable, TableCell } from "./report-table.ts";

/** What a row shows of a line beside its figures. */
export interface TableLine {
  readonly journalEntryId: string;
  readonly lineNo: number;
  readonly date: string;
  readonly sequence: number;
  readonly description: string | null;
  readonly reference: string | null;
  readonly memo: string | null;
  readonly contactId: string | null;
  readonly counterAccountIds: readonly string[];
  readonly voided: boolean;
  readonly source: { readonly type: string; readonly id: string | null };
}

const ofAccount = ["currency", "accountId", "code", "name", "type"] as const;
const ofLine = [
  "date",
  "journalEntryId",
  "lineNo",
  "sequence",
  "description",
  "reference",
  "memo",
  "contactId",
  "counterAccountIds",
  "voided",
  "sourceType",
  "sourceId",
] as const;

/** A row for each line with its account beside it, and around an account's lines a row `opening` and a row `closing`: the latter with what was debited and credited. */
export function generalLedgerTable(currency: string, accounts: readonly GeneralLedgerAccount<TableLine>[]): ReportTable {
  const rows = accounts.flatMap((account) => {
    const accountCells = [currency, account.accountId, account.code, account.name, account.type];
    const noLine: null[] = ofLine.map(() => null);
    const lines = account.lines.map((line): TableCell[] => [
      "line",
      ...accountCells,
      line.date,
      line.journalEntryId,
      line.lineNo,
      line.sequence,
      line.description,
      line.reference,
      line.memo,
      line.contactId,
      line.counterAccountIds.join(" "),
      line.voided,
      line.source.type,
      line.source.id,
      line.debitCents,
      line.creditCents,
      line.balanceCents,
    ]);
    const opening: TableCell[] = ["opening", ...accountCells, ...noLine, null, null, account.openingBalanceCents];
    const closing: TableCell[] = [
      "closing",
      ...accountCells,
      ...noLine,
      account.totalDebitCents,
      account.totalCreditCents,
      account.closingBalanceCents,
    ];
    return [...(account.continued ? [] : [opening]), ...lines, ...(account.continues ? [] : [closing])];
  });
  return { columns: ["kind", ...ofAccount, ...ofLine, "debitCents", "creditCents", "balanceCents"], rows };
}
