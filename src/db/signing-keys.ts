import { desc } from "drizzle-orm";
import type { DirectoryDatabase } from "./directory-database.ts";
import { signingKeys } from "./signing-key-tables.ts";

export type { PublicJwk } from "./signing-key-tables.ts";
export type SigningKeyRow = typeof signingKeys.$inferSelect;

/** Of keys that sign for weeks and verify for minutes more, two or three matter. */
const readMax = 10;

/** The newest signing keys, the newest first. */
export async function newestSigningKeys(directory: DirectoryDatabase): Promise<SigningKeyRow[]> {
  return directory.orm.select().from(signingKeys).orderBy(desc(signingKeys.generation)).limit(readMax);
}

/** Adds a key, unless its generation is there already. */
export async function addSigningKey(directory: DirectoryDatabase, row: SigningKeyRow): Promise<void> {
  await directory.orm.insert(signingKeys).values(row).onConflictDoNothing({ target: signingKeys.generation }).run();
}
