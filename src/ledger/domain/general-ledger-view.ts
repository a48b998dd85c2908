import type { AccountType } from "../../kernel/account-type.ts";

/** A page of the general ledger as the ledger describes it. Sums are integers as texts, debits less credits: they may exceed an exact JavaScript number. */
export interface GeneralLedgerView {
  /** What the page includes: later pages, as known then, continue from it. */
  readonly sequence: number;
  /** Lines on all pages together. */
  readonly lineCount: number;
  readonly lineCountCapped: boolean;
  readonly accounts: readonly GeneralLedgerAccountView[];
  /** On the last page of all accounts, where revenue and expense accounts open with part of what they hold: the rest of it. */
  readonly heldBefore: string | null;
  /** Where to go on, null at the end. */
  readonly after: string | null;
}

export interface GeneralLedgerAccountView {
  readonly accountId: string;
  /** As known at the page's sequence. */
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
  /** Before the first day. */
  readonly opening: string;
  /** Of all days, on this page or not. */
  readonly debits: string;
  readonly credits: string;
  /** What stood before the first line of this page: the opening balance, unless the account is continued. */
  readonly before: string;
  /** Whether lines of it are on an earlier page, and on a later one. */
  readonly continued: boolean;
  readonly continues: boolean;
  readonly lines: readonly GeneralLedgerLineView[];
}

export interface GeneralLedgerLineView {
  readonly journalEntryId: string;
  readonly lineNo: number;
  readonly date: string;
  readonly sequence: number;
  readonly description: string | null;
  readonly reference: string | null;
  readonly memo: string | null;
  readonly contactId: string | null;
  /** The accounts on the entry's other side. */
  readonly counterAccountIds: readonly string[];
  /** Debit positive. */
  readonly amount: number;
  /** Of an entry that was voided, or that voids another: the two cancel out. */
  readonly voided: boolean;
  readonly source: { readonly type: string; readonly id: string | null; readonly step?: string };
}
