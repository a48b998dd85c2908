import { and, eq, isNull, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { Page } from "../kernel/page.ts";
import { entities } from "./entity-tables.ts";
import { type FilterConditions, type FoundRows, listRows } from "./list-rows.ts";
import { drizzleOver, openDatabase, type SiteDatabase } from "./site-database.ts";
import { isNotMoving } from "./site-fence.ts";
import { inNoOrder } from "./sweep-order.ts";

export type EntityRow = typeof entities.$inferSelect;

/** An entity that is being deleted. */
export type LeavingEntity = EntityRow & { readonly removal: NonNullable<EntityRow["removal"]> };

/** Where its deletion is decided it is gone, whatever is left of it. */
const isShown = sql`${entities.removal} IS NOT 'retiring'`;

export async function findEntity(db: SiteDatabase, id: string): Promise<EntityRow | undefined> {
  const row = await findEntityEvenRetiring(db, id);
  return row?.removal === "retiring" ? undefined : row;
}

/** The same though its deletion is decided, for whoever takes that on. */
export async function findEntityEvenRetiring(db: SiteDatabase, id: string): Promise<EntityRow | undefined> {
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
    .where(and(eq(entities.siteId, db.siteId), eq(entities.status, "active"), isShown))
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
    where: [isShown, entityIds === null ? undefined : among(entities.id, entityIds)],
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

export type EntityChange = Pick<EntityRow, "name" | "country" | "externalId" | "metadata" | "status" | "updatedAt">;

/** The statement that changes an entity that is still at the row's revision and that nobody is deleting. */
export function changeEntity(db: SiteDatabase, row: EntityRow, change: EntityChange) {
  return db.orm
    .update(entities)
    .set({ ...change, revision: row.revision + 1 })
    .where(isAtRevision(db, row));
}

/** Whether an entity is still at the row's revision, as a part of a statement on another table. */
export function isEntityAt(db: SiteDatabase, row: EntityRow): SQL {
  return sql`EXISTS (SELECT 1 FROM ${entities} WHERE ${isAtRevision(db, row)})`;
}

function isAtRevision(db: SiteDatabase, { id, revision }: EntityRow): SQL | undefined {
  return and(eq(entities.siteId, db.siteId), eq(entities.id, id), eq(entities.revision, revision), isNull(entities.removal));
}

/** Begins to delete an entity that is still at the row's revision. Where it is not, or somebody is deleting it, nothing is done. */
export async function beginRemoval(db: SiteDatabase, row: Pick<EntityRow, "id" | "revision">, nowMs: number): Promise<void> {
  await db.orm
    .update(entities)
    // By the clock, so that a database that was restored to an earlier time gives no number twice.
    .set({ removal: "deleting", removalNo: sql`max(${entities.removalNo} + 1, ${nowMs})` })
    .where(and(eq(entities.siteId, db.siteId), eq(entities.id, row.id), eq(entities.revision, row.revision), isNull(entities.removal)));
}

/** Takes a removal that is still where the row says to its next step; null gives it up. Of several who try, the first decides. */
export async function takeRemovalOn(db: SiteDatabase, row: LeavingEntity, removal: EntityRow["removal"]): Promise<void> {
  const isWhere = and(eq(entities.removal, row.removal), eq(entities.removalNo, row.removalNo));
  await db.orm
    .update(entities)
    .set({ removal })
    .where(and(eq(entities.siteId, db.siteId), eq(entities.id, row.id), isWhere));
}

/** Removals at once; the next run continues. */
const removalsPerRun = 500;

/** Some of the entities of a database whose removal is under way; those of sites that are being moved wait. */
export async function listRemovals(
  env: Cloudflare.Env,
  database: string,
): Promise<readonly { readonly siteId: string; readonly entityId: string }[]> {
  return drizzleOver(openDatabase(env, database))
    .select({ siteId: entities.siteId, entityId: entities.id })
    .from(entities)
    .where(and(sql`${entities.removal} IS NOT NULL`, isNotMoving(entities.siteId)))
    .orderBy(inNoOrder)
    .limit(removalsPerRun);
}

export function removeEntity(db: SiteDatabase, id: string) {
  return db.orm.delete(entities).where(and(eq(entities.siteId, db.siteId), eq(entities.id, id)));
}
