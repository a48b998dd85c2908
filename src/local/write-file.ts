import { renameSync, writeFileSync } from "node:fs";

/** Writes beside and renames, so that no reader ever meets half a file. */
export function writeFileWhole(file: string, text: string, mode = 0o644): void {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, text, { mode });
  renameSync(beside, file);
}
