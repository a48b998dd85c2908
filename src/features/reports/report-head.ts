import { instant } from "../../kernel/clock.ts";
import type { LedgerInContext } from "../ledgers/index.ts";

/** What every report says of itself. `ledgerSequence`: what its figures include; asked for as `knownAt`, they come again. */
export function reportHead<Name extends string>(
  report: Name,
  ledger: LedgerInContext,
  known: { readonly sequence: number; readonly knownAt: number | undefined; readonly nowMs: number },
) {
  return {
    report,
    companyId: ledger.entityId,
    ledgerId: ledger.id,
    currency: ledger.currency,
    basis: "accrual",
    ledgerSequence: Math.min(known.knownAt ?? known.sequence, known.sequence),
    generatedAt: instant(known.nowMs),
    truncated: false,
  } as const;
}
