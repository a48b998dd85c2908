import { idOf } from "../../src/ledger/domain/recorded-entry.ts";
import type { Standing } from "./ledger-steps.ts";
import type { MemoryLedger } from "./memory-ledger.ts";

/** What steps may name of a ledger as it stands. */
export function standingOf(ledger: MemoryLedger, nowMs: number): Standing {
  return {
    accounts: ledger.accounts().filter((account) => account.status !== "deleted"),
    entries: ledger.entries().map((entry) => idOf(ledger, entry)),
    drafts: ledger.drafts(),
    holds: ledger.holds().map(({ id, fact }) => ({ id, amounts: fact.lines.map((line) => Math.abs(line.amount)) })),
    nowMs,
  };
}
