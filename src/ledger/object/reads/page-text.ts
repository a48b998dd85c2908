import type { Count } from "./counts.ts";

/** JSON of a page of a list. `texts`: its items, each as JSON; `after`: JSON of where the page ended, null at the end of the list. */
export function pageText(texts: readonly string[], count: Count, after: string): string {
  return `{"data":[${texts.join(",")}],"totalCount":${count.count}${count.capped ? ',"totalCountCapped":true' : ""},"after":${after}}`;
}
