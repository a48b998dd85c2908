import { describe, expect, test } from "vitest";
import { type AccountPage, generalLedger, priorYearsEarnings } from "../../src/features/reports/domain/general-ledger.ts";

type Page = AccountPage<{ readonly amount: number }>;

/** A page of an account: what it opened with, its lines, and the turnover of the whole period. */
function page(type: Page["type"], opening: bigint, amounts: readonly number[], more: Partial<Page> = {}): Page {
  const sum = (sign: 1 | -1) => amounts.reduce((total, amount) => total + BigInt(Math.max(sign * amount, 0)), 0n);
  return {
    accountId: "a",
    code: "1",
    name: "one",
    type,
    opening,
    debits: sum(1),
    credits: sum(-1),
    before: opening,
    continued: false,
    continues: false,
    lines: amounts.map((amount) => ({ amount })),
    ...more,
  };
}

const failing = (pages: readonly Page[]) =>
  generalLedger(pages)
    .checks.filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe("a page of the general ledger", () => {
  test.each([
    ["bank", 100n, [5, -30], 100n, [105n, 75n], 5n, 30n, 75n],
    ["accounts_payable", -100n, [5, -30], 100n, [95n, 125n], 5n, 30n, 125n],
    ["income", 0n, [7], 0n, [-7n], 7n, 0n, -7n],
    ["expense", 0n, [], 0n, [], 0n, 0n, 0n],
  ] as const)(
    "an account of type %s that opens with %i and has %j",
    (type, opening, amounts, shown, balances, debits, credits, closing) => {
      const { accounts } = generalLedger([page(type, opening, amounts)]);
      expect(accounts[0]).toMatchObject({
        openingBalanceCents: shown,
        totalDebitCents: debits,
        totalCreditCents: credits,
        closingBalanceCents: closing,
      });
      expect(accounts[0]?.lines.map(({ balanceCents }) => balanceCents)).toEqual(balances);
      expect(failing([page(type, opening, amounts)])).toEqual([]);
    },
  );

  test("goes on from what stood before its first line", () => {
    const later = page("bank", 100n, [4], { before: 150n, continued: true, debits: 54n, credits: 0n });
    expect(generalLedger([later]).accounts[0]).toMatchObject({
      openingBalanceCents: 100n,
      lines: [{ debitCents: 4, creditCents: 0, balanceCents: 154n }],
      closingBalanceCents: 154n,
    });
    expect(failing([later])).toEqual([]);
  });

  test("fails its checks where lines and totals disagree, and not for what is on another page", () => {
    expect(failing([page("bank", 0n, [5], { debits: 6n })])).toEqual(["running_balances_reach_closing", "lines_sum_to_totals"]);
    expect(failing([page("bank", 0n, [5, -5], { debits: 6n, credits: 6n })])).toEqual(["lines_sum_to_totals"]);
    expect(failing([page("bank", 0n, [], { debits: 5n, credits: 5n })])).toEqual(["lines_sum_to_totals"]);
    expect(failing([page("bank", 0n, [5], { before: 1n, continued: true })])).toEqual(["running_balances_reach_closing"]);
    expect(failing([page("bank", 0n, [5], { debits: 60n, continues: true })])).toEqual([]);
  });

  test("prior years' earnings are on the credit side, a loss is negative", () => {
    expect(priorYearsEarnings(-300n)).toMatchObject({ kind: "computed", openingBalanceCents: 300n, closingBalanceCents: 300n });
    expect(priorYearsEarnings(20n)).toMatchObject({ openingBalanceCents: -20n });
  });
});
