import { findEntity, firstTwoEntities } from "../db/entities.ts";
import { leaseMs } from "../kernel/bounds.ts";
import { isUuid } from "../kernel/id.ts";
import { notFound, type Refused, refusal } from "../platform/refused.ts";
import type { OperationContext } from "./context.ts";
import { siteCache } from "./site-cache.ts";

/** Ids of entities that exist. The ledgers of one that is deleted are retired: nothing is posted to them, whoever remembers them. */
const existing = siteCache<true>();
/** A site's only entity: another isolate may make a second one. */
const only = siteCache<string>(leaseMs);

/** Has the isolate look the site's entities up again, after one was created, archived or deleted, or all were by a reset. */
export function forgetEntities(siteId: string): void {
  only.forget(siteId);
  existing.forget(siteId);
}

/** Whether the site has the entity: at once where it is known. */
function isKnown(context: OperationContext, entityId: string): boolean | Promise<boolean> {
  return existing.get(context, entityId) ?? lookUp(context, entityId);
}

async function lookUp(context: OperationContext, entityId: string): Promise<boolean> {
  if (!(await findEntity(context.db, entityId))) return false;
  existing.set(context, entityId, true);
  return true;
}

/** The site's only active entity; undefined where it has none or several. */
async function onlyEntity(context: OperationContext): Promise<string | undefined> {
  const known = only.get(context, "");
  if (known) return known;
  const [first, second] = await firstTwoEntities(context.db);
  if (!first || second) return undefined;
  only.set(context, "", first.id);
  return first.id;
}

/** The first of the ids that is none of the site's entities. */
export async function firstUnknownEntity(context: OperationContext, entityIds: readonly string[]): Promise<number | undefined> {
  const known = await Promise.all(entityIds.map((id) => isKnown(context, id)));
  const at = known.findIndex((exists) => !exists);
  return at === -1 ? undefined : at;
}

/** Why nothing was added to an entity that is being deleted: whether it goes is not decided yet, or it is gone, and so is what the path named. */
export async function refusedByRemoval(context: OperationContext, entityId: string, location: "path" | "body"): Promise<Refused> {
  if (await findEntity(context.db, entityId)) return beingDeleted();
  return location === "path" ? notFound() : unknownEntity();
}

/** Whether an entity goes is being decided, and nothing of it changes meanwhile. */
export function beingDeleted(): Refused {
  return refusal("LEDGER_FROZEN", "The entity is being deleted; whether it can be is decided within seconds.");
}

/** What would have been listed is of before a reset of the site. Asked again, it is made anew. */
export function brokenByReset(): Refused {
  return refusal("OVERLOADED", "The site is being reset, or was a moment ago; repeat the request.");
}

function unknownEntity(): Refused {
  const message = "The site has no such entity.";
  return refusal("REFERENCE_NOT_FOUND", message, [{ pointer: "entityId", code: "REFERENCE_NOT_FOUND", message }]);
}

function named(value: unknown, name: "entityId" | "ledgerId"): string | undefined {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === "string" ? found : undefined;
}

/** Where a request may name the entity whose books it means. */
export interface EntityNaming {
  /** The company that the path scopes. */
  readonly companyId: string | undefined;
  /** Beside path, query and body. */
  readonly organizationId: string | undefined;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * The entity whose books a request means: path, x-organization-id, entityId, the key's own restriction, the site's only one.
 * Two that differ are refused; none is, unless the request names a ledger, which names its entity (answered as "").
 */
export async function entityInContext(
  context: OperationContext,
  { companyId, organizationId, query, body }: EntityNaming,
): Promise<string> {
  const given = [companyId, organizationId, named(query, "entityId"), named(body, "entityId")];
  const first = given.find((id) => id !== undefined);
  if (first !== undefined) {
    if (given.some((id) => id !== undefined && id !== first)) throw refusal("ENTITY_CONFLICT", "The request names two different entities.");
    if (context.entityIds !== null && !context.entityIds.includes(first) && companyId === undefined)
      throw refusal("ENTITY_FORBIDDEN", "The key is restricted to other entities.");
    const covered = context.entityIds === null || context.entityIds.includes(first);
    if (isUuid(first) && covered && (await isKnown(context, first))) return first;
    if (companyId !== undefined) throw notFound();
    throw unknownEntity();
  }
  if (named(query, "ledgerId") !== undefined || named(body, "ledgerId") !== undefined) return "";
  if (context.entityIds?.length === 1 && context.entityIds[0] !== undefined) return context.entityIds[0];
  const single = context.entityIds === null ? await onlyEntity(context) : undefined;
  if (single === undefined) throw refusal("ENTITY_REQUIRED", "Name the entity: in the path, as x-organization-id, or as entityId.");
  return single;
}
