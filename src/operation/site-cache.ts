import { leaseMs } from "../kernel/bounds.ts";
import { ownText } from "../platform/own-text.ts";
import type { OperationContext } from "./context.ts";

/** What an isolate remembers of sites. */
export interface SiteCache<T> {
  readonly get: (context: OperationContext, key: string) => T | undefined;
  readonly set: (context: OperationContext, key: string, value: T) => void;
  /** Forgets what is remembered of a site. */
  readonly forget: (siteId: string) => void;
}

/** Sites remembered at once, and things of each; a flood empties the cache. */
const sitesMax = 1_000;
const perSiteMax = 5_000;

/**
 * Remembers what never changes: of a live site for good, of a sandbox, which can be emptied at any moment by another isolate, for as long as a lease.
 * `lastsMs` makes it shorter for what may change.
 */
export function siteCache<T>(lastsMs = Number.POSITIVE_INFINITY): SiteCache<T> {
  const sites = new Map<string, Map<string, { readonly value: T; readonly until: number }>>();
  const lastsIn = ({ site }: OperationContext) => (site.environment === "sandbox" ? Math.min(leaseMs, lastsMs) : lastsMs);
  return {
    get(context, key) {
      const kept = sites.get(context.site.id)?.get(key);
      const leftMs = (kept?.until ?? 0) - context.clock();
      // What a clock that was ahead has stored would last for as long as it was.
      return leftMs > 0 && leftMs <= lastsIn(context) ? kept?.value : undefined;
    },
    set(context, key, value) {
      const ofSite = sites.get(context.site.id) ?? new Map<string, { readonly value: T; readonly until: number }>();
      if (!sites.has(context.site.id)) {
        if (sites.size >= sitesMax) sites.clear();
        sites.set(context.site.id, ofSite);
      }
      if (ofSite.size >= perSiteMax) ofSite.clear();
      ofSite.set(ownText(key), { value, until: context.clock() + lastsIn(context) });
    },
    forget: (siteId) => void sites.delete(siteId),
  };
}
