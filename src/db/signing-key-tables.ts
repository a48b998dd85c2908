import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A public key as it is published (RFC 8037 §2). */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: string;
}

/** The keys that sign access tokens, one generation after the other. The private half is sealed with a secret of the installation. */
export const signingKeys = sqliteTable("signing_keys", {
  /** One more than the one before: of two isolates that make the next key at once, one does. */
  generation: integer("generation").primaryKey(),
  kid: text("kid").notNull().unique(),
  publicJwk: text("public_jwk", { mode: "json" }).$type<PublicJwk>().notNull(),
  nonce: blob("nonce", { mode: "buffer" }).notNull(),
  sealedPrivateJwk: blob("sealed_private_jwk", { mode: "buffer" }).notNull(),
  /** Until the next one does. It is published before. */
  signsFrom: integer("signs_from").notNull(),
  createdAt: integer("created_at").notNull(),
});
