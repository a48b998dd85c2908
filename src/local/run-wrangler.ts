import { spawnSync } from "node:child_process";
import path from "node:path";
import { projectRoot } from "./build.ts";

/** A command of wrangler's ended badly; the message is what it said. */
export class WranglerFailed extends Error {}

/** Runs wrangler in a project without asking anything, and gives what it writes. */
export function runWrangler(root: string, args: readonly string[]): string {
  const environment = {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_HIDE_BANNER: "true",
    CI: "1",
  };
  const bin = path.join(projectRoot, "node_modules/wrangler/bin/wrangler.js");
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [bin, ...args], { cwd: root, env: environment, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new WranglerFailed(`wrangler ${args.join(" ")} failed:\n${`${stdout}${stderr}`.trim()}`);
  return stdout;
}
