import type { FailureCode } from "../../kernel/failures.ts";

/** What any write to a ledger may be answered. */
export const ledgerRefusals: readonly FailureCode[] = ["LEDGER_FULL", "LEDGER_CLOSING_OUT", "LEDGER_NEWER", "OVERLOADED"];

/** What is wrong with an entry by itself, once it is complete. */
export const completionRefusals: readonly FailureCode[] = ["ACCOUNT_CLOSED", "ENTRY_UNBALANCED", "EXTERNAL_ID_TAKEN"];

/** What the books say against it. */
export const bookRefusals: readonly FailureCode[] = [
  "PERIOD_LOCKED",
  "VERSION_STALE",
  "CONDITION_FAILED",
  "BALANCE_LIMIT",
  "BALANCE_OVERFLOW",
  ...ledgerRefusals,
];
