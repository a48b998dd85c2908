import { leaseMs } from "../../kernel/bounds.ts";
import type { OperationContext } from "../../operation/context.ts";
import { siteCache } from "../../operation/site-cache.ts";
import { findEntity, firstTwoEntities } from "./store.ts";

/** Ids of entities that exist. One that is deleted has no accounts left that anything could be posted to. */
const existing = siteCache<true>();
/** A site's only entity: another isolate may make a second one. */
const only = siteCache<string>(leaseMs);

async function lookUp(context: OperationContext, entityId: string): Promise<boolean> {
  if (!(await findEntity(context.db, entityId))) return false;
  existing.set(context, entityId, true);
  return true;
}

/** What the routes ask to know the entity in context. */
export const entityResolver = {
  exists(context: OperationContext, entityId: string): boolean | Promise<boolean> {
    return existing.get(context, entityId) ?? lookUp(context, entityId);
  },

  /** The site's only active entity; undefined where it has none or several. */
  async only(context: OperationContext): Promise<string | undefined> {
    const known = only.get(context, "");
    if (known) return known;
    const [first, second] = await firstTwoEntities(context.db);
    if (!first || second) return undefined;
    only.set(context, "", first.id);
    return first.id;
  },
};

/** Lets the isolate look the site's entities up anew, after one was made, archived or deleted, or all were by a reset. */
export function forgetEntities(siteId: string): void {
  only.forget(siteId);
  existing.forget(siteId);
}
