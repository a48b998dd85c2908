import { filteredCountMax } from "../../kernel/bounds.ts";

export interface Count {
  readonly count: number;
  /** There are more than `count`. */
  readonly capped: boolean;
}

/** A count that was taken up to one beyond the bound of filtered counts. */
export function capped(count: number): Count {
  return count > filteredCountMax ? { count: filteredCountMax, capped: true } : { count, capped: false };
}
