import { and, asc, desc, eq, gt, inArray, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type FilterConditions, type FoundRows, listRows } from "../../db/list-rows.ts";
import type { SiteDatabase } from "../../db/site-database.ts";
import { numberInUse } from "../../db/site-resets.ts";
import { isKeptEntity, standingEntity } from "../../db/standing-entity.ts";
import type { Page } from "../../kernel/page.ts";
import type { LedgerHead } from "../../ledger/facts-message.ts";
import { notFound } from "../../platform/refused.ts";
import type { LedgersFilter } from "./schemas.ts";
import { ledgerHeads, ledgers } from "./tables.ts";

export type LedgerRow = typeof ledgers.$inferSelect;

export async function findLedgerById(db: SiteDatabase, id: string): Promise<LedgerRow | undefined> {
  return db.orm
    .select()
    .from(ledgers)
    .where(and(eq(ledgers.siteId, db.siteId), eq(ledgers.id, id)))
    .get();
}

export async function findLedgerByNumber(db: SiteDatabase, number: number): Promise<LedgerRow | undefined> {
  return db.orm
    .select()
    .from(ledgers)
    .where(and(eq(ledgers.siteId, db.siteId), eq(ledgers.number, number)))
    .get();
}

export async function findLedgerOfCurrency(db: SiteDatabase, entityId: string, currency: string): Promise<LedgerRow | undefined> {
  return db.orm
    .select()
    .from(ledgers)
    .where(and(eq(ledgers.siteId, db.siteId), eq(ledgers.entityId, entityId), eq(ledgers.currency, currency)))
    .get();
}

export async function findFunctionalLedger(db: SiteDatabase, entityId: string): Promise<LedgerRow | undefined> {
  return db.orm
    .select()
    .from(ledgers)
    .where(and(eq(ledgers.siteId, db.siteId), eq(ledgers.entityId, entityId), eq(ledgers.functional, true)))
    .get();
}

export async function listLedgerRows(db: SiteDatabase, entityId: string): Promise<LedgerRow[]> {
  return db.orm
    .select()
    .from(ledgers)
    .where(and(eq(ledgers.siteId, db.siteId), eq(ledgers.entityId, entityId)))
    .orderBy(desc(ledgers.functional), asc(ledgers.createdAt), asc(ledgers.id));
}

export async function listNumbers(db: SiteDatabase, after: number, limit: number): Promise<readonly number[]> {
  const rows = await db.orm
    .select({ number: ledgers.number })
    .from(ledgers)
    .where(and(eq(ledgers.siteId, db.siteId), gt(ledgers.number, after)))
    .orderBy(asc(ledgers.number))
    .limit(limit);
  return rows.map(({ number }) => number);
}

/** The row of a ledger that was found before, as it is now. It may have gone with its entity. */
export async function requireLedgerRow(db: SiteDatabase, id: string): Promise<LedgerRow> {
  const row = await findLedgerById(db, id);
  if (row === undefined) throw notFound();
  return row;
}

const ledgerFilters: FilterConditions<LedgersFilter> = {
  entityId: (entityId) => eq(ledgers.entityId, entityId),
  currency: (currency) => eq(ledgers.currency, currency),
};

export function listLedgerPage(
  db: SiteDatabase,
  filter: LedgersFilter,
  entityIds: readonly string[] | null,
  page: Page<"createdAt" | "name" | "currency">,
): Promise<FoundRows<LedgerRow>> {
  return listRows(db, {
    table: ledgers,
    sorts: { createdAt: ledgers.createdAt, name: ledgers.name, currency: ledgers.currency },
    where: [entityIds === null ? undefined : among(ledgers.entityId, entityIds)],
    filters: ledgerFilters,
    asked: filter,
    page,
  });
}

/** One parameter for any number of them: the platform accepts 100. */
function among(column: SQLWrapper, values: readonly string[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
}

/** Changes a ledger that is still at the row's revision; undefined where it is not. */
export async function changeLedger(
  db: SiteDatabase,
  row: LedgerRow,
  change: Pick<LedgerRow, "name" | "description" | "metadata" | "updatedAt">,
): Promise<LedgerRow | undefined> {
  return db.orm
    .update(ledgers)
    .set({ ...change, revision: row.revision + 1 })
    .where(and(eq(ledgers.siteId, db.siteId), eq(ledgers.id, row.id), eq(ledgers.revision, row.revision)))
    .returning()
    .get();
}

/** The statement that inserts a ledger: its idempotency key and its entity may go with it. Breaks its batch where the entity is being deleted, or a reset came after the ledger was numbered. */
export function insertLedger(db: SiteDatabase, row: LedgerRow) {
  return db.orm.insert(ledgers).values({ ...row, number: numberInUse(db, row.number), entityId: standingEntity(db, row.entityId) });
}

/** Those of the ids that the catalogue has a ledger for. */
export async function ledgerIdsAmong(db: SiteDatabase, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.orm
    .select({ id: ledgers.id })
    .from(ledgers)
    .where(and(eq(ledgers.siteId, db.siteId), among(ledgers.id, ids)));
  return new Set(rows.map(({ id }) => id));
}

export async function insertHead(db: SiteDatabase, head: LedgerHead): Promise<void> {
  const { ledgerNumber, sequence, seal, at } = head;
  // The message may be late, and its ledger gone.
  await db.orm.run(sql`
    INSERT INTO ${ledgerHeads} (site_id, ledger_number, sequence, seal, at)
    SELECT ${ledgers.siteId}, ${ledgers.number}, ${sequence}, ${seal}, ${Date.parse(at)} FROM ${ledgers}
    WHERE ${ledgers.siteId} = ${db.siteId} AND ${ledgers.number} = ${ledgerNumber}
    ON CONFLICT DO NOTHING`);
}

/** Ids of the entity's ledgers, as a part of a statement. */
export function ledgerIdsOf(db: SiteDatabase, entityId: string): SQL {
  return sql`(SELECT ${ledgers.id} FROM ${ledgers} WHERE ${ledgers.siteId} = ${db.siteId} AND ${ledgers.entityId} = ${entityId})`;
}

/**
 * Whether the catalogue has the ledger and keeps it, as a part of a statement. What a frozen ledger decided before is still listed, for it may be
 * thawed; nothing is any more once its entity's deletion is decided.
 */
export function hasLedgerRow(db: SiteDatabase, ledgerId: SQL): SQL {
  const isIt = sql`${ledgers.siteId} = ${db.siteId} AND ${ledgers.id} = ${ledgerId}`;
  return sql`EXISTS (SELECT 1 FROM ${ledgers} WHERE ${isIt} AND ${isKeptEntity(db, ledgers.entityId)})`;
}

/** The statements that remove an entity's ledgers with their stored heads. */
export function deleteLedgers(db: SiteDatabase, entityId: string) {
  const ofEntity = and(eq(ledgers.siteId, db.siteId), eq(ledgers.entityId, entityId));
  const numbers = db.orm.select({ number: ledgers.number }).from(ledgers).where(ofEntity);
  return [
    db.orm.delete(ledgerHeads).where(and(eq(ledgerHeads.siteId, db.siteId), inArray(ledgerHeads.ledgerNumber, numbers))),
    db.orm.delete(ledgers).where(ofEntity),
  ] as const;
}
