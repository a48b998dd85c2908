import type { AccountView } from "./rpc.ts";

/** What a ledger tells the catalogue, by queue: at least once, in any order. */
export type LedgerFactsMessage = AccountsChanged | LedgerHead;

/** Accounts as they are from their revision on. */
export interface AccountsChanged {
  readonly kind: "accounts_changed";
  readonly ledgerNumber: number;
  readonly siteId: string;
  readonly accounts: readonly AccountView[];
}

/** The end of a ledger's log as it was at an instant, kept outside of it: a log that is cut short would contradict it. */
export interface LedgerHead {
  readonly kind: "head";
  readonly ledgerNumber: number;
  readonly siteId: string;
  readonly sequence: number;
  readonly seal: string;
  readonly at: string;
}
