import { and, eq, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { Page } from "../kernel/page.ts";
import { entities } from "./entity-tables.ts";
import { type FilterConditions, type FoundRows, listRows } from "./list-rows.ts";
import type { SiteDatabase } from "./site-database.ts";

export type EntityRow = typeof entities.$inferSelect;

export async function findEntity(db: SiteDatabase, id: string): Promise<EntityRow | undefined> {
  return db.orm
    .select()
    .from(entities)
    .where(and(eq(entities.siteId, db.siteId), eq(entities.id, id)))
    .get();
}

export async function findEntityByExternalId(db: SiteDatabase, externalId: string): Promise<EntityRow | undefined> {
  return db.orm
    .select()
    .from(entities)
    .where(and(eq(entities.siteId, db.siteId), eq(entities.externalId, externalId)))
    .get();
}

/** The site's active entities, at most two of them: enough to know whether there is exactly one. */
export async function firstTwoEntities(db: SiteDatabase): Promise<{ readonly id: string }[]> {
  return db.orm
    .select({ id: entities.id })
    .from(entities)
    .where(and(eq(entities.siteId, db.siteId), eq(entities.status, "active")))
    .limit(2);
}

export interface EntityFilter {
  readonly kind?: EntityRow["kind"] | undefined;
  readonly status?: EntityRow["status"] | undefined;
  readonly externalId?: string | undefined;
  readonly search?: string | undefined;
}

const entityFilters: FilterConditions<EntityFilter> = {
  kind: (kind) => eq(entities.kind, kind),
  status: (status) => eq(entities.status, status),
  externalId: (externalId) => eq(entities.externalId, externalId),
  search: (text) => sql`instr(lower(${entities.name}), lower(${text})) > 0`,
};

export function listEntityRows(
  db: SiteDatabase,
  filter: EntityFilter,
  entityIds: readonly string[] | null,
  page: Page<"createdAt" | "name">,
): Promise<FoundRows<EntityRow>> {
  return listRows(db, {
    table: entities,
    sorts: { createdAt: entities.createdAt, name: entities.name },
    where: [entityIds === null ? undefined : among(entities.id, entityIds)],
    filters: entityFilters,
    asked: filter,
    page,
  });
}

/** One parameter for any number of them: the platform accepts 100. */
function among(column: SQLWrapper, values: readonly string[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
}

export function insertEntity(db: SiteDatabase, row: EntityRow) {
  return db.orm.insert(entities).values(row);
}

/** Changes an entity that is still at the row's revision; undefined where it is not. */
export async function changeEntity(
  db: SiteDatabase,
  row: EntityRow,
  change: Pick<EntityRow, "name" | "approvalPolicy" | "country" | "externalId" | "metadata" | "status" | "updatedAt">,
): Promise<EntityRow | undefined> {
  return db.orm
    .update(entities)
    .set({ ...change, revision: row.revision + 1 })
    .where(and(eq(entities.siteId, db.siteId), eq(entities.id, row.id), eq(entities.revision, row.revision)))
    .returning()
    .get();
}

export function removeEntity(db: SiteDatabase, id: string) {
  return db.orm.delete(entities).where(and(eq(entities.siteId, db.siteId), eq(entities.id, id)));
}
