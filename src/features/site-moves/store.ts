import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { switchDatabase } from "../../db/site-rows.ts";
import { inNoOrder } from "../../db/sweep-order.ts";
import { siteMoves } from "./directory-tables.ts";
import { endsOf } from "./domain/move.ts";

export type MoveRow = typeof siteMoves.$inferSelect;
export type MoveChange = Partial<Pick<MoveRow, "step" | "progress" | "tables" | "abortReason" | "waitUntil" | "finishedAt">>;

export function insertMove(directory: DirectoryDatabase, row: MoveRow) {
  return directory.orm.insert(siteMoves).values(row);
}

export async function findMove(directory: DirectoryDatabase, id: string): Promise<MoveRow | undefined> {
  return directory.orm.select().from(siteMoves).where(eq(siteMoves.id, id)).get();
}

/** The site's move that is under way, or its last. */
export async function findLastMove(directory: DirectoryDatabase, siteId: string): Promise<MoveRow | undefined> {
  return directory.orm
    .select()
    .from(siteMoves)
    .where(eq(siteMoves.siteId, siteId))
    .orderBy(sql`${siteMoves.finishedAt} IS NOT NULL`, desc(siteMoves.createdAt), desc(siteMoves.id))
    .limit(1)
    .get();
}

export async function listRunningMoves(directory: DirectoryDatabase): Promise<MoveRow[]> {
  return directory.orm.select().from(siteMoves).where(isNull(siteMoves.finishedAt)).orderBy(inNoOrder).limit(1_000);
}

/** Saves the progress of a move; undefined where another worker has saved since it was read. */
export async function saveMove(directory: DirectoryDatabase, move: MoveRow, change: MoveChange): Promise<MoveRow | undefined> {
  const [saved] = await changeMove(directory, move, change);
  return saved;
}

/** The decision: the site's database and epoch change together with the move's step, or nothing does. */
export async function saveSwitch(directory: DirectoryDatabase, move: MoveRow, change: MoveChange): Promise<MoveRow | undefined> {
  const unchanged = sql`EXISTS (SELECT 1 FROM ${siteMoves} WHERE ${siteMoves.id} = ${move.id} AND ${siteMoves.revision} = ${move.revision})`;
  const { destination: database } = endsOf(move);
  const [, saved] = await directory.orm.batch([
    switchDatabase(directory, { id: move.siteId, database, epoch: move.epoch }, unchanged),
    changeMove(directory, move, change),
  ]);
  return saved[0];
}

function changeMove(directory: DirectoryDatabase, move: MoveRow, change: MoveChange) {
  return directory.orm
    .update(siteMoves)
    .set({ ...change, revision: move.revision + 1 })
    .where(and(eq(siteMoves.id, move.id), eq(siteMoves.revision, move.revision)))
    .returning();
}
