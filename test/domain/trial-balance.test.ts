import { describe, expect, test } from "vitest";
import { type AccountTurnover, type TrialBalanceRow, trialBalance } from "../../src/features/reports/domain/trial-balance.ts";
import type { AccountType } from "../../src/kernel/account-type.ts";

/** `code type openingDebits/openingCredits debits/credits`, one account per line. */
function books(table: string): AccountTurnover[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [code = "", type = "", opening = "", turnover = ""] = line.trim().split(/\s+/);
      const [openingDebits = "", openingCredits = ""] = opening.split("/");
      const [debits = "", credits = ""] = turnover.split("/");
      return {
        accountId: `id-${code}`,
        code,
        name: `Account ${code}`,
        type: type as AccountType,
        openingDebits: BigInt(openingDebits),
        openingCredits: BigInt(openingCredits),
        debits: BigInt(debits),
        credits: BigInt(credits),
      };
    });
}

function say(row: TrialBalanceRow): string {
  return [row.code ?? row.name, row.openingCents, row.debitCents, row.creditCents, row.closingDebitCents, row.closingCreditCents].join(" ");
}

function rowsOf(report: ReturnType<typeof trialBalance>): string[] {
  return report.sections.flatMap((section) => section.rows.map(say));
}

/**
 * Founded last year: 10,000.00 of capital, then sales of 5,000.00 and rent of 2,000.00, all through the bank, so the year opens with 13,000.00.
 * This year so far: sales of 800.00 of which 300.00 are unpaid, a refund of 50.00, rent of 200.00.
 */
const secondYear = books(`
  1000 bank                1500000/200000  50000/25000
  1100 accounts_receivable 0/0             30000/0
  3000 equity              0/1000000       0/0
  4000 income              0/500000        5000/80000
  6000 expense             200000/0        20000/0
`);

describe("trial balance of a fiscal year", () => {
  test("revenue and expense start the year at zero and prior years' profit stands in one computed row", () => {
    const report = trialBalance(secondYear, { pnl: "fiscalYear", includeZero: false });
    //      code  opening debit credit closing debit, credit
    expect(rowsOf(report)).toEqual([
      "1000 1300000 50000 25000 1325000 0",
      "1100 0 30000 0 30000 0",
      "3000 1000000 0 0 0 1000000",
      "Prior years' earnings 300000 0 0 0 300000",
      "4000 0 5000 80000 0 75000",
      "6000 0 20000 0 20000 0",
    ]);
    expect(report.totals).toEqual({
      openingDebitCents: 1300000n,
      openingCreditCents: 1300000n,
      debitCents: 105000n,
      creditCents: 105000n,
      closingDebitCents: 1375000n,
      closingCreditCents: 1375000n,
      priorYearsEarnings: 300000n,
      difference: 0n,
    });
    expect(report.checks.every((check) => check.ok)).toBe(true);
  });

  test("from inception nothing is reset and nothing is computed", () => {
    const report = trialBalance(secondYear, { pnl: "inception", includeZero: false });
    expect(rowsOf(report)).toEqual([
      "1000 1300000 50000 25000 1325000 0",
      "1100 0 30000 0 30000 0",
      "3000 1000000 0 0 0 1000000",
      "4000 500000 5000 80000 0 575000",
      "6000 200000 20000 0 220000 0",
    ]);
    expect(report.totals.priorYearsEarnings).toBe(0n);
    expect(report.totals.closingDebitCents).toBe(report.totals.closingCreditCents);
  });

  test("a loss of prior years stands on the debit side", () => {
    const report = trialBalance(books("1000 bank 0/700 0/0\n6000 expense 700/0 0/0"), { pnl: "fiscalYear", includeZero: false });
    expect(rowsOf(report)).toEqual(["1000 -700 0 0 0 700", "Prior years' earnings -700 0 0 700 0"]);
  });

  test("prior years that were closed by an entry leave nothing to compute", () => {
    const closed = books(`
      1000 bank   900/0 0/0
      3200 equity 0/900 0/0
      4000 income 900/900 0/0
    `);
    expect(rowsOf(trialBalance(closed, { pnl: "fiscalYear", includeZero: false }))).toEqual(["1000 900 0 0 900 0", "3200 900 0 0 0 900"]);
  });

  test("a contra account shows negative on its normal side and closes on the other", () => {
    const report = trialBalance(
      books("1500 fixed_asset 1000/0 0/0\n1590 fixed_asset 0/400 0/100\n3000 equity 0/600 0/0\n6500 expense 0/0 100/0"),
      {
        pnl: "fiscalYear",
        includeZero: false,
      },
    );
    expect(rowsOf(report)[1]).toBe("1590 -400 0 100 0 500");
    expect(report.sections[0]?.totalCents).toEqual([600n, 0n, 100n, 1000n, 500n]);
  });

  test("accounts without figures are left out unless asked for, and so is the computed row", () => {
    const quiet = books("1000 bank 5/5 0/0\n6000 expense 0/0 0/0");
    expect(rowsOf(trialBalance(quiet, { pnl: "fiscalYear", includeZero: false }))).toEqual([]);
    expect(rowsOf(trialBalance(quiet, { pnl: "fiscalYear", includeZero: true }))).toHaveLength(3);
  });

  test("turnover beyond 2^53 is exact", () => {
    const beyond = 2n ** 53n;
    const report = trialBalance(books(`1000 bank 0/0 ${beyond + 1n}/${beyond}\n4000 income 0/0 ${beyond}/${beyond + 1n}`), {
      pnl: "fiscalYear",
      includeZero: false,
    });
    expect(rowsOf(report)).toEqual([`1000 0 ${beyond + 1n} ${beyond} 1 0`, `4000 0 ${beyond} ${beyond + 1n} 0 1`]);
    expect(report.totals.debitCents).toBe(2n ** 54n + 1n);
  });

  test("books that do not balance are shown as they are, with the check that fails", () => {
    const report = trialBalance(books("1000 bank 0/0 10/0\n4000 income 0/0 0/9"), { pnl: "fiscalYear", includeZero: false });
    expect(report.totals.difference).toBe(1n);
    expect(report.checks.filter((check) => !check.ok).map((check) => check.name)).toEqual(["turnover_balances", "closing_balances"]);
  });
});
