import { statfs } from "node:fs/promises";
import { type Failure, failure } from "../kernel/failures.ts";
import type { WriteReason } from "./write-gate.ts";

/** Below this much free space nothing is written: SQLite's logs of all databases, and what is under way, still find room. */
const freeBytesMin = 256 * 1024 * 1024;
/** Writes at the full speed of one process take less than a tenth of the space kept free in this time. */
const lookEveryMs = 1_000;
const retryAfterSeconds = 30;
const mebibyte = 1024 * 1024;

/** The free bytes of the file system of a folder, for this user; infinite where it does not tell. */
async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
}

/** Watches the space that is left on the disk of the data, and says on the console when it becomes too little and when there is enough again. */
export async function watchFreeSpace(
  folder: string,
  {
    read = freeBytesOf,
    say = console.error,
  }: { readonly read?: (folder: string) => Promise<number>; readonly say?: (line: string) => void },
): Promise<WriteReason> {
  let refusal: Failure | undefined;
  const look = async () => {
    const free = await read(folder).catch(() => Number.POSITIVE_INFINITY);
    const isFull = free < freeBytesMin;
    if (isFull === (refusal !== undefined)) return;
    const left = `${Math.floor(free / mebibyte)} MiB`;
    refusal = isFull ? { ...failure("STORAGE_FULL", `The server's disk has ${left} left.`), retryAfterSeconds } : undefined;
    say(
      isFull
        ? `${folder} has ${left} left on its disk: below ${freeBytesMin / mebibyte} MiB writes are refused (STORAGE_FULL). Reads go on; free some space.`
        : `${folder} has enough space again: writes are taken.`,
    );
  };
  await look();
  // One look at a time: a disk that hangs is not asked again meanwhile.
  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    await look();
    looking = false;
  }, lookEveryMs);
  timer.unref();
  return { refusal: () => refusal, stop: () => clearInterval(timer) };
}
