import { describe, expect, test } from "vitest";
import { type AccountRequest, requestOfChart } from "../../src/features/accounts/domain/account-commands.ts";
import { accountRoles } from "../../src/features/accounts/domain/account-role.ts";
import { parseChartCsv } from "../../src/features/accounts/domain/chart-csv.ts";
import { faultsAgainst, orderChart } from "../../src/features/accounts/domain/chart-tree.ts";
import { builtInCharts } from "../../src/features/accounts/domain/charts/built-in.ts";
import { accountTypeNames } from "../../src/kernel/account-type.ts";

const fromOne = (index: number) => index + 1;

describe.each(Object.entries(builtInCharts))("the chart %s", (_, chart) => {
  test("has no code, role or circle twice, and parents of the same type", () => {
    expect(orderChart(chart.map(requestOfChart), fromOne)).toMatchObject({ ok: true });
    expect(faultsAgainst(chart.map(requestOfChart), fromOne, [])).toEqual([]);
  });

  test("gives every role to one account, of a type that suits it", () => {
    const typeOf = Object.fromEntries(chart.filter((account) => account.role).map((account) => [account.role, account.type]));
    expect(Object.keys(typeOf).sort()).toEqual([...accountRoles].sort());
    expect(typeOf).toEqual({
      accounts_receivable: "accounts_receivable",
      accounts_payable: "accounts_payable",
      undeposited_funds: "other_current_asset",
      retained_earnings: "equity",
      opening_balance_equity: "equity",
      uncategorized_income: "income",
      uncategorized_expense: "expense",
      sales_tax_payable: "other_current_liability",
      suspense_bank: "bank",
      rounding: "other_expense",
    });
  });

  test("has codes that sort by class: assets 1, liabilities 2, equity 3, revenue 4, costs 5 and 6, other 7 and 8", () => {
    const firstDigits: Record<string, string> = {
      equity: "3",
      income: "4",
      cost_of_goods_sold: "5",
      expense: "6",
      other_income: "7",
      other_expense: "8",
    };
    for (const { code, type } of chart) {
      const liability = ["accounts_payable", "credit_card", "other_current_liability", "long_term_liability"].includes(type);
      expect([code, code[0]]).toEqual([code, firstDigits[type] ?? (liability ? "2" : "1")]);
    }
  });
});

test("the company charts use every one of the 15 types", () => {
  for (const name of ["us-small-business", "ifrs-services"] as const) {
    expect(new Set(builtInCharts[name].map((account) => account.type))).toEqual(new Set(accountTypeNames));
  }
});

describe("the order of a chart", () => {
  const account = (code: string, parentCode?: string, more: Partial<AccountRequest> = {}): AccountRequest => ({
    code,
    name: code,
    type: "bank",
    parentCode,
    ...more,
  });
  const faultsOf = (accounts: AccountRequest[]) => {
    const ordered = orderChart(accounts, fromOne);
    return ordered.ok ? [] : ordered.failure.map(({ row, field, code }) => `${row} ${field} ${code}`);
  };

  test("puts parents before children and keeps the rest", () => {
    const ordered = orderChart([account("3", "2"), account("1"), account("2", "1"), account("0")], fromOne);
    expect(ordered.ok && ordered.value.map(({ code }) => code)).toEqual(["1", "0", "2", "3"]);
  });

  test("names every fault with its row", () => {
    expect(
      faultsOf([
        account("1", undefined, { role: "rounding", externalId: "x" }),
        account("1"),
        account("2", "1", { type: "expense" }),
        account("3", "4"),
        account("4", "3"),
        account("5", "5"),
        account("6", undefined, { role: "rounding", externalId: "x" }),
      ]),
    ).toEqual([
      "2 code duplicate",
      "3 parentCode parent_type",
      "4 parentCode parent_circle",
      "5 parentCode parent_circle",
      "6 parentCode parent_circle",
      "7 role duplicate",
      "7 externalId duplicate",
    ]);
  });

  test("takes a tree 10 deep and refuses the eleventh level", () => {
    const chain = Array.from({ length: 11 }, (_, i) => account(String(i), i === 0 ? undefined : String(i - 1)));
    expect(faultsOf(chain.slice(0, 10))).toEqual([]);
    expect(faultsOf(chain)).toEqual(["11 parentCode parent_depth"]);
  });

  test.each([
    ["a chain that begins at its end", (i: number) => i + 1],
    ["a circle", (i: number) => (i + 1) % 5_000],
    ["a chain below a circle", (i: number) => (i < 4_990 ? i + 1 : 4_990)],
  ])("looks at each account of %s a few times, however long it is", (_, parentOf) => {
    let looked = 0;
    const chain = Array.from({ length: 5_000 }, (_, i) => ({
      ...account(String(i)),
      get parentCode() {
        looked += 1;
        return String(parentOf(i));
      },
    }));
    expect(faultsOf(chain).length).toBeGreaterThan(4_900);
    expect(looked).toBeLessThan(10 * chain.length);
  });

  test("tells what the ledger's accounts have against it", () => {
    const existing = [{ code: "1", type: "expense", role: "rounding", externalId: "x" }] as const;
    const faults = faultsAgainst(
      [account("1"), account("2", "1", { role: "rounding" }), account("3", "9", { externalId: "x" })],
      fromOne,
      existing,
    );
    expect(faults.map(({ row, field, code }) => `${row} ${field} ${code}`)).toEqual([
      "1 code CODE_TAKEN",
      "2 role CODE_TAKEN",
      "3 externalId EXTERNAL_ID_TAKEN",
      "3 parentCode REFERENCE_NOT_FOUND",
    ]);
  });
});

describe("a chart in CSV", () => {
  const rowsOf = (text: string) => {
    const parsed = parseChartCsv(text);
    return parsed.ok ? parsed.value : parsed.failure.map(({ row, field, code }) => `${row} ${field} ${code}`);
  };

  test("is read by RFC 4180: quotes, doubled quotes, commas and line breaks inside them, CRLF, a byte order mark", () => {
    expect(rowsOf('\uFEFFcode,name,type,description\r\n1010,"Cash, ""petty""",bank,"two\nlines"\r\n\r\n1020,Bank,bank,\r\n')).toEqual([
      { line: 2, cells: { code: "1010", name: 'Cash, "petty"', type: "bank", description: "two\nlines" } },
      { line: 5, cells: { code: "1020", name: "Bank", type: "bank" } },
    ]);
  });

  test("takes its columns in any order and either case style", () => {
    expect(rowsOf("Type,Parent Code,external_id,NAME,code\nbank,1,x,Bank,2")).toEqual([
      { line: 2, cells: { type: "bank", parentCode: "1", externalId: "x", name: "Bank", code: "2" } },
    ]);
  });

  test.each([
    ["", ["1  csv_empty"]],
    ["code,name\n1,2", ["1 type csv_column"]],
    ["code,name,type,colour,code", ["1 colour csv_column", "1 code csv_column"]],
    ["code,name,type\n1,Bank\n2,Cash,bank\n3,a,bank,x", ["2  csv_width", "4  csv_width"]],
    ['code,name,type\n1,"Bank,bank\n2,Cash,bank', ["2  csv_quote"]],
    ['code,name,type\n1,Ba"nk,bank', ["2  csv_quote"]],
    ['code,name,type\n1,"Ba"nk,bank', ["2  csv_quote"]],
  ])("refuses %j", (text, faults) => {
    expect(rowsOf(text)).toEqual(faults);
  });
});
