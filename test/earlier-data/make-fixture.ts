import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import packageJson from "../../package.json" with { type: "json" };
import { projectRoot } from "../../src/local/build.ts";
import { workerSecrets } from "../../src/local/secrets.ts";
import { openBooks } from "./books.ts";
import { checkAnswers } from "./check-answers.ts";
import { summaryOf } from "./compare-answers.ts";
import { type FixtureDescription, readFixture, removeFixture, unpackedData, writeFixture } from "./fixture-folder.ts";
import { recordAnswers } from "./requests.ts";
import { startServerAt } from "./server-at.ts";
import { makeStage, type Stage } from "./stage.ts";

/** Small, so that books of some hundred lines have runs of several levels on the disk, and an archive of several files. */
const vars = { LEDGER_TAIL_LINES: "60", LEDGER_BLOCK_RECORDS: "8", LEDGER_RUNS_MERGED: "3", LEDGER_ARCHIVE_BYTES: "40000" };

/** Messages to the catalogue arrive within a second or two. Those that are queued when the server stops are lost. */
const queueIdleMs = 5_000;

/** Makes a data folder with the build of this checkout, asks it everything, and puts both beside the fixtures that are there. */
async function makeFixture(): Promise<void> {
  const commit = commitOfBuild();
  requireSameDay();
  const [dataDir, copy] = await Promise.all(["data", "copy"].map((name) => mkdtemp(path.join(tmpdir(), `countinghouse-${name}-`))));
  assert.ok(dataDir !== undefined && copy !== undefined);
  try {
    const { OPERATOR_TOKEN } = workerSecrets(dataDir);
    const server = await startServerAt(Date.now(), dataDir, vars);
    const books = openBooks(server.baseUrl, OPERATOR_TOKEN);
    const stage = await makeStage(books).finally(async () => {
      await wait(queueIdleMs);
      await server.stop();
    });
    await cp(dataDir, copy, { recursive: true });
    const atMs = Date.now();
    const again = await startServerAt(atMs, copy, vars);
    const exchanges = await recordAnswers(again.baseUrl, books, stage).finally(again.stop);
    const name = `${new Date(atMs).toISOString().slice(0, 10)}-${commit}`;
    const description = describe(commit, atMs, stage);
    writeFixture({ name, description, exchanges, expected: [] }, dataDir);
    await requireRepeatable(name);
    console.log(`${name}: ${exchanges.length} answers.`);
  } finally {
    for (const folder of [dataDir, copy]) await rm(folder, { recursive: true, force: true });
  }
}

/** The last commit that changed what is built. A build that is no commit's leaves no fixture. */
function commitOfBuild(): string {
  const git = (...args: readonly string[]) =>
    execFileSync("git", [...args, "--", "src", "migrations", "wrangler.toml"], { cwd: projectRoot });
  assert.equal(String(git("status", "--porcelain")), "", "The build is of no commit: commit what is changed in it first.");
  return String(git("log", "-1", "--format=%h")).trim();
}

/** Figures without a date are those of today: the data, its answers and their repetition have to be of one day. */
function requireSameDay(): void {
  const now = new Date();
  assert.ok(now.getUTCHours() < 23 || now.getUTCMinutes() < 50, "It is nearly midnight UTC: make it in a quarter of an hour.");
}

function describe(commit: string, atMs: number, { tide, quill, company, moved }: Stage): FixtureDescription {
  const { approver, password, session } = company.keys;
  return {
    madeBy: { commit, version: packageJson.version },
    atMs,
    vars,
    owners: [tide.live.key, tide.sandbox.key, quill.live.key, quill.sandbox.key, moved.key],
    approver: approver.key,
    user: { email: "ann@tide.example", password, siteId: tide.live.siteId, refreshToken: session.refreshToken },
  };
}

/** An answer that the same build does not give twice is none to compare with. */
async function requireRepeatable(name: string): Promise<void> {
  const { description, exchanges } = readFixture(name);
  const { dataDir, remove } = await unpackedData(name);
  const server = await startServerAt(description.atMs, dataDir, description.vars);
  const { differences } = await checkAnswers(server.baseUrl, exchanges, []).finally(server.stop);
  await remove();
  if (differences.length === 0) return;
  removeFixture(name);
  throw new Error(`The same build answers otherwise the second time:\n${summaryOf(differences).join("\n")}`);
}

await makeFixture();
