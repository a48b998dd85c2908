import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { CopiedTable, MoveProgress, MoveStep } from "./domain/move.ts";

/** Moves of sites from one database to another, with their progress, so that whoever finds one resumes it. */
export const siteMoves = sqliteTable(
  "site_moves",
  {
    id: text("id").primaryKey(),
    siteId: text("site_id").notNull(),
    /** D1 bindings. */
    source: text("source").notNull(),
    target: text("target").notNull(),
    /** The site's epoch after the move, whether it succeeds or is aborted. */
    epoch: integer("epoch").notNull(),
    step: text("step").$type<MoveStep>().notNull(),
    progress: text("progress", { mode: "json" }).$type<MoveProgress>().notNull(),
    /** The tables that were compared, row by row. */
    tables: text("tables", { mode: "json" }).$type<CopiedTable[]>().notNull(),
    /** Why it was given up; null for a move that goes ahead. */
    abortReason: text("abort_reason"),
    /** Nothing is done before. */
    waitUntil: integer("wait_until").notNull(),
    /** +1 with each change: of two workers that continue it, one saves. */
    revision: integer("revision").notNull(),
    createdAt: integer("created_at").notNull(),
    finishedAt: integer("finished_at"),
  },
  (table) => [
    index("site_moves_site").on(table.siteId, table.createdAt),
    // One at a time.
    uniqueIndex("site_moves_running").on(table.siteId).where(sql`finished_at IS NULL`),
  ],
);
