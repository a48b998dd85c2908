import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { idempotencyLifeMs } from "../kernel/bounds.ts";
import { directoryDatabase } from "./directory-database.ts";
import { fanOuts } from "./fan-out-tables.ts";
import { idempotencyKeys } from "./idempotency-tables.ts";
import { sealedAnswers } from "./sealed-answer-tables.ts";
import { drizzleOver, openDatabase, siteDatabaseNames } from "./site-database.ts";
import { isNotMoving } from "./site-fence.ts";

/** A delete of more rows at once may block the database for its sites for too long. */
export const rowsPerDelete = 5_000;
/** What one run deletes of one database at most: the next run continues. */
const deletesMax = 50;

/** Deletes the stored answers that are older than 24 hours, in every database. */
export async function purgeStoredAnswers(env: Cloudflare.Env, nowMs: number): Promise<void> {
  await purge(directoryDatabase(env).orm, sealedAnswers, nowMs);
  for (const name of siteDatabaseNames(env)) {
    const orm = drizzleOver(openDatabase(env, name));
    for (const table of [idempotencyKeys, fanOuts]) await purge(orm, table, nowMs, isNotMoving(table.siteId));
  }
}

function purge(
  orm: DrizzleD1Database,
  table: SQLiteTable & { readonly createdAt: SQLiteColumn },
  nowMs: number,
  among = sql`true`,
): Promise<void> {
  return deleteInPieces(orm, table, sql`${table.createdAt} <= ${nowMs - idempotencyLifeMs} AND ${among}`);
}

/** The statement that deletes a piece of the rows: fewer than `rowsPerDelete` are deleted where no others are left. */
export function deletePiece(table: SQLWrapper, where: SQL): SQL {
  return sql`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${where} LIMIT ${rowsPerDelete})`;
}

/** Deletes rows in pieces, up to what one run deletes. */
export async function deleteInPieces(orm: DrizzleD1Database, table: SQLiteTable, where: SQL): Promise<void> {
  const piece = deletePiece(table, where);
  for (let run = 0; run < deletesMax; run += 1) {
    const { meta } = await orm.run(piece);
    if (meta.changes < rowsPerDelete) return;
  }
}
