/** Where a page ended: the last item's sort values and its id, or what a ledger gave as `after`. */
export type Position = readonly (string | number | null)[];
export type Direction = "asc" | "desc";

/** A page that is asked for. */
export interface Page<Field extends string = string> {
  readonly limit: number;
  /** 0 where a cursor is used. */
  readonly offset: number;
  readonly sort: Field;
  readonly direction: Direction;
  /** Where the page before ended. */
  readonly after: Position | undefined;
  /** Whether a filter narrows the list: its count may then be capped. */
  readonly filtered: boolean;
  /** The cursor of a position in this list, under these filters and this order. */
  readonly cursorAt: (position: Position) => string;
}
