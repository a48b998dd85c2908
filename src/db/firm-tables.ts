import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const firms = sqliteTable("firms", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  createdAt: integer("created_at").notNull(),
});
