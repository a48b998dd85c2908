import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describedServer, type ServerDescription } from "../../src/local/data-files.ts";

export const projectRoot = path.resolve(import.meta.dirname, "../..");
const startsWithinMs = 60_000;

/** A server in a process group of its own, as `npm start` runs it. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly description: ServerDescription;
  readonly output: () => string;
}

export async function freshDataFolder(): Promise<{ readonly dataDir: string; readonly remove: () => Promise<void> }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "countinghouse-"));
  return { dataDir, remove: () => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts `src/local/start.ts` on any free port without waiting for it. */
export function spawnServer(
  dataDir: string,
  more: readonly string[] = [],
  root = projectRoot,
): { readonly child: ChildProcess; readonly output: () => string } {
  const args = [path.join(root, "src/local/start.ts"), "--data", dataDir, "--port", "0", ...more];
  const child = spawn(process.execPath, args, { cwd: root, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  return { child, output: () => output };
}

/** What a start says last. */
const lastWords = "Ctrl-C ends it; the data stays.";

/** Starts it, and waits until it describes itself and has said all it has to say. */
export async function startProcess(dataDir: string, more: readonly string[] = [], root = projectRoot): Promise<ServerProcess> {
  const { child, output } = spawnServer(dataDir, more, root);
  const giveUpAt = Date.now() + startsWithinMs;
  for (;;) {
    const description = describedServer(dataDir);
    if (description && description.pid === child.pid && output().includes(lastWords)) return { child, description, output };
    if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`The server did not start.\n${output()}`);
    await wait(20);
  }
}

/** SIGKILL to the process alone, or to its whole group; it has no say in it. */
export async function killProcess({ child }: Pick<ServerProcess, "child">, whole: boolean): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  process.kill(whole ? -child.pid : child.pid, "SIGKILL");
  await exited;
}

/** Ctrl-C: the signal a terminal sends to the group. Resolves to the exit code. */
export async function interruptProcess({ child }: Pick<ServerProcess, "child">): Promise<number | null> {
  if (child.pid === undefined) throw new Error("The process never ran.");
  const exited = once(child, "exit");
  process.kill(-child.pid, "SIGINT");
  await exited;
  return child.exitCode;
}
