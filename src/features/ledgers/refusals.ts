import type { FailureCode } from "../../kernel/failures.ts";

/** What any write to a ledger may be answered. */
export const ledgerRefusals: readonly FailureCode[] = [
  "LEDGER_FULL",
  "LEDGER_FROZEN",
  "LEDGER_RETIRED",
  "LEDGER_CLOSING_OUT",
  "LEDGER_NEWER",
  "CLOCK",
  "OVERLOADED",
];
