import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, platform, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { projectRoot } from "../src/local/build.ts";
import type { Served } from "../src/local/server.ts";
import type { Bench, Rows } from "./bench.ts";
import { type Figure, figureLine } from "./figure.ts";
import { startFrontedProduct } from "./fronted-product.ts";
import { startOwnWorker } from "./own-worker.ts";
import { startProduct } from "./product.ts";
import { balanceRead } from "./rows/balance-read.ts";
import { billedRows } from "./rows/billed-rows.ts";
import { front } from "./rows/front.ts";
import { hotAgainstMany } from "./rows/hot-accounts.ts";
import { millionEntries } from "./rows/million-entries.ts";
import { pauses } from "./rows/pauses.ts";
import { hundred, oneByOne, thousandFull, thousandMinimal, thousandOverYear } from "./rows/posting-rate.ts";

const usage = `npm run bench [-- --only "one by one"] [--list]

  --only   measures the rows whose name contains this, and records nothing.
  --list   prints the names of the rows.`;

const table: readonly Rows[] = [
  oneByOne,
  front,
  hundred,
  thousandMinimal,
  thousandFull,
  thousandOverYear,
  ...hotAgainstMany,
  ...pauses,
  balanceRead,
  billedRows,
  millionEntries,
];

/** After accounts were opened, their ledgers' alarms send them to the catalogue: that must not run beside the first row. */
const alarmsByMs = 6_500;
/** It is over when the machine was idle for so long. */
const idleForMs = 1_000;
const idleShare = 0.9;
const settledByMs = 30_000;

async function settle(): Promise<void> {
  await wait(alarmsByMs);
  for (const startedAt = Date.now(); Date.now() - startedAt < settledByMs; ) {
    const before = cpuTimes();
    await wait(idleForMs);
    const after = cpuTimes();
    if (after.idle - before.idle >= (after.all - before.all) * idleShare) return;
  }
}

function cpuTimes(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.idle + times.user + times.sys + times.nice + times.irq;
  }
  return { idle, all };
}

/** Over the last minute, on a machine that does nothing else. */
const busyLoad = 0.5;

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, list: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) return console.log(usage);
  const wanted = (name: string) => values.only === undefined || name.toLowerCase().includes(values.only.toLowerCase());
  const chosen = table.filter(({ names }) => names.some(wanted));
  if (values.list || chosen.length === 0) return console.log(table.flatMap(({ names }) => names).join("\n"));
  const startedAt = Date.now();
  const [load = 0] = loadavg();
  if (load > busyLoad) console.log(`Something else keeps this machine busy (load ${load.toFixed(1)}): the figures will be too low.\n`);
  const folder = await mkdtemp(path.join(tmpdir(), "countinghouse-bench-"));
  const servers: Promise<Served>[] = [];
  const start = <Server extends Served>(server: () => Promise<Server>) => {
    let started: Promise<Server> | undefined;
    return () => {
      started ??= server();
      if (!servers.includes(started)) servers.push(started);
      return started;
    };
  };
  const bench: Bench = {
    product: start(() => startProduct(path.join(folder, "product"))),
    fronted: start(() => startFrontedProduct(path.join(folder, "fronted"))),
    floor: start(() => startOwnWorker("floor-worker.ts", "FLOOR", "FloorObject", path.join(folder, "floor"))),
    objects: start(() => startOwnWorker("bench-worker.ts", "LEDGER", "MeasuredLedger", path.join(folder, "objects"))),
  };
  const stop = async () => {
    for (const { stop } of await Promise.all(servers)) await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop().then(() => process.exit(130)));
  const figures: Figure[] = [];
  try {
    for (const rows of chosen) await rows.prepare?.(bench);
    if (chosen.some(({ prepare }) => prepare !== undefined)) await settle();
    for (const rows of chosen) {
      const measured = (await rows.measure(bench)).filter(({ name }) => wanted(name));
      figures.push(...measured);
      console.log(measured.map(figureLine).join("\n"));
    }
  } finally {
    await stop();
  }
  const missed = figures.filter(({ met }) => met === false);
  const judged = figures.filter(({ met }) => met !== null);
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  console.log(`\n${judged.length - missed.length} of ${judged.length} targets met, in ${seconds} s.`);
  for (const { name, median, unit, target } of missed)
    console.log(`Short of its target: ${name}: ${median} ${unit}, ${JSON.stringify(target)}.`);
  if (values.only !== undefined) return;
  const results = {
    date: new Date(startedAt).toISOString(),
    commit: commit(),
    machine: { ...machine(), loadBefore: load },
    seconds,
    met: judged.length - missed.length,
    targets: judged.length,
    figures,
  };
  writeFileSync(path.join(import.meta.dirname, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
}

function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: projectRoot, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--", "src", "bench", "package-lock.json", ":!bench/results.json") !== "";
    return `${git("rev-parse", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}

function machine() {
  const ofMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  // Its manifest names the version.
  const workerd = ofMiniflare("workerd/package.json") as { readonly version: string };
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? "unknown",
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    platform: platform(),
    node: process.version,
    workerd: workerd.version,
  };
}

await run();
