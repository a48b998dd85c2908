/** What a half holds: sums up to 2^63 are stored as a number of these and a rest, both exact in a Float64Array. */
export const halfSpan = 2 ** 32;

/** How often the span is in a sum. */
export function highHalf(sum: number): number {
  return Math.floor(sum / halfSpan);
}

/** Adds a sum in halves to the one at `at` of the columns. */
export function addHalves(high: Float64Array, low: Float64Array, at: number, moreHigh: number, moreLow: number): void {
  const sum = (low[at] as number) + moreLow;
  const carry = highHalf(sum);
  low[at] = sum - carry * halfSpan;
  high[at] = (high[at] as number) + moreHigh + carry;
}
