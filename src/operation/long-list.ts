import { z } from "@hono/zod-openapi";

/** More faults than this help nobody, and a body of 8 MiB can hold a million. */
export const issuesMax = 100;
type Context = z.core.$RefinementCtx;

/**
 * A list of thousands. Its items are checked one by one, and no further than there are faults enough to answer. `readFast`: an item as the schema gives it back,
 * where the schema need not be asked. The document shows the schema that a route registers under `name`.
 */
export function longList<S extends z.ZodType>(
  item: S,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
  readFast: (value: unknown) => z.output<S> | undefined = () => undefined,
) {
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
        const read = readFast(element);
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
