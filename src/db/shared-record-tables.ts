import { sql } from "drizzle-orm";
import { foreignKey, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Failure } from "../kernel/failures.ts";
import type { Actor } from "../kernel/role.ts";
import type { SharedContent } from "../ledger/domain/shared-content.ts";
import { entities } from "./entity-tables.ts";

/** What was taken back because a ledger could not take it. */
export interface Withdrawn {
  /** The revision without it. */
  readonly revision: number;
  /** Why, with the period and module of the lock and the ledger that refused it. */
  readonly failure: Failure;
}

/** What an entity's ledgers share, decided here: what is wished under a revision of its own, and what all ledgers are known to hold, which is shown. */
export const sharedRecords = sqliteTable(
  "shared_records",
  {
    siteId: text("site_id").notNull(),
    entityId: text("entity_id").notNull(),
    /** +1 per wish; 0 while nothing but what every new ledger begins with was ever wished. */
    revision: integer("revision").notNull(),
    /** A member that a later build shares may be missing. */
    content: text("content", { mode: "json" }).$type<Partial<SharedContent>>().notNull(),
    /** The revision that every ledger of the entity has passed; -1 where the record was made of what they held before, and some are still to be told. */
    heldRevision: integer("held_revision").notNull(),
    held: text("held", { mode: "json" }).$type<Partial<SharedContent>>().notNull(),
    /** Who wished it, for the ledgers' logs. */
    wishedBy: text("wished_by", { mode: "json" }).$type<{ readonly actor: Actor; readonly requestId: string }>().notNull(),
    /** The last few of them. */
    withdrawn: text("withdrawn", { mode: "json" }).$type<readonly Withdrawn[]>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.entityId] }),
    // The record goes with its entity.
    foreignKey({ columns: [table.siteId, table.entityId], foreignColumns: [entities.siteId, entities.id] }).onDelete("cascade"),
    index("shared_records_pending").on(table.siteId, table.entityId).where(sql`held_revision <> revision`),
  ],
);
