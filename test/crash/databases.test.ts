import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { killProcess, projectRoot, type ServerProcess, startProcess } from "./server-process.ts";

const folders: string[] = [];
const started: Pick<ServerProcess, "child">[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await killProcess(one, true);
});
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }))));

/** A project with a wrangler.toml and migrations of its own; with `whole` one that runs. */
async function project(whole = false): Promise<{ readonly root: string; readonly toml: () => Promise<string> }> {
  const root = await mkdtemp(path.join(tmpdir(), "countinghouse-project-"));
  folders.push(root);
  const parts = ["wrangler.toml", "migrations", ...(whole ? ["src", "package.json", "package-lock.json", "biome.json"] : [])];
  for (const part of parts) await cp(path.join(projectRoot, part), path.join(root, part), { recursive: true });
  await symlink(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
  return { root, toml: () => readFile(path.join(root, "wrangler.toml"), "utf8") };
}

async function dbAdd(root: string, ...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [path.join(projectRoot, "src/local/add-database.ts"), ...args], { cwd: root });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  await once(child, "close");
  return { code: child.exitCode, output };
}

async function wrangler(root: string, ...args: readonly string[]): Promise<string> {
  const bin = path.join(projectRoot, "node_modules/wrangler/bin/wrangler.js");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CI: "1" };
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  await once(child, "close");
  return output;
}

const added = (number: number) => `
[[d1_databases]]
binding = "SITE_DB_${number}"
database_name = "countinghouse-site-${number}"
database_id = "00000000-0000-4000-8000-00000000000${number + 1}"
migrations_dir = "migrations/site"
`;

test("db:add adds a database that has its tables and answers, and leaves the rest of wrangler.toml as it is", {
  timeout: 300_000,
}, async () => {
  const { root, toml } = await project();
  const before = await toml();
  const first = await dbAdd(root, "--local");
  assert.equal(first.code, 0, first.output);
  const after = await toml();
  const at = after.indexOf(added(2));
  assert.notEqual(at, -1, after);
  assert.equal(after.slice(0, at) + after.slice(at + added(2).length), before);
  const answer = await wrangler(
    root,
    "d1",
    "execute",
    "SITE_DB_2",
    "--local",
    "--json",
    "--command",
    "SELECT count(*) AS n FROM site_fences",
  );
  assert.match(answer, /"n": 0/);

  const second = await dbAdd(root, "--local");
  assert.equal(second.code, 0, second.output);
  assert.ok((await toml()).includes(added(2) + added(3)));
});

test("db:add leaves no half behind: where a migration fails wrangler.toml stays, and the next run completes it", {
  timeout: 300_000,
}, async () => {
  const { root, toml } = await project();
  const before = await toml();
  const broken = path.join(root, "migrations/site/9999_broken.sql");
  await writeFile(broken, "CREATE TABLE half (id text); SELEC 1;");
  const failed = await dbAdd(root, "--local");
  assert.equal(failed.code, 1);
  assert.match(failed.output, /9999_broken/);
  assert.match(failed.output, /wrangler\.toml is as it was/);
  assert.equal(await toml(), before);
  await rm(broken);
  const completed = await dbAdd(root, "--local");
  assert.equal(completed.code, 0, completed.output);
  assert.ok((await toml()).includes(added(2)));
});

test("db:add touches no database that is not its own, and takes no file whose form it does not know", { timeout: 300_000 }, async () => {
  const { root, toml } = await project();
  const text = await toml();
  const config = path.join(root, "foreign.toml");
  await writeFile(config, `name = "foreign"\ncompatibility_date = "2026-10-20"\n${added(2)}`);
  await wrangler(root, "--config", config, "d1", "execute", "SITE_DB_2", "--local", "--command", "CREATE TABLE ledgers (mine text)");
  const foreign = await dbAdd(root, "--local");
  assert.deepEqual([foreign.code, await toml()], [1, text]);
  assert.match(foreign.output, /not of these migrations/);

  for (const [other, sentence] of [
    [text.replaceAll(/SITE_DB_\d/g, "TENANTS"), /in another form/],
    [text.replace('binding = "SITE_DB_1"', 'binding = "SITE_DB_7"'), /does not end in 7/],
    [`${text}\n[[env.staging.d1_databases]]\nbinding = "SITE_DB_5"\n`, /in another form/],
  ] as const) {
    await writeFile(path.join(root, "wrangler.toml"), other);
    const refused = await dbAdd(root, "--local");
    assert.deepEqual([refused.code, await toml()], [1, other]);
    assert.match(refused.output, sentence);
  }
  assert.match((await dbAdd(root, "--local", "--jurisdiction", "eu")).output, /leave --local out/);
  assert.equal((await dbAdd(root, "--no-such-option")).code, 1);
});

test("a site moves to a database that was added, through servers that are killed again and again, and has all that it had", {
  timeout: 300_000,
}, async () => {
  const { root } = await project(true);
  const dataDir = path.join(root, "data");
  const start = async () => {
    const server = await startProcess(dataDir, [], root);
    started.push(server);
    return server;
  };
  const call = async (server: ServerProcess, method: string, below: string, key: string | undefined, body?: object) => {
    const { OPERATOR_TOKEN } = JSON.parse(await readFile(path.join(dataDir, "secrets.json"), "utf8"));
    const response = await fetch(`${server.description.baseUrl}${below}`, {
      method,
      headers: { Authorization: `Bearer ${key ?? OPERATOR_TOKEN}`, "Content-Type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  let server = await start();
  const { siteId, entityId, key } = server.description.sandbox;
  const lists = async (server: ServerProcess) =>
    Promise.all(
      ["/entities", "/ledgers", "/accounts?limit=200", `/companies/${entityId}/reports/trial-balance?asOf=2099-12-31`].map(
        async (below) => {
          const { status, body } = await call(server, "GET", `/api/v1${below}`, key);
          assert.equal(status, 200, below);
          return { ...body, generatedAt: undefined };
        },
      ),
    );
  const before = await lists(server);
  await killProcess(server, true);

  const addition = await dbAdd(root, "--local");
  assert.equal(addition.code, 0, addition.output);
  server = await start();
  const move = `/operator/sites/${siteId}/move`;
  const wish = { database: "SITE_DB_2" };
  for (const afterMs of [2, 10, 25, 60]) {
    const asked = call(server, "POST", move, undefined, wish).catch(() => undefined);
    await wait(afterMs);
    await killProcess(server, true);
    await asked;
    server = await start();
  }
  const { body: begun } = await call(server, "POST", move, undefined, wish);
  assert.equal(begun.move.status, "running");
  await killProcess(server, true);
  // Nobody asks for it again: the server resumes it when it starts.
  server = await start();
  for (let i = 0; ; i += 1) {
    const { body } = await call(server, "GET", move, undefined);
    if (body.move.step === "sweeping") break;
    assert.equal(body.move.status, "running");
    assert.ok(i < 300, "the move goes on");
    await wait(100);
  }
  assert.deepEqual(await lists(server), before);
  const { body: moved } = await call(server, "GET", move, undefined);
  assert.deepEqual([moved.database, moved.epoch], ["SITE_DB_2", 2]);
  const made = await call(server, "POST", "/api/v1/entities", key, { name: "After the move", functionalCurrency: "USD" });
  assert.equal(made.status, 201);
});
