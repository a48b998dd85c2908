import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { roles } from "../kernel/role.ts";

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
    /** The users who made it or were shown its secret. Earlier builds did not note them. */
    heldBy: text("held_by", { mode: "json" }).$type<string[]>(),
    /** A person's key, made in their own session. */
    madeInSession: integer("made_in_session", { mode: "boolean" }).notNull().default(false),
    /** The OWNER who has said that the key is independent of who holds it. */
    independentSetBy: text("independent_set_by"),
    independentSetAt: integer("independent_set_at"),
    /** Of the object's answer that stands here. */
    independenceRevision: integer("independence_revision").notNull().default(1),
    /** The key that replaced it. */
    successorId: text("successor_id"),
  },
  (table) => [
    index("tokens_site").on(table.siteId, table.createdAt, table.id),
    index("tokens_principal").on(table.principalId, table.createdAt),
    index("tokens_name").on(table.siteId, table.kind, table.name),
    index("tokens_sessions").on(table.expiresAt).where(sql`${table.isSession}`),
  ],
);
