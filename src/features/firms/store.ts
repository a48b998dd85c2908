import type { DirectoryDatabase } from "../../db/directory-database.ts";
import { firms, users } from "./directory-tables.ts";

export function insertFirm(directory: DirectoryDatabase, row: typeof firms.$inferInsert) {
  return directory.orm.insert(firms).values(row);
}

export function insertUser(directory: DirectoryDatabase, row: typeof users.$inferInsert) {
  return directory.orm.insert(users).values(row);
}
