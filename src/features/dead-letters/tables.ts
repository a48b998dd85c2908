import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { QueueName } from "../../operation/consumer.ts";

/** Messages that nothing took: ids alone, and never what a tenant wrote. In a site's database those of the site. */
export const deadLetters = sqliteTable(
  "dead_letters",
  {
    /** In the directory "", or the id of a site that is not there. */
    siteId: text("site_id").notNull(),
    id: text("id").notNull(),
    /** The binding. */
    queue: text("queue").$type<QueueName>().notNull(),
    kind: text("kind").notNull(),
    /** A digest of what it does: of messages that do the same, one is stored. */
    digest: text("digest").notNull(),
    /** What is sent to have it done after all; null where nobody knew the message. */
    message: text("message", { mode: "json" }).$type<Readonly<Record<string, string | number>>>(),
    /** Of the last attempt. */
    error: text("error"),
    /** Under which the log has the last attempt. */
    requestId: text("request_id").notNull(),
    status: text("status", { enum: ["dead", "sent_again"] }).notNull(),
    /** How often it was sent again. */
    retries: integer("retries").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When it died last. */
    diedAt: integer("died_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.id] }),
    uniqueIndex("dead_letters_digest").on(table.siteId, table.queue, table.digest),
    // The operator lists those of all sites.
    index("dead_letters_created").on(table.createdAt, table.id),
  ],
);
