import path from "node:path";
import { type FileLock, takeFileLock } from "./file-lock.ts";

/** Another server runs on the data folder. */
export class DataFolderInUse extends Error {
  constructor(dataDir: string) {
    super(`A server is already running on ${dataDir}. Stop it, or choose another folder with --data.`);
    this.name = "DataFolderInUse";
  }
}

/** Takes a data folder for this process, or refuses at once. */
export function lockDataFolder(dataDir: string): FileLock {
  const lock = takeFileLock(path.join(dataDir, "lock"), 0);
  if (!lock) throw new DataFolderInUse(dataDir);
  return lock;
}
