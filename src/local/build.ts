import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { buildAssets } from "../docs/build-assets.ts";
import { takeFileLock } from "./file-lock.ts";
import { runtimeStarter } from "./runtime-guard.ts";
import { writeFileWhole } from "./write-file.ts";

/** The project's folder: everything the launcher reads lies in it. */
export const projectRoot = path.resolve(import.meta.dirname, "../..");

/** Miniflare's options of a Worker, as wrangler makes them from wrangler.toml; the members that the launcher itself adds to. */
export interface WorkerOptions {
  readonly name?: string;
  readonly bindings?: Readonly<Record<string, unknown>>;
  readonly serviceBindings?: Readonly<Record<string, unknown>>;
  readonly [option: string]: unknown;
}

/** The files that the Worker serves: the folder, and the binding it asks for them. */
export interface WorkerAssets {
  readonly directory: string;
  readonly binding: string;
}

/** A built Worker: the bundle, and what wrangler.toml says of it in Miniflare's form. */
export interface BuiltWorker {
  readonly bundle: string;
  /** The script that starts the runtime, see runtime-guard.ts. */
  readonly starter: string;
  readonly options: WorkerOptions;
  readonly assets: WorkerAssets;
  readonly databases: readonly DatabaseMigrations[];
  readonly crons: readonly string[];
}

/** A D1 binding with its migrations, each split into the single statements that a D1 batch accepts. */
export interface DatabaseMigrations {
  readonly binding: string;
  readonly migrations: readonly { readonly name: string; readonly statements: readonly string[] }[];
}

interface WranglerConfig {
  readonly name?: string;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly triggers: { readonly crons?: readonly string[] };
  readonly d1_databases: readonly { readonly binding: string; readonly migrations_dir?: string }[];
}

const bundleFile = "dist/worker/index.js";
const starterFile = "dist/worker/start-workerd.sh";
const inputsFile = "dist/worker/inputs.json";
const settingsFile = "dist/worker/settings.json";
const buildWaitMs = 60_000;
const sources = ["src", "migrations", "wrangler.toml", "package.json", "package-lock.json"];

/** The built Worker, built first where a source is newer than it. */
export async function builtWorker(root: string = projectRoot): Promise<BuiltWorker> {
  if (!(await isFresh(root))) await buildOnce(root);
  // Written by buildWorker, below.
  const settings: Pick<BuiltWorker, "options" | "assets" | "databases" | "crons"> = JSON.parse(
    await readFile(path.join(root, settingsFile), "utf8"),
  );
  return {
    bundle: await readFile(path.join(root, bundleFile), "utf8"),
    starter: path.join(root, starterFile),
    options: { ...settings.options, rootPath: root },
    // Written below the root, so that a moved checkout still starts.
    assets: { ...settings.assets, directory: path.join(root, settings.assets.directory) },
    databases: settings.databases,
    crons: settings.crons,
  };
}

/** What went into the built Worker, as files, and the packages that the launcher imports. */
export async function shippedInputs(root: string = projectRoot): Promise<{ readonly bundled: string[]; readonly imported: string[] }> {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    entryPoints: ["src/local/start.ts"],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
    absWorkingDir: root,
    logLevel: "warning",
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const external = imports.filter((one) => one.external && !one.path.startsWith("node:")).map((one) => one.path);
  return { bundled: JSON.parse(await readFile(path.join(root, inputsFile), "utf8")), imported: [...new Set(external)] };
}

/** Builds, unless another process did so meanwhile. */
async function buildOnce(root: string): Promise<void> {
  const lock = takeFileLock(path.join(root, "dist/worker/lock"), buildWaitMs);
  if (!lock) throw new Error("Another build does not end.");
  try {
    if (!(await isFresh(root))) await buildWorker(root);
  } finally {
    lock.release();
  }
}

