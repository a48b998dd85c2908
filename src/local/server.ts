import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type Request, Response, type V4MiniflareOptions } from "miniflare";
import type { SandboxKey } from "../docs/sandbox-key.ts";
import type { Failure } from "../kernel/failures.ts";
import { type BuiltWorker, builtWorker } from "./build.ts";
import { type Clocks, watchClock } from "./clock-watch.ts";
import { lockDataFolder } from "./data-folder.ts";
import type { FileLock } from "./file-lock.ts";
import { watchFreeSpace } from "./free-space.ts";
import { type RuntimeAddress, startFront } from "./front.ts";
import { passwordHasher } from "./password-hasher.ts";
import { guardRuntime } from "./runtime-guard.ts";
import { writeFileWhole } from "./write-file.ts";
import { firstRefusal } from "./write-gate.ts";

export interface ServerOptions {
  /** Where databases, objects, queues and files are stored. At most one server runs on a folder. */
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Variables and secrets of the Worker, beside and above those of wrangler.toml. */
  readonly vars?: Readonly<Record<string, string>>;
  /** What `/docs` is filled with, read for each page; undefined while there is no key yet. */
  readonly sandboxKey?: () => Promise<SandboxKey | undefined>;
  /** The folder's lock, where the caller has taken it. It is released with the server. */
  readonly lock?: FileLock;
  /** The project to run, for tests of the launcher itself. */
  readonly root?: string;
  /** What the Worker logs; default: errors and warnings to stderr. */
  readonly onLog?: (line: { readonly level: string; readonly message: string }) => void;
  /** Whether one proxy stands in front, whose word on the client's address and scheme counts. */
  readonly trustProxy?: boolean;
  /** Takes the machine's clock as right as it stands: see clock-watch.ts. */
  readonly acceptClock?: boolean;
  /** The free bytes below a folder; default: of its file system. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  /** The clocks by which writes are refused; default: the machine's. */
  readonly clocks?: Clocks;
}

/** What answers at an address until it is stopped. */
export interface Served {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Ends what serves, and gives its data folder free. */
  readonly stop: () => Promise<void>;
}

export interface RunningServer extends Served {
  /** Where the runtime listens behind the front, for what measures it alone. */
  readonly runtime: RuntimeAddress;
  /** Why nothing may be written now. */
  readonly refusesWrites: () => Failure | undefined;
}

/**
 * Runs the built Worker with its databases, objects, queues and files embedded, behind a front on 127.0.0.1.
 * Takes the data folder for itself, ends what a killed server left running on it, and brings its databases up to date before it serves.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const dataDir = path.resolve(options.dataDir);
  const lock = options.lock ?? lockDataFolder(dataDir);
  const stops: (() => void | Promise<void>)[] = [() => lock.release()];
  const stop = async () => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    const { acceptClock = false, trustProxy = false, freeBytes, clocks } = options;
    const clock = watchClock(dataDir, { accept: acceptClock, ...(clocks && { clocks }) });
    stops.push(clock.stop);
    const space = await watchFreeSpace(dataDir, freeBytes ? { read: freeBytes } : {});
    stops.push(space.stop);
    const refusesWrites = () => firstRefusal([clock, space]);
    const doubtsClock = () => clock.refusal() !== undefined;
    const worker = await builtWorker(options.root);
    const guard = await guardRuntime(dataDir, worker.starter);
    stops.push(guard.end);
    const miniflare = withoutSignalListeners(
      () =>
        new Miniflare(
          miniflareOptions(worker, guard.environment, guard.socketPath, {
            ...options,
            dataDir,
            doubtsClock,
          }),
        ),
    );
    stops.push(() => miniflare.dispose());
    await miniflare.ready;
    if ((await readMark(dataDir)) !== markOf(worker)) {
      await migrate(miniflare, worker);
      writeFileWhole(markFile(dataDir), markOf(worker));
    }
    const runtime = await directAddress(miniflare, worker.options.name, guard.socketPath);
    const front = await startFront({ port: options.port, runtime, trustProxy, refusesWrites, doubtsClock });
    stops.push(front.close);
    // What was queued went with the server that was killed: a site that it was moving stays closed until somebody resumes the move.
    stops.push(scheduleCrons(miniflare, worker, refusesWrites));
    return { baseUrl: front.baseUrl, runtime, refusesWrites, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A socket that leads straight to a Worker. It takes requests as a proxy does: the front names the whole URL, and so its scheme. */
export function directSocket(socketPath: string | undefined) {
  return { host: socketPath === undefined ? "127.0.0.1" : unixHost(socketPath), port: 0, proxy: true };
}

export async function directAddress(
  miniflare: Miniflare,
  worker: string | undefined,
  socketPath: string | undefined,
): Promise<RuntimeAddress> {
  if (socketPath !== undefined) return { socketPath };
  const { hostname, port } = await miniflare.unsafeGetDirectURL(worker);
  return { host: hostname, port: Number(port) };
}

/** Miniflare runs no crons. They clean up and resume what was interrupted: all of them run at the start, and then as often as the most frequent. */
const scheduledEveryMs = 300_000;
const dueLookedAtEveryMs = 60_000;

