import type { RequestContext } from "../http/router.ts";
import { isUuid } from "../kernel/id.ts";
import { refusal } from "../platform/refused.ts";
import type { OperationContext } from "./context.ts";

/** How the routes learn of entities without knowing the feature: given by the app. */
export interface EntityResolver {
  /** At once where it is known. */
  exists(context: OperationContext, entityId: string): boolean | Promise<boolean>;
  /** The site's only entity; undefined when it has none or several. */
  only(context: OperationContext): Promise<string | undefined>;
}

let resolver: EntityResolver | undefined;

export function resolveEntitiesBy(given: EntityResolver): void {
  resolver = given;
}

/** The first of the ids that is none of the site's entities. */
export async function firstUnknownEntity(context: OperationContext, entityIds: readonly string[]): Promise<number | undefined> {
  const known = await Promise.all(entityIds.map((id) => resolver?.exists(context, id)));
  const at = known.findIndex((exists) => exists !== true);
  return at === -1 ? undefined : at;
}

function named(value: unknown, name: "entityId" | "ledgerId"): string | undefined {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === "string" ? found : undefined;
}

/**
 * The entity whose books a request means: path, x-organization-id, entityId, the key's own restriction, the site's only one.
 * Two that differ are refused; none is, unless the request names a ledger, which names its entity (answered as "").
 */
export async function entityOf(c: RequestContext, query: unknown, body: unknown): Promise<string> {
  const context = c.get("context");
  const path = c.get("scope").entityId;
  const given = [path, c.req.header("x-organization-id"), named(query, "entityId"), named(body, "entityId")];
  const first = given.find((id) => id !== undefined);
  if (first !== undefined) {
    if (given.some((id) => id !== undefined && id !== first)) throw refusal("ENTITY_CONFLICT", "The request names two different entities.");
    if (context.entityIds !== null && !context.entityIds.includes(first) && path === undefined)
      throw refusal("ENTITY_FORBIDDEN", "The key is restricted to other entities.");
    const known =
      isUuid(first) && (context.entityIds === null || context.entityIds.includes(first)) && (await resolver?.exists(context, first));
    if (known) return first;
    if (path !== undefined) throw refusal("NOT_FOUND", "Nothing with this id exists in the site.");
    const message = "The site has no such entity.";
    throw refusal("REFERENCE_NOT_FOUND", message, [{ pointer: "entityId", code: "REFERENCE_NOT_FOUND", message }]);
  }
  if (named(query, "ledgerId") !== undefined || named(body, "ledgerId") !== undefined) return "";
  if (context.entityIds?.length === 1 && context.entityIds[0] !== undefined) return context.entityIds[0];
  const only = context.entityIds === null ? await resolver?.only(context) : undefined;
  if (only === undefined) throw refusal("ENTITY_REQUIRED", "Name the entity: in the path, as x-organization-id, or as entityId.");
  return only;
}
