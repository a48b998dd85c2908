import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { jurisdictions, regionHints } from "../../kernel/region.ts";
import { roles } from "../../kernel/role.ts";

export const sites = sqliteTable(
  "sites",
  {
    id: text("id").primaryKey(),
    firmId: text("firm_id").notNull(),
    name: text("name").notNull(),
    environment: text("environment", { enum: ["live", "sandbox"] }).notNull(),
    /** The D1 binding the site lives on. */
    database: text("database").notNull(),
    /** Fixed when the site is made: objects never move, and the jurisdiction is part of their id. */
    jurisdiction: text("jurisdiction", { enum: jurisdictions }),
    regionHint: text("region_hint", { enum: regionHints }),
    /** +1 when the site moves to another database. */
    epoch: integer("epoch").notNull(),
    origins: text("origins", { mode: "json" }).$type<string[]>().notNull(),
    revision: integer("revision").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("sites_firm").on(table.firmId, table.createdAt, table.id)],
);

/** What the operator says of the databases that sites live on. */
export const siteDatabases = sqliteTable("site_databases", {
  /** The D1 binding. */
  name: text("name").primaryKey(),
  /** False where a large site lives alone, or where there is no room left. */
  takesNewSites: integer("takes_new_sites", { mode: "boolean" }).notNull(),
  /** Where it is kept; null for a database of any site. The platform does not tell, and it never changes. */
  jurisdiction: text("jurisdiction", { enum: jurisdictions }),
});

/** Tokens as a list. Whether one is good is for its Access object to say. */
export const tokens = sqliteTable(
  "tokens",
  {
    id: text("id").primaryKey(),
    siteId: text("site_id").notNull(),
    name: text("name").notNull(),
    kind: text("kind", { enum: ["person", "service", "agent"] }).notNull(),
    role: text("role", { enum: roles }).notNull(),
    principalId: text("principal_id").notNull(),
    entityIds: text("entity_ids", { mode: "json" }).$type<string[]>(),
    /** The first characters of the key, by which its owner recognises it. */
    hint: text("hint").notNull(),
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
    lastUsedAt: integer("last_used_at"),
    createdAt: integer("created_at").notNull(),
    /** A session stands here as a key does: it ends, and learns of its site's changes, in the same way. It is listed nowhere. */
    isSession: integer("is_session", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    index("tokens_site").on(table.siteId, table.createdAt, table.id),
    index("tokens_principal").on(table.principalId, table.createdAt),
    index("tokens_name").on(table.siteId, table.kind, table.name),
    index("tokens_sessions").on(table.expiresAt).where(sql`${table.isSession}`),
  ],
);
