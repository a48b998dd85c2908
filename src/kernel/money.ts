/**
 * An amount of money or of any asset in the minor unit of its ledger's currency (cents for USD, yen for JPY).
 * A safe integer: |x| ≤ 2^53 − 1, so it is exact in JSON (RFC 7493 §2.2), in SQLite and in JavaScript.
 */
export type MinorAmount = number & { readonly __brand: "MinorAmount" };

/** The largest amount and the largest balance, 2^53 − 1. */
export const amountMax = Number.MAX_SAFE_INTEGER;

/** Whether `value` is an amount that a line may carry: an integer from 1 to 2^53 − 1. */
export function isLineAmount(value: unknown): value is MinorAmount {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}
