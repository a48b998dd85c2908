import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { firms } from "../../db/firm-tables.ts";
import { roles } from "../../kernel/role.ts";

export const users = sqliteTable(
  "users",
  {
    id: text("id").primaryKey(),
    firmId: text("firm_id")
      .notNull()
      .references(() => firms.id),
    /** In lower case. */
    email: text("email").notNull(),
    name: text("name"),
    role: text("role", { enum: roles }).notNull(),
    /** +1 with every change, of the password too. */
    revision: integer("revision").notNull().default(1),
    /** Up to where the user's sessions and keys have learnt of the changes. */
    toldRevision: integer("told_revision").notNull().default(1),
    /** Somebody else knows the password. */
    mustChangePassword: integer("must_change_password", { mode: "boolean" }).notNull().default(false),
    passwordSetAt: integer("password_set_at"),
    /** Who else set the password from which the present one descends, and may therefore know it: who cannot say that it is the user's own. Null: nobody else. */
    credentialSetBy: text("credential_set_by", { mode: "json" }).$type<string[]>(),
    /** They and everyone who was behind them when they set it. Four eyes count all of them and the user as one. */
    credentialHumans: text("credential_humans", { mode: "json" }).$type<string[]>(),
    /** Who has said that the password is the user's own all the same. */
    credentialConfirmedBy: text("credential_confirmed_by"),
    credentialConfirmedAt: integer("credential_confirmed_at"),
    /** When they last signed in: of the users of one email, those are meant who use it. */
    lastSignInAt: integer("last_sign_in_at"),
    /** When somebody else last set the password: devices from before it are forgotten. */
    devicesFrom: integer("devices_from"),
    /** Who has left stays known to what they did; their email is free again. */
    deletedAt: integer("deleted_at"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("users_email").on(table.firmId, table.email).where(sql`${table.deletedAt} is null`),
    index("users_sign_in")
      .on(table.email, sql`${table.lastSignInAt} desc`, table.createdAt, table.id)
      .where(sql`${table.deletedAt} is null and ${table.passwordSetAt} is not null`),
    index("users_untold").on(table.id).where(sql`${table.toldRevision} < ${table.revision}`),
    index("users_firm").on(table.firmId, table.createdAt, table.id),
  ],
);

/** Beside the users and not among them, so that no list of users can show a hash. */
export const passwords = sqliteTable("passwords", {
  userId: text("user_id")
    .primaryKey()
    .references(() => users.id),
  hash: text("hash").notNull(),
});

/** What a session's refresh token is compared with. Its other facts stand with the keys, whose end it shares. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    /** The half of the refresh token that stays: who has it and not the other half has an old one. */
    familyHash: text("family_hash").notNull(),
    /** The half that changes with each use. */
    turnHash: text("turn_hash").notNull(),
    refreshedAt: integer("refreshed_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("sessions_expiry").on(table.expiresAt)],
);
