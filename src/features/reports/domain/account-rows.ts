/** An account with its figures, one a column, on its normal side: contra negative. In minor units. */
export interface AccountAmounts {
  readonly accountId: string;
  readonly code: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly amounts: readonly bigint[];
}

/** `amountsCents` is the account alone, `rollupCents` with all that stand under it: add one or the other. */
export interface AccountRow {
  readonly kind: "account";
  readonly accountId: string;
  readonly code: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly depth: number;
  readonly amountsCents: readonly bigint[];
  readonly rollupCents: readonly bigint[];
}

/**
 * The accounts as rows, each followed by those under it; siblings stay in the order in which they are given.
 * Left out are accounts without figures, unless `includeZero` or an account under them is shown. One whose parent is not given stands at the top.
 */
export function accountRows(accounts: readonly AccountAmounts[], includeZero: boolean): AccountRow[] {
  const given = new Set(accounts.map(({ accountId }) => accountId));
  const under = Map.groupBy(accounts, ({ parentId }) => (parentId !== null && given.has(parentId) ? parentId : null));
  const rowsUnder = (parent: string | null, depth: number): AccountRow[] =>
    (under.get(parent) ?? []).flatMap((account) => {
      const below = rowsUnder(account.accountId, depth + 1);
      if (!includeZero && below.length === 0 && account.amounts.every((amount) => amount === 0n)) return [];
      const children = below.filter((row) => row.depth === depth + 1);
      const { accountId, code, name, parentId, amounts } = account;
      const rollupCents = amounts.map((amount, at) => children.reduce((sum, row) => sum + (row.rollupCents[at] ?? 0n), amount));
      return [{ kind: "account", accountId, code, name, parentId, depth, amountsCents: amounts, rollupCents }, ...below];
    });
  return rowsUnder(null, 0);
}

/** The sums of the rows' own amounts, one a column. */
export function totalOf(rows: readonly AccountRow[], columns: number): bigint[] {
  return Array.from({ length: columns }, (_, at) => rows.reduce((sum, row) => sum + (row.amountsCents[at] ?? 0n), 0n));
}
