import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy */
const busy = 5;

/** Another server runs on the data folder. */
export class DataFolderInUse extends Error {
  constructor(dataDir: string) {
    super(`A server is already running on ${dataDir}. Stop it, or choose another folder with --data.`);
    this.name = "DataFolderInUse";
  }
}

/**
 * Takes a data folder for this process.
 * The lock is SQLite's on a file: the system gives it free when the process ends, however it ends, so no lock is ever stale.
 */
export function lockDataFolder(dataDir: string): { readonly release: () => void } {
  const file = new DatabaseSync(path.join(dataDir, "lock"), { timeout: 0 });
  try {
    file.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    if (error instanceof Error && "errcode" in error && error.errcode === busy) throw new DataFolderInUse(dataDir);
    throw error;
  }
  return {
    release: () => {
      if (file.isOpen) file.close();
    },
  };
}
