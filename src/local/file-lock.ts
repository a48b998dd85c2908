import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy */
const busy = 5;

export interface FileLock {
  readonly release: () => void;
}

/**
 * Takes a lock for this process, waiting for it up to `waitMs`; undefined where another process has it.
 * The lock is SQLite's on a file: the system gives it free when the process ends, however it ends, so no lock is ever stale.
 */
export function takeFileLock(file: string, waitMs: number): FileLock | undefined {
  mkdirSync(path.dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: waitMs });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === busy) return undefined;
    throw error;
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}
