import { filteredCountMax } from "../../../kernel/bounds.ts";

export interface Count {
  readonly count: number;
  /** There are more than `count`. */
  readonly capped: boolean;
}

/** The counts of several lists as that of one: exact, or up to the bound where `isExact` is not set. */
function addedCounts(lists: readonly { readonly count: Count }[], isExact: boolean): Count {
  const sum = lists.reduce((all, { count }) => all + count.count, 0);
  if (lists.some(({ count }) => count.capped)) return { count: filteredCountMax, capped: true };
  return isExact ? { count: sum, capped: false } : capped(sum);
}

/** A count that was taken up to one beyond its bound. */
export function capped(count: number, countMax = filteredCountMax): Count {
  return count > countMax ? { count: countMax, capped: true } : { count, capped: false };
}

/** A page of a list and one item more, where there is one, and how many items there are of all pages. */
interface CountedPage<T> {
  readonly items: readonly T[];
  readonly count: Count;
}

interface Paging {
  readonly offset?: number;
  readonly limit: number;
}

/** The page from the start of the list that has all items of this one, so that it can be merged with others. */
export function fromStart<Q extends Paging>(query: Q): Q & { readonly offset: 0 } {
  return { ...query, offset: 0, limit: (query.offset ?? 0) + query.limit };
}

/** The pages of several lists, each `fromStart`, as one page of them all. */
export function mergedPage<T>(
  pages: readonly CountedPage<T>[],
  { offset = 0, limit }: Paging,
  compare: (x: T, y: T) => number,
  isExact: boolean,
): CountedPage<T> {
  const items = pages.flatMap((page) => page.items).sort(compare);
  return { items: items.slice(offset, offset + limit + 1), count: addedCounts(pages, isExact) };
}
