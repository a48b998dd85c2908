import type { FailureCode } from "../../kernel/failures.ts";
import { ledgerRefusals } from "../ledgers/index.ts";

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
