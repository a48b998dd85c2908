import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { type BuiltWorker, builtWorker, projectRoot } from "../../src/local/build.ts";
import { workerSecrets } from "../../src/local/secrets.ts";
import { type Served, startServer } from "../../src/local/server.ts";

export interface ServerAt extends Served {
  /** What the Worker has logged as an error or a warning so far. */
  readonly logged: readonly string[];
}

/**
 * Runs the present build on a data folder as `npm start` does, with a clock that says `atMs` when it starts: keys of idempotency live a day,
 * sessions and holds end, and the data is not to age with the repository. Only the Worker's clock is another; the product knows nothing of it.
 */
export async function startServerAt(atMs: number, dataDir: string, vars: Readonly<Record<string, string>>): Promise<ServerAt> {
  const worker = await builtWorker();
  const root = await mkdtemp(path.join(tmpdir(), "countinghouse-clock-"));
  try {
    await writeProject(root, worker, atMs - Date.now());
    const logged: string[] = [];
    let cronsLeft = worker.crons.length;
    const cronsDone = Promise.withResolvers<void>();
    const server = await startServer({
      dataDir,
      port: 0,
      root,
      vars: { ...workerSecrets(dataDir), ...vars },
      onLog: ({ level, message }) => {
        if (message === cronDone && --cronsLeft === 0) cronsDone.resolve();
        if (level === "error" || level === "warn" || /^\{"level":"(?:error|warn)"/.test(message)) logged.push(message);
      },
    });
    const stop = async () => {
      await server.stop();
      await rm(root, { recursive: true, force: true });
    };
    // What they bring up to date shows in answers: always before the first of them.
    await cronsDone.promise;
    return { baseUrl: server.baseUrl, stop, logged };
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

/** What the Worker of the suite says when it has run a cron. */
const cronDone = "The cron is done.";

/** A project that is nothing but its build: the present one, with the clock in front. */
async function writeProject(root: string, worker: BuiltWorker, shiftMs: number): Promise<void> {
  const built = path.join(projectRoot, "dist/worker");
  const target = path.join(root, "dist/worker");
  await mkdir(target, { recursive: true });
  await symlink(path.join(projectRoot, "dist/assets"), path.join(root, "dist/assets"));
  await copyFile(path.join(built, "start-workerd.sh"), path.join(target, "start-workerd.sh"));
  await copyFile(path.join(built, "settings.json"), path.join(target, "settings.json"));
  await build({
    stdin: { contents: entryText(path.join(built, "index.js"), objectClasses(worker)), resolveDir: import.meta.dirname },
    outfile: path.join(target, "index.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*", "node:*"],
    define: { CLOCK_SHIFT_MS: String(shiftMs) },
    logLevel: "warning",
  });
}

/** The clock comes first: what the product's modules do when they are loaded has it already. */
function entryText(productFile: string, classes: readonly string[]): string {
  const product = JSON.stringify(productFile);
  return [
    'import { shiftAlarms } from "./clock-shift.ts";',
    `import worker, * as product from ${product};`,
    `export default {
      ...worker,
      async scheduled(...given) {
        await worker.scheduled(...given);
        console.log(${JSON.stringify(cronDone)});
      },
    };`,
    ...classes.map(
      (name) => `export class ${name} extends product.${name} {
        constructor(ctx, env) {
          shiftAlarms(ctx.storage);
          super(ctx, env);
        }
      }`,
    ),
  ].join("\n");
}

function objectClasses({ options }: BuiltWorker): string[] {
  // As Miniflare takes them: by binding, the name of a class or an object with it.
  const objects = options.durableObjects as Readonly<Record<string, string | { readonly className: string }>>;
  return Object.values(objects).map((object) => (typeof object === "string" ? object : object.className));
}
