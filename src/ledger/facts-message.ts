import type { AccountView } from "./rpc.ts";

/** What a ledger sends to the catalogue, by queue: at least once, in any order. */
export type LedgerFactsMessage = AccountsChanged | LedgerHead;

/** Accounts as they are from their revision on. */
export interface AccountsChanged {
  readonly kind: "accounts_changed";
  readonly ledgerNumber: number;
  readonly siteId: string;
  readonly accounts: readonly AccountView[];
}

/** The end of a ledger's log as it was at an instant, stored outside of it: it contradicts a truncated log. */
export interface LedgerHead {
  readonly kind: "head";
  readonly ledgerNumber: number;
  readonly siteId: string;
  readonly sequence: number;
  readonly seal: string;
  readonly at: string;
}
