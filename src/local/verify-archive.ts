import { readFile } from "node:fs/promises";
import path from "node:path";
import { argv } from "node:process";
import { type ArchiveVerdict, checkArchive } from "../ledger/archive.ts";

const usage = `npm run verify-archive -- <folder>…

  Proves the archives of closed generations from their files alone: every seal, and every balance, hold and version as the fold of the facts.
  Several folders are the generations of one ledger in their order: each has to go on where the one before ended.`;

/** Proves the archive in a folder. */
export function verifyArchive(folder: string): Promise<ArchiveVerdict> {
  return checkArchive(async (name) => {
    try {
      // A name leads to no other folder.
      return await readFile(path.join(folder, path.basename(name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  });
}

/** What is wrong where one generation follows another. */
export function faultsBetween(before: ArchiveVerdict, after: ArchiveVerdict): string[] {
  const [a, b] = [before.manifest, after.manifest];
  const faults: string[] = [];
  if (a.ledgerId !== b.ledgerId || b.generation !== a.generation + 1)
    faults.push(`generation ${b.generation} does not follow generation ${a.generation}`);
  if (b.firstSequence !== a.lastSequence + 1) faults.push(`sequence ${b.firstSequence} does not follow ${a.lastSequence}`);
  if (b.previousSeal !== a.seal) faults.push(`generation ${b.generation} is not sealed over the end of generation ${a.generation}`);
  if (before.closing !== after.opening)
    faults.push(`generation ${b.generation} does not begin with what generation ${a.generation} ended with`);
  return faults;
}

async function run(folders: readonly string[]): Promise<number> {
  if (folders.length === 0) {
    console.log(usage);
    return 2;
  }
  let wrong = 0;
  let before: ArchiveVerdict | undefined;
  for (const folder of folders) {
    const verdict = await verifyArchive(folder);
    const { manifest, facts } = verdict;
    const faults = [...verdict.faults, ...(before === undefined ? [] : faultsBetween(before, verdict))];
    console.log(
      `Ledger ${manifest.ledgerId}, generation ${manifest.generation}: ${facts} facts, sequence ${manifest.firstSequence} to ${manifest.lastSequence}.`,
    );
    for (const fault of faults) console.log(`  ${fault}`);
    console.log(faults.length === 0 ? `  Whole and unchanged. Its seal: ${manifest.seal}` : "  Not what was sealed.");
    wrong += faults.length;
    before = verdict;
  }
  return wrong === 0 ? 0 : 1;
}

if (argv[1] === import.meta.filename) process.exitCode = await run(argv.slice(2));
