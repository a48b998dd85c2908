import { and, eq, lt, notExists, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { hasMessage } from "../kernel/error-causes.ts";
import type { SharedContent } from "../ledger/domain/shared-content.ts";
import { completeShared } from "../ledger/domain/shared-record.ts";
import { entities } from "./entity-tables.ts";
import { runBatch } from "./run-batch.ts";
import { sharedRecords, type Withdrawn } from "./shared-record-tables.ts";
import { drizzleOver, openDatabase, type SiteDatabase } from "./site-database.ts";
import { isNotMoving } from "./site-fence.ts";
import { standingEntity } from "./standing-entity.ts";
import { inNoOrder } from "./sweep-order.ts";

type Row = typeof sharedRecords.$inferSelect;

/** What the ledgers of an entity share: as it is wished, and as all of them hold it. */
export interface SharedRecord extends Omit<Row, "siteId" | "content" | "held"> {
  readonly content: SharedContent;
  readonly held: SharedContent;
}

/** Held at no revision: the record was made of what the ledgers held, each by itself, and they are still to be told of it. */
export const neverHeld = -1;

/** What all ledgers of the entity hold; undefined where they were never told the same. */
export function heldByAll({ heldRevision, held }: SharedRecord): SharedContent | undefined {
  return heldRevision === neverHeld ? undefined : held;
}

/** Whether every ledger of the entity holds what is wished. */
export function isHeld({ revision, heldRevision }: SharedRecord): boolean {
  return heldRevision >= revision;
}

export async function findSharedRecord(db: SiteDatabase, entityId: string): Promise<SharedRecord | undefined> {
  const row = await db.orm.select().from(sharedRecords).where(ofEntity(db, entityId)).get();
  return row && { ...row, content: completeShared(row.content), held: completeShared(row.held) };
}

function ofEntity(db: SiteDatabase, entityId: string): SQL | undefined {
  return and(eq(sharedRecords.siteId, db.siteId), eq(sharedRecords.entityId, entityId));
}

/** The statement that inserts the record of an entity in the making. */
export function insertSharedRecord(db: SiteDatabase, record: SharedRecord) {
  return db.orm.insert(sharedRecords).values({ ...record, siteId: db.siteId, entityId: standingEntity(db, record.entityId) });
}

/** Adds the record of an entity that has none, if nobody is deleting it, and shows what it says where the ledgers hold that. */
export async function addSharedRecord(db: SiteDatabase, record: SharedRecord): Promise<void> {
  const { entityId, revision, content, heldRevision, held, wishedBy, withdrawn } = record;
  const texts = [content, held, wishedBy, withdrawn].map((value) => JSON.stringify(value));
  const insert = sql`INSERT INTO ${sharedRecords} (site_id, entity_id, revision, content, held_revision, held, wished_by, withdrawn)
    SELECT ${db.siteId}, ${entityId}, ${revision}, ${texts[0]}, ${heldRevision}, ${texts[1]}, ${texts[2]}, ${texts[3]}
    WHERE ${standingEntity(db, entityId)} IS NOT NULL ON CONFLICT DO NOTHING`;
  await runBatch(db, [db.orm.run(insert), ...(isHeld(record) ? [showPolicy(db, record)] : [])]);
}

/** A statement that breaks its batch where the record has moved on since it was read. */
export function requireSharedRevision(db: SiteDatabase, { entityId, revision }: Pick<SharedRecord, "entityId" | "revision">) {
  return db.orm
    .update(sharedRecords)
    .set({ revision: sql`CASE WHEN ${sharedRecords.revision} = ${revision} THEN ${sharedRecords.revision} END` })
    .where(ofEntity(db, entityId));
}

/** Whether a batch broke because the record has moved on. */
export function isSharedRecordMoved(error: unknown): boolean {
  return hasMessage(error, /NOT NULL constraint failed: shared_records\.revision/);
}

/** What is wished next: the revision follows the record's. */
export interface SharedWish extends Pick<SharedRecord, "content" | "wishedBy"> {
  /** Where a ledger has passed the record already, as after the database was restored. */
  readonly revision?: number;
  readonly withdrawn?: readonly Withdrawn[];
}

/** The statement that puts a wish in the record's place, where it stands as it was read and `onlyIf` is true. */
export function wishShared(db: SiteDatabase, record: SharedRecord, wish: SharedWish, onlyIf?: SQL) {
  return db.orm
    .update(sharedRecords)
    .set({ withdrawn: record.withdrawn, ...wish, revision: wish.revision ?? record.revision + 1 })
    .where(and(ofEntity(db, record.entityId), eq(sharedRecords.revision, record.revision), onlyIf));
}

/** The same at once; false where the record has moved on. */
export async function trySharedWish(db: SiteDatabase, record: SharedRecord, wish: SharedWish, onlyIf?: SQL): Promise<boolean> {
  const [changed] = await runBatch(db, [wishShared(db, record, wish, onlyIf)]);
  return changed === 1;
}

/** That not every ledger holds the record yet, as a part of a statement. */
export const isNotHeldYet: SQL = lt(sharedRecords.heldRevision, sharedRecords.revision);

/** Notes that every ledger holds the record as it was read, and shows it; false where it has moved on. */
export async function holdShared(db: SiteDatabase, record: SharedRecord): Promise<boolean> {
  const { entityId, revision, content } = record;
  const hold = db.orm
    .update(sharedRecords)
    .set({ heldRevision: revision, held: content })
    .where(and(ofEntity(db, entityId), eq(sharedRecords.revision, revision)));
  const [held] = await runBatch(db, [hold, showPolicy(db, record)]);
  return held === 1;
}

/** The entity is shown with the policy that its ledgers hold. */
function showPolicy(db: SiteDatabase, { entityId, revision, content }: SharedRecord): BatchItem<"sqlite"> {
  const isHeldAt = sql`EXISTS (SELECT 1 FROM ${sharedRecords} WHERE ${ofEntity(db, entityId)} AND ${sharedRecords.revision} = ${revision} AND ${sharedRecords.heldRevision} = ${revision})`;
  return db.orm
    .update(entities)
    .set({ approvalPolicy: content.policy })
    .where(and(eq(entities.siteId, db.siteId), eq(entities.id, entityId), isHeldAt));
}

/** An entity of a database of the pool, whichever site's. */
export interface EntityOfPool {
  readonly siteId: string;
  readonly entityId: string;
}

/** Some of the entities of which not every ledger holds the record; those of sites that are being moved wait. */
export async function pendingSharedRecords(env: Cloudflare.Env, database: string, max: number): Promise<EntityOfPool[]> {
  const { siteId, entityId } = sharedRecords;
  return (
    drizzleOver(openDatabase(env, database))
      .select({ siteId, entityId })
      .from(sharedRecords)
      // As the index has it.
      .where(and(sql`held_revision <> revision`, isNotMoving(siteId)))
      .orderBy(inNoOrder)
      .limit(max)
  );
}

/** Some of the entities that have no record: earlier builds made none. */
export async function entitiesWithoutRecord(env: Cloudflare.Env, database: string, max: number): Promise<EntityOfPool[]> {
  const orm = drizzleOver(openDatabase(env, database));
  const record = orm
    .select({ entityId: sharedRecords.entityId })
    .from(sharedRecords)
    .where(and(eq(sharedRecords.siteId, entities.siteId), eq(sharedRecords.entityId, entities.id)));
  return orm
    .select({ siteId: entities.siteId, entityId: entities.id })
    .from(entities)
    .where(and(notExists(record), isNotMoving(entities.siteId)))
    .orderBy(inNoOrder)
    .limit(max);
}
