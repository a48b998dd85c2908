import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const noteVariable = "COUNTINGHOUSE_RUNTIME_NOTE";
const folderVariable = "COUNTINGHOUSE_RUNTIME_FOLDER";
/** The runtime takes an address as host and port, and this port for a part of the file's name. */
const socketName = "runtime:0";
/** What fits into `sun_path` of every system, unix(7). */
const socketPathMax = 100;
const noteFile = (dataDir: string) => path.join(dataDir, "runtime.pid");
const endsWithinMs = 10_000;

/** Ends the runtime with the server. */
export interface RuntimeGuard {
  /** What the runtime's environment must say. */
  readonly environment: Record<string, string>;
  /** The socket on which the runtime is to listen, in a folder that only this user may enter; on Windows there is none. */
  readonly socketPath: string | undefined;
  /** Ends the watch, when the runtime has been stopped in order. */
  readonly end: () => Promise<void>;
}

/**
 * Sees to it that the Workers runtime never outlives the server.
 * It is a child process, and the system does not end the children of a killed parent: it would continue writing to the data.
 * So it is started through a script that notes its process id in the data folder; a watcher in a session of its own ends it as soon as the
 * pipe from this process breaks; and the next start ends whatever the note still names. Call it holding the folder's lock.
 */
export async function guardRuntime(dataDir: string, starter: string): Promise<RuntimeGuard> {
  if (process.platform === "win32") return { environment: {}, socketPath: undefined, end: async () => undefined };
  await endOrphanedRuntime(dataDir);
  const note = noteFile(dataDir);
  process.env.MINIFLARE_WORKERD_PATH = starter;
  // Not in the data folder: its path may be too long, and its file system have no sockets. mkdtemp makes it this user's alone.
  const folder = await mkdtemp(path.join(tmpdir().length + 40 > socketPathMax ? "/tmp" : tmpdir(), "countinghouse-runtime-"));
  const watch = [
    "trap '' INT TERM HUP",
    "cat > /dev/null",
    `if read -r pid rest < "$${noteVariable}"; then kill -9 "$pid"; fi`,
    `rm -rf "$${folderVariable}"`,
  ].join("; ");
  const environment = { [noteVariable]: note, [folderVariable]: folder };
  const watcher = spawn("/bin/sh", ["-c", watch], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: { ...process.env, ...environment },
  });
  watcher.unref();
  const end = async () => {
    await rm(note, { force: true });
    watcher.ref();
    const ended = watcher.exitCode === null ? once(watcher, "exit") : undefined;
    watcher.stdin?.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { environment, socketPath: path.join(folder, socketName), end };
}

/**
 * The script that the runtime is started with.
 * It notes its own process id, which the runtime inherits, and has the runtime ignore the terminal's Ctrl-C: the launcher stops it in order.
 * The socket of a runtime that crashed is in the way of the next.
 */
export function runtimeStarter(): string {
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  const workerd: string = fromMiniflare("workerd").default;
  const note = `if [ -n "$${noteVariable}" ]; then echo "$$ $*" > "$${noteVariable}"; fi`;
  const clear = `if [ -n "$${folderVariable}" ]; then rm -f "$${folderVariable}/${socketName}"; fi`;
  return `#!/bin/sh\ntrap '' INT\n${note}\n${clear}\nexec '${workerd.replaceAll("'", `'\\''`)}' "$@"\n`;
}

/**
 * Ends the runtime that a killed server left on the data. The command line is compared: the process id may be someone else's by now.
 * Call it holding the folder's lock.
 */
export async function endOrphanedRuntime(dataDir: string): Promise<void> {
  const note = noteFile(dataDir);
  const noted = await readFile(note, "utf8").catch(() => "");
  const [, pid, args] = /^(\d+) (.*)\n$/.exec(noted) ?? [];
  if (pid === undefined || args === undefined) return;
  const giveUpAt = Date.now() + endsWithinMs;
  while (commandOf(pid).endsWith(args)) {
    if (Date.now() > giveUpAt) throw new Error(`The runtime of a killed server (process ${pid}) does not end.`);
    kill(Number(pid));
    await wait(20);
  }
  await rm(note, { force: true });
}

/** The command line of a process, empty where it is gone or a zombie. */
function commandOf(pid: string): string {
  try {
    // Slim Linux images carry no ps.
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1).join(" ");
    return execFileSync("ps", ["-o", "args=", "-ww", "-p", pid], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}
