import { describe, expect, test } from "vitest";
import { generalLedgerTable } from "../../src/features/reports/domain/general-ledger-table.ts";
import { statementTable } from "../../src/features/reports/domain/statement-table.ts";
import { trialBalanceTable } from "../../src/features/reports/domain/trial-balance-table.ts";
import {
  balanceSheetCsv,
  balanceSheetExample,
  generalLedgerCsv,
  generalLedgerExample,
  profitAndLossCsv,
  profitAndLossExample,
  trialBalanceCsv,
  trialBalanceExample,
} from "../../src/features/reports/examples.ts";
import { csvText } from "../../src/platform/csv.ts";

describe("the documented example of each file is what is made of the documented JSON", () => {
  // The examples have numbers where the reports have bigints: a cell of either is written alike.
  test.each([
    ["trial balance", trialBalanceTable("USD", trialBalanceExample as never), trialBalanceCsv],
    ["profit and loss", statementTable("USD", profitAndLossExample as never), profitAndLossCsv],
    ["balance sheet", statementTable("USD", balanceSheetExample as never), balanceSheetCsv],
    ["general ledger", generalLedgerTable("USD", generalLedgerExample.accounts as never), generalLedgerCsv],
  ])("%s", (_, table, example) => {
    expect(csvText(table)).toBe(example);
  });
});

describe("a table as CSV", () => {
  test.each([
    ["plain", "plain"],
    ["a, b", '"a, b"'],
    ['say "so"', '"say ""so"""'],
    ["one\ntwo", '"one\ntwo"'],
    ["one\rtwo", '"one\rtwo"'],
    ["one\r\ntwo", '"one\r\ntwo"'],
    ["é€😀", "é€😀"],
    ["", ""],
    [null, ""],
    [true, "true"],
    [false, "false"],
    [0, "0"],
    [0n, "0"],
    [-5, "-5"],
    [-9_007_199_254_740_993n, "-9007199254740993"],
    // What a spreadsheet takes for a formula (CWE-1236).
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-5", "'-5"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", '"\'\r=1"'],
    ["=1\n2", '"\'=1\n2"'],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    [" =1+1", "' =1+1"],
    ["\u00a0\ufeff-1", "'\u00a0\ufeff-1"],
    ["\u202e=1", "'\u202e=1"],
    ["a=1", "a=1"],
    [" a=1", " a=1"],
  ])("%s is written %s", (cell, text) => {
    expect(csvText({ columns: ["a", "b"], rows: [[cell, "end"]] })).toBe(`a,b\r\n${text},end\r\n`);
  });

  test("without rows is its header", () => {
    expect(csvText({ columns: ["a", "b"], rows: [] })).toBe("a,b\r\n");
  });
});
