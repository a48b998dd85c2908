import { and, eq, isNull, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { hasMessage } from "../kernel/error-causes.ts";
import { entities } from "./entity-tables.ts";
import type { SiteDatabase } from "./site-database.ts";

function isStanding(db: SiteDatabase, entityId: string): SQL | undefined {
  return and(eq(entities.siteId, db.siteId), eq(entities.id, entityId), isNull(entities.removal));
}

/**
 * The entity's id where the entity is there and nobody is deleting it, else null. It is the value of every `entity_id` that is inserted: in a column
 * that is never null it breaks its statement and the batch around it, so that whoever deletes an entity knows of all that it has.
 */
export function standingEntity(db: SiteDatabase, entityId: string): SQL<string> {
  return sql<string>`(SELECT ${entities.id} FROM ${entities} WHERE ${isStanding(db, entityId)})`;
}

/** The same as a statement in front of an insert, for a column that may be null: breaks its batch where the entity does not stand. */
export function requireStandingEntity(db: SiteDatabase, entityId: string) {
  return db.orm.run(sql`INSERT INTO ${entities} (site_id, id) SELECT ${db.siteId}, NULL WHERE ${standingEntity(db, entityId)} IS NULL`);
}

/** Whether an entity is there and its deletion not decided, as a part of a statement. */
export function isKeptEntity(db: SiteDatabase, entityId: SQLWrapper): SQL {
  return sql`EXISTS (SELECT 1 FROM ${entities} WHERE ${entities.siteId} = ${db.siteId} AND ${entities.id} = ${entityId} AND ${entities.removal} IS NOT 'retiring')`;
}

/** Whether a batch was broken because its entity is being deleted, or is gone. */
export function isEntityLeaving(error: unknown): boolean {
  return hasMessage(error, /NOT NULL constraint failed: (?:\w+\.entity_id|entities\.id)\b/);
}
