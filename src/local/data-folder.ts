import { accessSync, constants, mkdirSync } from "node:fs";
import path from "node:path";
import { describedServer } from "./data-files.ts";
import { type FileLock, takeFileLock } from "./file-lock.ts";

/** Another server runs on the data folder. */
export class DataFolderInUse extends Error {
  constructor(dataDir: string) {
    const running = describedServer(dataDir);
    const where = running ? ` at ${running.baseUrl} (process ${running.pid})` : "";
    super(`A server is already running on ${dataDir}${where}. Stop it, or choose another folder with --data.`);
    this.name = "DataFolderInUse";
  }
}

/** The data folder cannot be made or written to. */
export class DataFolderUnusable extends Error {
  constructor(dataDir: string, cause: unknown) {
    const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    super(
      `The data folder ${dataDir} cannot be used${why}: it has to be a folder that this user may write to. Choose another with --data.`,
      { cause },
    );
    this.name = "DataFolderUnusable";
  }
}

/** Takes a data folder for this process, or refuses at once. */
export function lockDataFolder(dataDir: string): FileLock {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new DataFolderUnusable(dataDir, error);
  }
  const lock = takeFileLock(path.join(dataDir, "lock"), 0);
  if (!lock) throw new DataFolderInUse(dataDir);
  return lock;
}
