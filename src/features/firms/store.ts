import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { firms } from "./directory-tables.ts";

export function insertFirm(directory: DirectoryDatabase, row: typeof firms.$inferInsert) {
  return directory.orm.insert(firms).values(row);
}
