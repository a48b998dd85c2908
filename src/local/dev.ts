import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
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
if (!existsSync(secretsFile)) {
  const lines = Object.entries(newSecrets()).map(([name, value]) => `${name}=${value}\n`);
  writeFileWhole(secretsFile, lines.join(""), 0o600);
}
await buildAssets();
for (const binding of await d1Bindings()) {
  const status = wrangler("d1", "migrations", "apply", binding, "--local");
  if (status !== 0) process.exit(status);
}
process.exit(wrangler("dev", "--local", ...process.argv.slice(2)));
