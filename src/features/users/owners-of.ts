import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { ownerIds } from "./store.ts";

/** The users who own a firm: its OWNERs who have not left it. */
export function ownersOf(directory: DirectoryDatabase, firmId: string): Promise<readonly string[]> {
  return ownerIds(directory, firmId);
}
