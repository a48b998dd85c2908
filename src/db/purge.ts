import { sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { idempotencyLifeMs } from "../kernel/bounds.ts";
import { directoryDatabase } from "./directory-database.ts";
import { idempotencyKeys } from "./idempotency-tables.ts";
import { sealedAnswers } from "./sealed-answer-tables.ts";
import { drizzleOver, openDatabase, siteDatabaseNames } from "./site-database.ts";

/** A delete of more rows at once may keep the database from its sites for too long. */
const rowsPerDelete = 5_000;
/** What one run deletes of one database at most: the next run goes on. */
const deletesMax = 50;

/** Deletes the answers that were kept for repetitions and are past their 24 hours, in every database. */
export async function purgeKeptAnswers(env: Cloudflare.Env, nowMs: number): Promise<void> {
  await purge(directoryDatabase(env).orm, sealedAnswers, nowMs);
  for (const name of siteDatabaseNames(env)) await purge(drizzleOver(openDatabase(env, name)), idempotencyKeys, nowMs);
}

async function purge(
  orm: ReturnType<typeof drizzleOver>,
  table: SQLiteTable & { readonly createdAt: SQLiteColumn },
  nowMs: number,
): Promise<void> {
  const piece = sql`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${table.createdAt} <= ${nowMs - idempotencyLifeMs} LIMIT ${rowsPerDelete})`;
  for (let run = 0; run < deletesMax; run += 1) {
    const { meta } = await orm.run(piece);
    if (meta.changes < rowsPerDelete) return;
  }
}
