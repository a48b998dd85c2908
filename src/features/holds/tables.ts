import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Actor } from "../../kernel/role.ts";
import { groupOutcomes } from "../../ledger/rpc.ts";
import { legStates, type NotedResolution } from "./domain/hold-group.ts";

/** Groups of holds in several ledgers. The row is the one place where a group is decided. */
export const holdGroups = sqliteTable(
  "hold_groups",
  {
    siteId: text("site_id").notNull(),
    groupId: text("group_id").notNull(),
    /** Null until it is decided, and never another after. */
    decision: text("decision", { enum: groupOutcomes }),
    /** Who decided, as whom the ledgers are asked. */
    decidedBy: text("decided_by", { mode: "json" }).$type<Actor>(),
    requestId: text("request_id"),
    decidedAt: integer("decided_at"),
    reason: text("reason"),
    /** Whether every ledger has carried the decision out. */
    carriedOut: integer("carried_out", { mode: "boolean" }).notNull(),
    /** +1 per change of the group or of its legs: a decision is made on the legs of one revision. */
    revision: integer("revision").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When it was last driven on; null where nothing of it is on its way. */
    drivenAt: integer("driven_at"),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.groupId] }), index("hold_groups_driven").on(table.drivenAt)],
);

/** What of a group is in its ledgers: holds, and placements, which a ledger may not have answered yet. */
export const holdGroupLegs = sqliteTable(
  "hold_group_legs",
  {
    siteId: text("site_id").notNull(),
    groupId: text("group_id").notNull(),
    /** The hold's id; of a placement a digest of its ledger, key and content. */
    id: text("id").notNull(),
    ledgerNumber: integer("ledger_number").notNull(),
    /** Of a placement `placing`, `answered` with its hold, or `refused`: none is known. `resolving`: the placer settles or releases the hold by itself. */
    state: text("state", { enum: legStates }).notNull(),
    /** The id of the principal who placed it. */
    placedBy: text("placed_by").notNull(),
    /** What the placer of a `resolving` hold has asked for. */
    resolution: text("resolution", { mode: "json" }).$type<NotedResolution>(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.groupId, table.id] }),
    uniqueIndex("hold_group_legs_id").on(table.siteId, table.id),
    index("hold_group_legs_placing").on(table.createdAt).where(sql`${table.state} = 'placing'`),
  ],
);

/** How far a site's ledgers have been asked for groups that a build without these tables placed. */
export const holdGroupAdoptions = sqliteTable(
  "hold_group_adoptions",
  {
    siteId: text("site_id").notNull(),
    /** `open_holds`: the one thing that there is to adopt. */
    name: text("name").notNull(),
    /** The number of the last ledger that was asked. */
    afterLedger: integer("after_ledger").notNull(),
    done: integer("done", { mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.name] })],
);
