import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { pageLimitDefault } from "../kernel/bounds.ts";
import type { Direction, Page, Position } from "../kernel/page.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { type Refused, refusal } from "../platform/refused.ts";
import { cursorSecret } from "../platform/secrets.ts";
import type { OperationContext } from "./context.ts";

export interface ListQuery {
  readonly limit?: number | undefined;
  readonly pageSize?: number | undefined;
  readonly cursor?: string | undefined;
  readonly offset?: number | undefined;
  readonly sort?: string | undefined;
}

/** The part of a list's query that decides what the list contains: all but where the page starts, how long it is and how it is ordered. */
export function filtersOf<Q extends ListQuery>(query: Q): Omit<Q, keyof ListQuery> {
  const { limit: _limit, pageSize: _pageSize, cursor: _cursor, offset: _offset, sort: _sort, ...filters } = query;
  return filters;
}

export interface PageRules<Field extends string> {
  /** Names the list in its cursors: one list's cursor is refused by every other. */
  readonly list: string;
  /** Everything that narrows the list: path and query filters, entity, ledger. Undefined ones are left out. */
  readonly filters: Readonly<Record<string, unknown>>;
  /** The fields it may be sorted by; the first is the default. */
  readonly sorts: readonly [Field, ...Field[]];
  /** Default `desc`. */
  readonly direction?: Direction;
}

interface Cursor {
  readonly v: 1;
  /** list */
  readonly l: string;
  /** site */
  readonly s: string;
  /** hash of the filters */
  readonly f: string;
  /** order */
  readonly o: string;
  /** position */
  readonly p: Position;
}

/** Reads the parameters of a list. Refuses an unknown sort field, `limit` beside another `pageSize`, a cursor beside an offset, and a cursor of anything else. */
export function readPage<Field extends string>(
  context: Pick<OperationContext, "env"> & { readonly site: Pick<OperationContext["site"], "id"> },
  query: ListQuery,
  rules: PageRules<Field>,
): Page<Field> {
  if (query.limit !== undefined && query.pageSize !== undefined && query.limit !== query.pageSize) {
    throw invalidParameter("pageSize", "`limit` and `pageSize` are one parameter; give one of them.");
  }
  if (query.cursor !== undefined && query.offset !== undefined) throw invalidParameter("offset", "Give a cursor or an offset, not both.");
  const secret = cursorSecret(context.env);
  const filterHash = hashFilters(rules.filters);
  const asked = query.sort === undefined ? undefined : readSort(query.sort, rules);
  const cursor = query.cursor === undefined ? undefined : openCursor(query.cursor, secret);
  const order = asked ?? (cursor && orderOf(cursor.o, rules)) ?? { sort: rules.sorts[0], direction: rules.direction ?? "desc" };
  const orderText = `${order.sort}:${order.direction}`;
  if (cursor && (cursor.l !== rules.list || cursor.s !== context.site.id || cursor.f !== filterHash || cursor.o !== orderText))
    throw badCursor();
  return {
    limit: query.limit ?? query.pageSize ?? pageLimitDefault,
    offset: query.offset ?? 0,
    sort: order.sort,
    direction: order.direction,
    after: cursor?.p,
    filtered: Object.values(rules.filters).some((value) => value !== undefined),
    cursorAt: (position) => sealCursor({ v: 1, l: rules.list, s: context.site.id, f: filterHash, o: orderText, p: position }, secret),
  };
}

/** The answer of a list. `after` is the position of the last item where more follow, and null at the end. */
export function pageAnswer<T>(
  page: Page,
  found: {
    readonly data: readonly T[];
    readonly totalCount: number;
    readonly totalCountCapped?: boolean | undefined;
    readonly after: Position | null;
  },
): { data: readonly T[]; totalCount: number; totalCountCapped?: true; hasMore: boolean; nextCursor: string | null } {
  return {
    data: found.data,
    totalCount: found.totalCount,
    ...(found.totalCountCapped ? { totalCountCapped: true as const } : {}),
    hasMore: found.after !== null,
    nextCursor: found.after === null ? null : page.cursorAt(found.after),
  };
}

function readSort<Field extends string>(text: string, rules: PageRules<Field>): { sort: Field; direction: Direction } {
  const order = orderOf(text, rules);
  if (order) return order;
  throw invalidParameter("sort", `Sort by one of ${rules.sorts.join(", ")}, as field:asc or field:desc.`);
}

function orderOf<Field extends string>(text: string, rules: PageRules<Field>): { sort: Field; direction: Direction } | undefined {
  const [name = "", direction = rules.direction ?? "desc", ...rest] = text.split(":");
  const camel = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  const sort = rules.sorts.find((field) => field === camel);
  if (sort === undefined || rest.length > 0 || (direction !== "asc" && direction !== "desc")) return undefined;
  return { sort, direction };
}

function hashFilters(filters: Readonly<Record<string, unknown>>): string {
  return createHash("sha256").update(canonicalJson(filters)).digest("base64url").slice(0, 16);
}

function sealCursor(cursor: Cursor, secret: string): string {
  const body = Buffer.from(JSON.stringify(cursor)).toString("base64url");
  return `${body}.${signature(body, secret).toString("base64url")}`;
}

/** Half of an HMAC-SHA256 (RFC 2104 §5 allows it): 128 bits are beyond guessing, and the cursor stays short. */
function signature(body: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(body).digest().subarray(0, 16);
}

function openCursor(text: string, secret: string): Cursor {
  const [body = "", given = "", ...rest] = text.split(".");
  const mark = Buffer.from(given, "base64url");
  const expected = signature(body, secret);
  if (rest.length > 0 || mark.byteLength !== expected.byteLength || !timingSafeEqual(mark, expected)) throw badCursor();
  // Signed by us, so it is of the form that we write; another version is another form.
  const cursor = JSON.parse(Buffer.from(body, "base64url").toString()) as Cursor;
  if (cursor.v !== 1) throw badCursor();
  return cursor;
}

function badCursor() {
  return refusal(
    "INVALID_CURSOR",
    "The cursor is not one of this list, or was given out for other filters, another order or another site.",
    [{ pointer: "cursor", code: "invalid_cursor", message: "Take nextCursor of the page before as it is." }],
  );
}

/** A query parameter that does not go with the others. */
export function invalidParameter(name: string, message: string): Refused {
  return refusal("VALIDATION_ERROR", `${name}: ${message}`, [{ pointer: name, code: "invalid_parameter", message }]);
}
