import type { PageView, ReadOutcome } from "../../rpc.ts";
import type { Count } from "../state/counts.ts";

/** A page of a list: its items, each as JSON, beside their place. `after`: where the page ended, null at the end of the list. */
export function pageOutcome(items: readonly string[], { count, capped }: Count, after: string | null): ReadOutcome {
  return { ok: true, body: `[${items.join(",")}]`, page: { totalCount: count, ...(capped ? { totalCountCapped: true } : {}), after } };
}

/** The same as one text, which is JSON of a `PageView`. What is no page stays as it is. */
export function inOneText(outcome: ReadOutcome): ReadOutcome {
  if (!outcome.ok || outcome.page === undefined) return outcome;
  const place: Omit<PageView<never>, "data"> = outcome.page;
  return { ok: true, body: `{"data":${outcome.body},${JSON.stringify(place).slice(1)}` };
}
