import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AccountPosition, balanceSheet } from "../../src/features/reports/domain/balance-sheet.ts";
import { type AccountType, accountTypeNames } from "../../src/kernel/account-type.ts";
import { seeded } from "../support/seed.ts";

/** `code type[:role] toDate/ofYear …`, debits less credits, one account per line, one pair a column. */
function books(table: string): AccountPosition[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [code = "", typed = "", ...pairs] = line.trim().split(/\s+/);
      const [type = "", role = null] = typed.split(":");
      const figures = pairs.map((pair) => pair.split("/").map(BigInt));
      return {
        accountId: code,
        code,
        name: code,
        type: type as AccountType,
        parentId: null,
        role,
        toDate: figures.map(([toDate = 0n]) => toDate),
        ofYear: figures.map(([, ofYear = 0n]) => ofYear),
      };
    });
}

const firm = books(`
  1000 bank                     900/40   700/0
  1100 accounts_receivable      120/120  0/0
  1500 fixed_asset              400/0    400/0
  1590 fixed_asset              -90/-30  -60/0
  2000 accounts_payable         -50/-50  -10/0
  2500 long_term_liability      -300/0   -300/0
  3000 equity                   -600/0   -600/0
  3100 equity:retained_earnings -100/0   -100/0
  4000 income                   -800/-250 -550/-550
  6000 expense                  520/170  520/520
`);

describe("the balance sheet", () => {
  test("has what revenue and expense earned as two rows of equity, prior years and the year to date", () => {
    const { sections, totals, checks } = balanceSheet(firm, { columns: 2, includeZero: false });
    expect(
      sections.flatMap(({ rows }) => rows.map((row) => [row.code ?? (row.kind === "computed" && row.key), ...row.amountsCents].join(" "))),
    ).toEqual([
      "1000 900 700",
      "1100 120 0",
      "1500 400 400",
      "1590 -90 -60",
      "2000 50 10",
      "2500 300 300",
      "3000 600 600",
      "3100 100 100",
      "retainedEarningsPrior 200 0",
      "netIncome 80 30",
    ]);
    expect(Object.entries(totals).map(([name, amounts]) => [name, ...amounts].join(" "))).toEqual([
      "totalCurrentAssets 1020 700",
      "totalAssets 1330 1040",
      "totalCurrentLiabilities 50 10",
      "totalLiabilities 350 310",
      "retainedEarningsTotal 300 100",
      "totalEquity 980 730",
      "totalLiabilitiesAndEquity 1330 1040",
      "difference 0 0",
    ]);
    expect(checks).toEqual([{ name: "assets_equal_liabilities_and_equity", ok: true }]);
  });

  test("says so where it does not balance", () => {
    const { totals, checks } = balanceSheet(books("1000 bank 5/0\n3000 equity -4/0"), { columns: 1, includeZero: false });
    expect(totals.difference).toEqual([1n]);
    expect(checks).toEqual([{ name: "assets_equal_liabilities_and_equity", ok: false }]);
  });

  test("of books without figures is empty unless all is asked for", () => {
    const quiet = books("1000 bank 0/0\n4000 income 0/0");
    const rows = (includeZero: boolean) => balanceSheet(quiet, { columns: 1, includeZero }).sections.flatMap((section) => section.rows);
    expect(rows(false)).toEqual([]);
    expect(rows(true).map((row) => row.name)).toEqual(["1000", "Retained earnings of prior years", "Net income of the year to date"]);
  });

  test("of any balanced books balances, and its sections come to its totals", () => {
    const amount = fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n });
    const account = fc.record({
      type: fc.constantFrom(...accountTypeNames),
      toDate: fc.tuple(amount, amount),
      ofYear: fc.tuple(amount, amount),
    });
    fc.assert(
      fc.property(fc.array(account, { maxLength: 20 }), fc.boolean(), (drawn, includeZero) => {
        const plug = [0, 1].map((at) => -drawn.reduce((sum, { toDate }) => sum + (toDate[at] ?? 0n), 0n));
        const accounts = [...drawn, { type: "bank" as const, toDate: plug, ofYear: [0n, 0n] }].map((one, i) => ({
          ...one,
          accountId: String(i),
          code: String(i),
          name: String(i),
          parentId: null,
          role: null,
        }));
        const { sections, totals, checks } = balanceSheet(accounts, { columns: 2, includeZero });
        expect(totals.difference).toEqual([0n, 0n]);
        expect(checks.every(({ ok }) => ok)).toBe(true);
        for (const at of [0, 1] as const) {
          const sumOfGroup = (group: string) =>
            sections.filter(({ key }) => key.startsWith(group)).reduce((sum, { totalCents }) => sum + (totalCents[at] ?? 0n), 0n);
          expect([sumOfGroup("assets."), sumOfGroup("liabilities."), sumOfGroup("equity.")]).toEqual([
            totals.totalAssets[at],
            totals.totalLiabilities[at],
            totals.totalEquity[at],
          ]);
          for (const { rows, totalCents } of sections)
            expect(rows.reduce((sum, row) => sum + (row.amountsCents[at] ?? 0n), 0n)).toBe(totalCents[at]);
        }
      }),
      seeded(200),
    );
  });
});
