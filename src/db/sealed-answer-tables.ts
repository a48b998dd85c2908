import { blob, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Answers with a secret, stored for a replay so that only who has the request's idempotency key can read them. */
export const sealedAnswers = sqliteTable(
  "sealed_answers",
  {
    /** SHA-256 of the scope and the idempotency key. */
    id: text("id").primaryKey(),
    fingerprint: text("fingerprint").notNull(),
    status: integer("status").notNull(),
    nonce: blob("nonce", { mode: "buffer" }).notNull(),
    ciphertext: blob("ciphertext", { mode: "buffer" }).notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("sealed_answers_created").on(table.createdAt)],
);
