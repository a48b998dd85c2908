import type { SiteDatabase } from "../../db/site-database.ts";
import { pageLimitMax } from "../../kernel/bounds.ts";
import type { LedgerClient } from "../../ledger/client.ts";
import type { AccountView, BalanceView, PageView } from "../../ledger/rpc.ts";
import { listAccountIds, overwriteAccounts, removeAccounts } from "./store.ts";

/** Each page is three or four queries, and an invocation has a thousand. */
const pagesPerCall = 50;

/** Where the next call continues: first through the ledger's accounts by code, then through the catalogue's by id. */
export interface HealingPosition {
  readonly of: "ledger" | "catalogue";
  readonly after: string | null;
}

export interface Healing {
  readonly written: number;
  readonly removed: number;
  readonly next: HealingPosition | null;
}

/**
 * Makes the catalogue's rows of a ledger's accounts what the ledger says, after one of the two was restored to an earlier time: what is missing is
 * written, what differs overwritten, what the ledger does not know removed. The ledger's messages of changes made meanwhile come after it, and are newer.
 */
export async function healAccounts(db: SiteDatabase, ledgerId: string, ledger: LedgerClient, from: HealingPosition): Promise<Healing> {
  let position: HealingPosition | null = from;
  let [written, removed] = [0, 0];
  for (let page = 0; page < pagesPerCall && position !== null; page += 1) {
    const ids: readonly string[] = position.of === "ledger" ? [] : await listAccountIds(db, ledgerId, position.after, pageLimitMax);
    const accounts = position.of === "ledger" ? await ledgerPage(ledger, position.after) : await accountsOf(ledger, ids);
    await overwriteAccounts(db, accounts);
    written += accounts.length;
    const unknown = ids.filter((id) => !accounts.some((account) => account.id === id));
    await removeAccounts(db, unknown);
    removed += unknown.length;
    position = nextOf(position, position.of === "ledger" ? accounts.at(-1)?.code : ids.at(-1));
  }
  return { written, removed, next: position };
}

function nextOf({ of }: HealingPosition, last: string | undefined): HealingPosition | null {
  if (last !== undefined) return { of, after: last };
  return of === "ledger" ? { of: "catalogue", after: null } : null;
}

async function ledgerPage(ledger: LedgerClient, afterCode: string | null): Promise<AccountView[]> {
  const { data } = await ledger.read<PageView<BalanceView>>({
    kind: "balances",
    limit: pageLimitMax,
    ...(afterCode === null ? {} : { afterCode }),
  });
  return accountsOf(
    ledger,
    data.map(({ accountId }) => accountId),
  );
}

async function accountsOf(ledger: LedgerClient, accountIds: readonly string[]): Promise<AccountView[]> {
  return accountIds.length === 0 ? [] : ledger.read<AccountView[]>({ kind: "accounts", accountIds });
}
