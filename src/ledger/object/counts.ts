import { filteredCountMax } from "../../kernel/bounds.ts";

export interface Count {
  readonly count: number;
  /** There are more than `count`. */
  readonly capped: boolean;
}

/** A count that was taken up to one beyond its bound. */
export function capped(count: number, countMax = filteredCountMax): Count {
  return count > countMax ? { count: countMax, capped: true } : { count, capped: false };
}
