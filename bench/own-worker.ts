import { mkdir } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { builtWorker, projectRoot } from "../src/local/build.ts";
import { lockDataFolder } from "../src/local/data-folder.ts";
import { guardRuntime } from "../src/local/runtime-guard.ts";
import { directAddress, directSocket, type Served } from "../src/local/server.ts";
import { type Target, targetOfRuntime } from "./target.ts";

/** A Worker of the bench's own: its calls go to the base URL, its load straight to the runtime, as the product's does. */
export interface OwnWorker extends Served {
  readonly target: Target;
}

/** Runs a Worker of the bench's own with one kind of object, in the runtime and with the dates of the product. */
export async function startOwnWorker(file: string, binding: string, className: string, dataDir: string): Promise<OwnWorker> {
  await mkdir(dataDir, { recursive: true });
  const lock = lockDataFolder(dataDir);
  const product = await builtWorker();
  const bundled = await build({
    entryPoints: [path.join(import.meta.dirname, file)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    keepNames: false,
    define: { "process.env.NODE_ENV": '"production"', "navigator.userAgent": '"Cloudflare-Workers"' },
    absWorkingDir: projectRoot,
    logLevel: "warning",
  });
  const guard = await guardRuntime(dataDir, product.starter);
  const { compatibilityDate, compatibilityFlags } = product.options;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      unsafeRuntimeEnv: guard.environment,
      resourcePersistencePath: path.join(dataDir, "storage"),
      workers: [
        {
          name: "bench",
          unsafeDirectSockets: [directSocket(guard.socketPath)],
          // Read out of wrangler.toml.
          compatibilityDate: String(compatibilityDate),
          compatibilityFlags: compatibilityFlags as string[],
          durableObjects: { [binding]: { className, useSQLite: true } },
          modules: [{ type: "ESModule", path: "index.js", contents: bundled.outputFiles[0]?.text ?? "" }],
          modulesRoot: "/",
        },
      ],
    } as Parameters<typeof convertV4MiniflareOptions>[0]),
  );
  const stop = async () => {
    await miniflare.dispose();
    await guard.end();
    lock.release();
  };
  const { origin: baseUrl } = await miniflare.ready;
  return { baseUrl, stop, target: targetOfRuntime(await directAddress(miniflare, "bench", guard.socketPath)) };
}
