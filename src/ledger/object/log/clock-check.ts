import { clockDifferenceMaxMs } from "../../../kernel/bounds.ts";
import { type Failure, failure } from "../../../kernel/failures.ts";

/**
 * Why nothing is written, where the object's clock and that of whoever calls it differ: what is committed is dated by the object, can never be dated back,
 * and has holds expire and keys be forgotten. A caller of an earlier build does not say what its clock shows.
 */
export function clockRefused(edgeMs: number | undefined): Failure | undefined {
  if (edgeMs === undefined || Math.abs(Date.now() - edgeMs) <= clockDifferenceMaxMs) return undefined;
  return {
    ...failure("CLOCK", "The clocks of the edge and of the ledger differ by more than a minute; nothing was written."),
    retryAfterSeconds: 5,
  };
}