/** Runs the crons when they are due and may write. Returns how to end it. */
function scheduleCrons(miniflare: Miniflare, worker: BuiltWorker, refusesWrites: () => Failure | undefined): () => Promise<void> {
  let dueAtMs = 0;
  let running: Promise<void> | undefined;
  const run = () => {
    if (performance.now() < dueAtMs || refusesWrites() !== undefined) return;
    dueAtMs = performance.now() + scheduledEveryMs;
    running = runScheduled(miniflare, worker);
  };
  run();
  const timer = setInterval(run, dueLookedAtEveryMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function runScheduled(miniflare: Miniflare, { crons, options }: BuiltWorker): Promise<void> {
  try {
    // Miniflare's type of it came out as another's, see build.ts; a Worker's own stub has scheduled().
    const worker = (await miniflare.getWorker(options.name)) as unknown as {
      readonly scheduled: (event: { readonly cron: string }) => Promise<unknown>;
    };
    for (const cron of crons) await worker.scheduled({ cron });
  } catch (error) {
    console.error("A scheduled run failed; the next is in five minutes.", error);
  }
}

/**
 * The files are a Worker of their own: before one that has both, Miniflare puts a router, which every request of the API would pass.
 * Deployed, the platform does it for nothing (run_worker_first).
 */
const assetsWorker = "assets";

/**
 * The runtime's own entry, a port of 127.0.0.1 that Miniflare speaks with and that serves R2 below /cdn-cgi to whoever asks. So requests enter by a socket
 * beside it, and the entry is made a dead end: every path is put below another one, where no door is, and the first Worker, its default, answers nothing.
 */
const deadEnd = { worker: "dead-end", upstream: "http://dead-end.invalid/dead-end/" };

function miniflareOptions(
  worker: BuiltWorker,
  environment: Record<string, string>,
  socketPath: string | undefined,
  options: ServerOptions & { readonly doubtsClock: () => boolean },
): ConstructorParameters<typeof Miniflare>[0] {
  const hash = passwordHasher();
  // What wrangler made of wrangler.toml is in Miniflare's older form, which Miniflare itself converts.
  const v4Options = {
    host: "127.0.0.1",
    port: 0,
    upstream: deadEnd.upstream,
    cf: false,
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: options.onLog ?? writeLog,
    unsafeRuntimeEnv: environment,
    resourcePersistencePath: path.join(options.dataDir, "storage"),
    workers: [
      {
        name: deadEnd.worker,
        compatibilityDate: worker.options.compatibilityDate,
        modules: [{ type: "ESModule", path: "index.js", contents: "export default { fetch: () => new Response(null, { status: 404 }) };" }],
        modulesRoot: "/",
      },
      {
        ...worker.options,
        unsafeDirectSockets: [directSocket(socketPath)],
        bindings: { ...worker.options.bindings, ...options.vars },
        serviceBindings: {
          ...worker.options.serviceBindings,
          [worker.assets.binding]: assetsWorker,
          // A binding that no deployment has: see src/docs/README.md.
          DOCS_SANDBOX: async () => {
            const key = await options.sandboxKey?.();
            return key ? Response.json(key) : new Response(null, { status: 204 });
          },
          // And another: see src/platform/clock-doubt.ts.
          CLOCK_WATCH: async () => new Response(null, { status: options.doubtsClock() ? 503 : 204 }),
          // And one more: see src/features/users/password-hash.ts.
          PASSWORD_HASHER: async (request: Request) => {
            const key = await hash(await request.text());
            return key === undefined ? new Response(null, { status: 503 }) : new Response(key);
          },
        },
        modules: [{ type: "ESModule", path: "index.js", contents: worker.bundle }],
        modulesRoot: "/",
      },
      {
        name: assetsWorker,
        compatibilityDate: worker.options.compatibilityDate,
        assets: { directory: worker.assets.directory, routerConfig: { has_user_worker: false } },
        // Never run, as there is no user's Worker to the router's knowledge; but Miniflare takes no Worker without a module.
        modules: [{ type: "ESModule", path: "index.js", contents: "export default {};" }],
        modulesRoot: "/",
      },
    ],
  };
  // The options went through a file, and so lost their type.
  return convertV4MiniflareOptions(v4Options as V4MiniflareOptions);
}

/** The runtime takes `unix:` and a path for a host, and Miniflare appends the port: see socketName in runtime-guard.ts. */
function unixHost(socketPath: string): string {
  return `unix:${socketPath.replace(/:0$/, "")}`;
}

/** Miniflare would end the process with 130 on a signal; what a signal does is for whoever started the server to say. */
function withoutSignalListeners<T>(construct: () => T): T {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const constructed = construct();
  signals.forEach((signal, at) => {
    for (const listener of process.listeners(signal)) if (!before[at]?.includes(listener)) process.off(signal, listener);
  });
  return constructed;
}

/** The Worker logs one JSON object a line, its errors too: see src/platform/log.ts. */
function writeLog(line: { readonly level: string; readonly message: string }): void {
  if (line.level === "error" || line.level === "warn" || line.message.startsWith('{"level":"error"')) console.error(line.message);
}

/** Applies what a database lacks, in order, each migration with its mark in one transaction; the table is wrangler's. */
async function migrate(miniflare: Miniflare, worker: BuiltWorker): Promise<void> {
  for (const { binding, migrations } of worker.databases) {
    const database = await miniflare.getD1Database(binding, worker.options.name);
    await database
      .prepare(
        "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
      )
      .run();
    const { results }: { readonly results: readonly { readonly name: string }[] } = await database
      .prepare("SELECT name FROM d1_migrations")
      .all();
    const applied = new Set(results.map((row) => row.name));
    for (const { name, statements } of migrations.filter((migration) => !applied.has(migration.name))) {
      const mark = database.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name);
      await database.batch([...statements.map((sql) => database.prepare(sql)), mark]);
    }
  }
}

// The databases know what was applied; the mark beside them only spares a start with nothing new the look into each.
const markFile = (dataDir: string) => path.join(dataDir, "storage", "migrated");

function markOf(worker: BuiltWorker): string {
  return createHash("sha256").update(JSON.stringify(worker.databases)).digest("hex");
}

async function readMark(dataDir: string): Promise<string | undefined> {
  return readFile(markFile(dataDir), "utf8").catch(() => undefined);
}
