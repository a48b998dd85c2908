import { z } from "@hono/zod-openapi";
import { issuesMax, longList, movedIssue } from "../../../operation/long-list.ts";

/** What reads most values without the schema. */
export interface FastReader {
  /** Says yes only where the schema takes the value and gives the same one back; it may say no to anything. */
  readonly accepts: (value: unknown) => boolean;
  /** The value as the schema would give it back if it took it; undefined where that is the value itself. */
  readonly normalized: (value: unknown) => unknown;
}

/** The value as the schema gives it back; undefined where the schema is to be asked. What is accepted is an output of the schema: test/domain/accept-entry.test.ts. */
function readFast<S extends z.ZodType>({ accepts, normalized }: FastReader, value: unknown): z.output<S> | undefined {
  if (accepts(value)) return value as z.output<S>;
  const other = normalized(value);
  return other !== undefined && accepts(other) ? (other as z.output<S>) : undefined;
}

/**
 * `schema`, at the cost of `fast` for the values that it knows to be valid.
 * The document shows `schema`, under its name: it is registered with the document before the routes.
 */
export function checkedFast<S extends z.ZodType>(schema: S, name: string, fast: FastReader) {
  return z
    .unknown()
    .transform((value, ctx): z.output<S> => {
      const read = readFast<S>(fast, value);
      if (read !== undefined) return read;
      const outcome = schema.safeParse(value);
      if (outcome.success) return outcome.data;
      for (const issue of outcome.error.issues.slice(0, issuesMax)) ctx.issues.push(movedIssue(issue, [], value));
      return z.NEVER;
    })
    .openapi(name);
}

/** A list of such items. */
export function listCheckedFast<S extends z.ZodType>(item: S, name: string, fast: FastReader, min: number, max: number) {
  return longList(item, name, { min, max }, (value) => readFast<S>(fast, value));
}
