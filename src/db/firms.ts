import type { DirectoryDatabase } from "./directory-database.ts";
import { firms } from "./firm-tables.ts";

export function insertFirm(directory: DirectoryDatabase, row: typeof firms.$inferInsert) {
  return directory.orm.insert(firms).values(row);
}
