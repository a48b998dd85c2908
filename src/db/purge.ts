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

/** A statement that changes more rows at once may block the database for its sites for too long. */
export const rowsPerPiece = 5_000;
/** What one run changes of one database at most: the next run continues. */
const piecesMax = 50;

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

/** Which rows a piece has, as a part of a statement: fewer than `rowsPerPiece` where no others are left. */
function isInPiece(table: SQLWrapper, where: SQL): SQL {
  return sql`rowid IN (SELECT rowid FROM ${table} WHERE ${where} LIMIT ${rowsPerPiece})`;
}

/** The statement that deletes a piece of the rows. */
export function deletePiece(table: SQLWrapper, where: SQL): SQL {
  return sql`DELETE FROM ${table} WHERE ${isInPiece(table, where)}`;
}

/** Deletes rows in pieces, up to what one run changes. */
export function deleteInPieces(orm: DrizzleD1Database, table: SQLiteTable, where: SQL): Promise<void> {
  return runPieces(orm, deletePiece(table, where));
}

/** The same for an update, after which a row is among those of `where` no more. */
export function updateInPieces(orm: DrizzleD1Database, table: SQLiteTable, set: SQL, where: SQL): Promise<void> {
  return runPieces(orm, sql`UPDATE ${table} SET ${set} WHERE ${isInPiece(table, where)}`);
}

async function runPieces(orm: DrizzleD1Database, piece: SQL): Promise<void> {
  for (let run = 0; run < piecesMax; run += 1) {
    const { meta } = await orm.run(piece);
    if (meta.changes < rowsPerPiece) return;
  }
}
