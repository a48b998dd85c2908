import { z } from "@hono/zod-openapi";

/** More faults than this help nobody, and a body of 8 MiB can hold a million. */
const issuesMax = 100;
type Context = z.core.$RefinementCtx;

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

/** A list of such items. They are checked one by one, and no further than there are faults enough to answer. */
export function listCheckedFast<S extends z.ZodType>(item: S, name: string, fast: FastReader, min: number, max: number) {
  return z
    .unknown()
    .transform((value, ctx): z.output<S>[] => {
      if (!Array.isArray(value) || value.length < min || value.length > max) {
        const given = Array.isArray(value) ? `${value.length}` : "none";
        ctx.issues.push({ code: "custom", message: `A list of ${min} to ${max} items; there are ${given}.`, input: given });
        return z.NEVER;
      }
      const items: z.output<S>[] = [];
      for (let i = 0; i < value.length; i++) {
        const element: unknown = value[i];
        const read = readFast<S>(fast, element);
        if (read !== undefined) {
          items.push(read);
          continue;
        }
        const outcome = item.safeParse(element);
        if (outcome.success) items.push(outcome.data);
        else for (const issue of outcome.error.issues.slice(0, issuesMax)) ctx.issues.push(movedIssue(issue, [i], element));
        if (ctx.issues.length >= issuesMax) break;
      }
      return items;
    })
    .openapi({ type: "array", items: { $ref: `#/components/schemas/${name}` }, minItems: min, maxItems: max });
}

/** A fault that another schema found, as a fault of this one. A finished issue is a raw one with its message; the types keep the two apart. */
export function movedIssue(issue: z.core.$ZodIssue, under: readonly PropertyKey[], input: unknown): Context["issues"][number] {
  return { ...issue, path: [...under, ...issue.path], input } as Context["issues"][number];
}
