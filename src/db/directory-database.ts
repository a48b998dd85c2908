import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/** The directory: firms, sites, users, tokens as a list, ledger numbers. What is needed before the tenant is known. */
export interface DirectoryDatabase {
  readonly orm: DrizzleD1Database;
}

export function directoryDatabase(env: { readonly DIRECTORY: D1Database }): DirectoryDatabase {
  // Drizzle's type asks for a database; at run time it only prepares and batches, which a session does.
  return { orm: drizzle(env.DIRECTORY.withSession("first-primary") as unknown as D1Database) };
}
