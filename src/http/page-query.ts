import { z } from "@hono/zod-openapi";
import { offsetMax, pageLimitDefault, pageLimitMax } from "../kernel/bounds.ts";
import { totalField } from "./fields.ts";

const wholeNumber = (max: number, min: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "A whole number.")
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const limit = wholeNumber(pageLimitMax, 1).optional();

/** The parameters of every list. Spread them into the list's own query schema. */
export const listQuery = {
  limit: limit.openapi({
    type: "integer",
    format: "int32",
    minimum: 1,
    maximum: pageLimitMax,
    default: pageLimitDefault,
    description: "How many items a page holds.",
    example: 50,
  }),
  pageSize: limit.openapi({
    type: "integer",
    format: "int32",
    minimum: 1,
    maximum: pageLimitMax,
    description: "Another name for `limit`.",
    example: 50,
  }),
  cursor: z.string().max(2_000).optional().openapi({
    description: "`nextCursor` of the page before, as it is, with the same filters and order.",
    example: "eyJ2IjoxfQ.c2lnbmF0dXJl",
  }),
  offset: wholeNumber(offsetMax, 0).optional().openapi({
    type: "integer",
    format: "int32",
    minimum: 0,
    maximum: offsetMax,
    description: "How many items to skip. A cursor is faster and stable.",
    example: 0,
  }),
  sort: z.string().max(100).optional().openapi({
    description:
      "`field:asc` or `field:desc`; the field in camelCase or snake_case. The refusal of another field names those that the list has.",
    example: "createdAt:desc",
  }),
} as const;

/** The schema of a list's answer. */
export function pageOf<S extends z.ZodType>(item: S, name: string) {
  return z
    .object({
      data: z.array(item),
      totalCount: totalField.openapi({ description: "How many there are: exact without filters, and up to 10,000 with them." }),
      totalCountCapped: z.literal(true).optional().openapi({ description: "There are more than `totalCount`." }),
      hasMore: z.boolean(),
      nextCursor: z.string().nullable(),
    })
    .openapi(name);
}

/** An example of a list's answer: the one page of a list that has the item. */
export function pageExample<T>(item: T) {
  return { data: [item], totalCount: 1, hasMore: false, nextCursor: null };
}