/** Bundles the Worker as `wrangler deploy` does, and reads its bindings out of wrangler.toml. */
async function buildWorker(root: string = projectRoot): Promise<void> {
  const startedAt = new Date();
  // Imported here: together they take a second, which a start on a fresh build need not wait for.
  const [esbuild, wrangler] = await Promise.all([import("esbuild"), import("wrangler")]);
  const configPath = path.join(root, "wrangler.toml");
  const config = await readWranglerConfig(root);
  const { workerOptions, main, define } = wrangler.unstable_getMiniflareWorkerOptions(configPath);
  if (!main) throw new Error("wrangler.toml names no main module.");
  const bundled = await esbuild.build({
    entryPoints: [main],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    // As wrangler.toml says.
    keepNames: false,
    sourcemap: "inline",
    sourcesContent: false,
    define: { "process.env.NODE_ENV": '"production"', "navigator.userAgent": '"Cloudflare-Workers"', ...define },
    loader: { ".txt": "text", ".html": "text", ".sql": "text" },
    absWorkingDir: root,
    logLevel: "warning",
    metafile: true,
  });
  const databases = await Promise.all(
    config.d1_databases.map(async ({ binding, migrations_dir: folder }) => ({
      binding,
      migrations: await readMigrations(path.join(root, folder ?? "migrations"), wrangler.unstable_splitSqlQuery),
    })),
  );
  // The package's type of them came out as nothing, see readWranglerConfig.
  const { assets, ...options }: { readonly assets?: WorkerAssets; readonly [option: string]: unknown } = workerOptions;
  if (!assets) throw new Error("wrangler.toml names no assets.");
  const settings = {
    // Of the variables only those of the file itself: wrangler adds those of .dev.vars, which are the watch mode's.
    options: { ...options, name: config.name, bindings: config.vars },
    assets: { directory: path.relative(root, assets.directory), binding: assets.binding },
    databases,
    crons: config.triggers.crons ?? [],
  };
  await mkdir(path.join(root, path.dirname(bundleFile)), { recursive: true });
  await buildAssets(root);
  writeFileWhole(path.join(root, bundleFile), bundled.outputFiles[0]?.text ?? "");
  writeFileWhole(path.join(root, starterFile), runtimeStarter(), 0o755);
  writeFileWhole(path.join(root, inputsFile), JSON.stringify(Object.keys(bundled.metafile.inputs)));
  // Last, because a build that was broken off is not fresh; and dated from its beginning, because what was saved meanwhile is not in it.
  writeFileWhole(path.join(root, settingsFile), JSON.stringify(settings, null, 2));
  await utimes(path.join(root, settingsFile), startedAt, startedAt);
}

/** The D1 bindings of wrangler.toml. */
export async function d1Bindings(root: string = projectRoot): Promise<string[]> {
  const config = await readWranglerConfig(root);
  return config.d1_databases.map(({ binding }) => binding);
}

async function readWranglerConfig(root: string): Promise<WranglerConfig> {
  const wrangler = await import("wrangler");
  // The package's types lean on one that is not installed, and come out as any; this is what is read here.
  return wrangler.unstable_readConfig({ config: path.join(root, "wrangler.toml") });
}

async function readMigrations(folder: string, split: (sql: string) => string[]): Promise<DatabaseMigrations["migrations"]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(names.map(async (name) => ({ name, statements: split(await readFile(path.join(folder, name), "utf8")) })));
}

async function isFresh(root: string): Promise<boolean> {
  const built = await modifiedAt(path.join(root, settingsFile));
  if (built === 0 || !existsSync(path.join(root, bundleFile))) return false;
  const times = await Promise.all(sources.map((source) => newestBelow(path.join(root, source))));
  return times.every((time) => time <= built);
}

async function newestBelow(file: string): Promise<number> {
  const own = await modifiedAt(file);
  const entries = await readdir(file, { recursive: true, withFileTypes: true }).catch(() => []);
  const times = await Promise.all(entries.map((entry) => modifiedAt(path.join(entry.parentPath, entry.name))));
  return times.reduce((newest, time) => Math.max(newest, time), own);
}

async function modifiedAt(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}

if (process.argv[1] === import.meta.filename) await buildWorker();
