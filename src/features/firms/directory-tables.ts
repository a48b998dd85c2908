import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const firms = sqliteTable("firms", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  createdAt: integer("created_at").notNull(),
});

export const users = sqliteTable(
  "users",
  {
    id: text("id").primaryKey(),
    firmId: text("firm_id")
      .notNull()
      .references(() => firms.id),
    email: text("email").notNull(),
    role: text("role", { enum: ["OWNER", "ADMIN", "APPROVER", "PREPARER", "REVIEWER"] }).notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("users_email").on(table.firmId, table.email)],
);
