import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, Response, type V4MiniflareOptions } from "miniflare";
import type { SandboxKey } from "../docs/sandbox-key.ts";
import { type BuiltWorker, builtWorker } from "./build.ts";
import { lockDataFolder } from "./data-folder.ts";
import type { FileLock } from "./file-lock.ts";
import { guardRuntime } from "./runtime-guard.ts";
import { writeFileWhole } from "./write-file.ts";

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
}

export interface RunningServer {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Stops the Worker and gives the data folder free. */
  readonly stop: () => Promise<void>;
}

/**
 * Runs the built Worker with its databases, objects, queues and files embedded, on 127.0.0.1.
 * Takes the data folder for itself, ends what a killed server left running on it, and brings its databases up to date before it serves.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const dataDir = path.resolve(options.dataDir);
  const lock = options.lock ?? lockDataFolder(dataDir);
  try {
    const worker = await builtWorker(options.root);
    const guard = await guardRuntime(dataDir, worker.starter);
    const configure = (port: number) => miniflareOptions(worker, guard.environment, { ...options, dataDir, port });
    const pending = (await readMark(dataDir)) !== markOf(worker);
    const miniflare = withoutSignalListeners(() => new Miniflare(configure(pending ? 0 : options.port)));
    const schedule = setInterval(() => runScheduled(miniflare, worker), scheduledEveryMs);
    let atStart: Promise<void> | undefined;
    const stop = async () => {
      clearInterval(schedule);
      await atStart;
      await miniflare.dispose();
      await guard.end();
      lock.release();
    };
    try {
      await miniflare.ready;
      if (pending) {
        await migrate(miniflare, worker);
        writeFileWhole(markFile(dataDir), markOf(worker));
        await miniflare.setOptions(configure(options.port));
      }
      const baseUrl = (await miniflare.ready).origin;
      // What was queued went with the server that was killed: a site that it was moving stays closed until somebody resumes the move.
      atStart = runScheduled(miniflare, worker);
      return { baseUrl, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Miniflare runs no crons. They clean up and resume what was interrupted, so at the start and once an hour is enough for all of them. */
const scheduledEveryMs = 3_600_000;

async function runScheduled(miniflare: Miniflare, { crons }: BuiltWorker): Promise<void> {
  try {
    // Miniflare's type of it came out as another's, see build.ts; a Worker's own stub has scheduled().
    const worker = (await miniflare.getWorker()) as unknown as {
      readonly scheduled: (event: { readonly cron: string }) => Promise<unknown>;
    };
    for (const cron of crons) await worker.scheduled({ cron });
  } catch (error) {
    console.error("A scheduled run failed; the next is in an hour.", error);
  }
}

/**
 * The files are a Worker of their own: before one that has both, Miniflare puts a router, which every request of the API would pass.
 * Deployed, the platform does it for nothing (run_worker_first).
 */
const assetsWorker = "assets";

function miniflareOptions(
  worker: BuiltWorker,
  environment: Record<string, string>,
  options: ServerOptions,
): ConstructorParameters<typeof Miniflare>[0] {
  // What wrangler made of wrangler.toml is in Miniflare's older form, which Miniflare itself converts.
  const v4Options = {
    host: "127.0.0.1",
    port: options.port,
    cf: false,
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: options.onLog ?? writeLog,
    unsafeRuntimeEnv: environment,
    resourcePersistencePath: path.join(options.dataDir, "storage"),
    workers: [
      {
        ...worker.options,
        bindings: { ...worker.options.bindings, ...options.vars },
        serviceBindings: {
          ...worker.options.serviceBindings,
          [worker.assets.binding]: assetsWorker,
          // A binding that no deployment has: see src/docs/README.md.
          DOCS_SANDBOX: async () => {
            const key = await options.sandboxKey?.();
            return key ? Response.json(key) : new Response(null, { status: 204 });
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
    const database = await miniflare.getD1Database(binding);
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
