import { filteredCountMax } from "../../../kernel/bounds.ts";

export interface Count {
  readonly count: number;
  /** There are more than `count`. */
  readonly capped: boolean;
}

/** The counts of several lists as that of one: exact, or up to the bound where `isExact` is not set. */
export function addedCounts(of: readonly { readonly count: Count }[], isExact: boolean): Count {
  const sum = of.reduce((all, { count }) => all + count.count, 0);
  if (of.some(({ count }) => count.capped)) return { count: filteredCountMax, capped: true };
  return isExact ? { count: sum, capped: false } : capped(sum);
}

/** A count that was taken up to one beyond its bound. */
export function capped(count: number, countMax = filteredCountMax): Count {
  return count > countMax ? { count: countMax, capped: true } : { count, capped: false };
}
