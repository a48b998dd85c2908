import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { buildAssets } from "../docs/build-assets.ts";
import { d1Bindings, projectRoot } from "./build.ts";
import { newSecrets } from "./secrets.ts";
import { writeFileWhole } from "./write-file.ts";

/** `npm run dev`: wrangler's watch mode, on local bindings whose databases are up to date. Its data is wrangler's, in .wrangler/, not the launcher's. */
function wrangler(...args: readonly string[]): number {
  const environment = { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", CI: "1" };
  return (
    spawnSync("wrangler", args, { cwd: projectRoot, stdio: "inherit", env: environment, shell: process.platform === "win32" }).status ?? 1
  );
}

const secretsFile = path.join(projectRoot, ".dev.vars");
const kept = existsSync(secretsFile) ? readFileSync(secretsFile, "utf8") : "";
// A name that came with a later release is added.
const missing = Object.entries(newSecrets()).filter(([name]) => !new RegExp(`^${name}=`, "m").test(kept));
if (missing.length > 0) {
  const lines = missing.map(([name, value]) => `${name}=${value}\n`);
  writeFileWhole(secretsFile, [kept.replace(/(?<=[^\n])$/, "\n"), ...lines].join(""), 0o600);
}
await buildAssets();
for (const binding of await d1Bindings()) {
  const status = wrangler("d1", "migrations", "apply", binding, "--local");
  if (status !== 0) process.exit(status);
}
process.exit(wrangler("dev", "--local", ...process.argv.slice(2)));
