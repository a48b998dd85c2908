import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { after, afterEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { describedServer } from "../../src/local/data-files.ts";
import { freshDataFolder, interruptProcess, killProcess, type ServerProcess, spawnServer, startProcess } from "./server-process.ts";

const folder = await freshDataFolder();
const started: Pick<ServerProcess, "child">[] = [];
// The tests share a folder: what one leaves running would fail the next.
afterEach(async () => {
  for (const one of started.splice(0)) await killProcess(one, true);
});
after(() => folder.remove());

async function start(more: readonly string[] = []): Promise<ServerProcess> {
  const server = await startProcess(folder.dataDir, more);
  started.push(server);
  return server;
}

async function get<T>({ description: { baseUrl, sandbox } }: ServerProcess, below: string): Promise<T> {
  const response = await fetch(`${baseUrl}/api/v1${below}`, { headers: { "X-API-Key": sandbox.key } });
  assert.equal(response.status, 200, await response.clone().text());
  return JSON.parse(await response.text());
}

async function send({ description: { baseUrl } }: ServerProcess, key: string, method: string, below: string, body?: object) {
  const response = await fetch(`${baseUrl}/api/v1${below}`, {
    method,
    headers: { "X-API-Key": key, "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  assert.ok(response.ok, await response.clone().text());
  return response.status === 204 ? undefined : JSON.parse(await response.text());
}

/** The process id of the runtime that holds the data. */
function runtimeOf(dataDir: string): number {
  return Number.parseInt(readFileSync(path.join(dataDir, "runtime.pid"), "utf8"), 10);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended and was not waited for yet answers signals too.
    return process.platform !== "linux" || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function ends(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    if (!isRunning(pid)) return true;
    await wait(25);
  }
  return false;
}

test("a first start that is killed in the middle is completed by the next, with nothing missing and nothing twice", {
  timeout: 300_000,
}, async () => {
  const keysFile = path.join(folder.dataDir, "keys.json");
  const first = spawnServer(folder.dataDir);
  started.push(first);
  // As soon as the keys are there the demo company is on its way, which takes less than a fifth of a second.
  while (!existsSync(keysFile)) {
    assert.equal(first.child.exitCode, null, first.output());
    await wait(1);
  }
  await killProcess(first, true);
  assert.equal(existsSync(path.join(folder.dataDir, "server.json")), false, "a start that was not completed describes itself");

  const second = await start();
  const keys = JSON.parse(readFileSync(keysFile, "utf8"));
  assert.equal(second.description.sandbox.key, keys.sandbox.key);
  const { totalCount } = await get<{ totalCount: number }>(
    second,
    `/companies/${second.description.sandbox.entityId}/journal-entries?limit=1`,
  );
  const entities = await get<{ totalCount: number }>(second, "/companies");
  assert.equal(entities.totalCount, 1);
  assert.ok(totalCount > 1_400 && totalCount < 1_600, `${totalCount} entries`);
  for (const shown of [second.description.baseUrl, keys.sandbox.key, keys.live.key, "/docs", "Business Checking", "curl "]) {
    assert.ok(second.output().includes(shown), `the start does not show ${shown}`);
  }
  // The first start was killed before it had shown the owner's password, so the second does, and no later one.
  const password = shownPassword(second);
  assert.equal(await signInStatus(second, password), 200);
  for (const file of ["keys.json", "secrets.json", "server.json"])
    assert.equal(statSync(path.join(folder.dataDir, file)).mode & 0o077, 0, `${file} is open to others`);

  const trialBalance = await get<{ totals: object }>(second, `/companies/${second.description.sandbox.entityId}/reports/trial-balance`);
  const runtime = runtimeOf(folder.dataDir);
  assert.equal(await interruptProcess(second), 0, second.output());
  assert.ok(!isRunning(runtime), "Ctrl-C leaves the runtime behind");
  assert.equal(existsSync(path.join(folder.dataDir, "server.json")), false);

  const third = await start();
  assert.deepEqual({ ...third.description, baseUrl: "", pid: 0 }, { ...second.description, baseUrl: "", pid: 0 });
  const again = await get<{ totals: object }>(third, `/companies/${third.description.sandbox.entityId}/reports/trial-balance`);
  assert.deepEqual(again.totals, trialBalance.totals);
  assert.ok(!third.output().includes(password), "the owner's password is shown twice");
  assert.equal(await signInStatus(third, password), 200);
  assert.equal(await interruptProcess(third), 0);
});

test("the owner of a data folder of an earlier build is given a password, and a new one on request", { timeout: 300_000 }, async () => {
  const first = await start();
  const { live } = first.description;
  assert.equal(await interruptProcess(first), 0);
  const keysFile = path.join(folder.dataDir, "keys.json");
  const { owner, ...earlier } = JSON.parse(readFileSync(keysFile, "utf8"));
  assert.deepEqual(owner, { email: "owner@example.com", passwordShown: true });
  writeFileSync(keysFile, JSON.stringify(earlier));
  // This owner has a password, which stays as it is.
  const second = await start();
  assert.doesNotMatch(second.output(), /^Password /m);
  assert.equal(await interruptProcess(second), 0);
  const third = await start(["--new-owner-password"]);
  const password = shownPassword(third);
  assert.equal(await signInStatus(third, password), 200);
  assert.equal(third.description.live.key, live.key);
  await killProcess(third, true);
});

/** The owner's password, as a start shows it beside the command that signs in with it. */
function shownPassword(server: ServerProcess): string {
  const [, password] = /^Password {5}(\S+) /m.exec(server.output()) ?? [];
  assert.ok(password, server.output());
  assert.ok(
    server
      .output()
      .includes(`/api/v1/auth/token' -H 'Content-Type: application/json' -d '{"email":"owner@example.com","password":"${password}",`),
  );
  return password;
}

async function signInStatus({ description: { baseUrl, sandbox } }: ServerProcess, password: string): Promise<number> {
  const { status } = await fetch(`${baseUrl}/api/v1/auth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: "owner@example.com", password, siteId: sandbox.siteId }),
  });
  return status;
}

test("a second server on the same data is refused, and the first goes on", { timeout: 300_000 }, async () => {
  const server = await start();
  const second = spawnServer(folder.dataDir);
  await once(second.child, "exit");
  assert.equal(second.child.exitCode, 1);
  assert.match(second.output(), /already running/);
  await get(server, "/me");
  await killProcess(server, true);
});

test("where the launcher alone is killed, its runtime ends with it, and the next start finds the data", { timeout: 300_000 }, async () => {
  const server = await start();
  const runtime = runtimeOf(folder.dataDir);
  assert.ok(isRunning(runtime));
  await killProcess(server, false);
  assert.ok(await ends(runtime), "the runtime outlives the launcher");
  const next = await start();
  await get(next, "/me");
  await killProcess(next, true);
});

test("keys that were rotated and revoked are replaced by the next start, which says so and goes on", { timeout: 300_000 }, async () => {
  const first = await start();
  const { live, sandbox } = first.description;
  const { token } = await get<{ token: { id: string } }>(first, "/me");
  await send(first, sandbox.key, "POST", `/tokens/${token.id}/rotate`, { overlapSeconds: 0 });
  const liveId = (await send(first, live.key, "GET", "/me")).token.id;
  const other = await send(first, live.key, "POST", "/tokens", { name: "Other", role: "OWNER" });
  await send(first, other.key, "DELETE", `/tokens/${liveId}`);
  assert.equal(await interruptProcess(first), 0);

  const next = await start();
  const now = next.description;
  assert.equal(next.output().match(/works no more; a new one is made/g)?.length, 2, next.output());
  for (const [site, before] of [
    [now.live, live],
    [now.sandbox, sandbox],
  ] as const) {
    assert.notEqual(site.key, before.key);
    const me = await send(next, site.key, "GET", "/me");
    assert.deepEqual([me.site.id, me.token.role, me.plan.requestsPerMinute], [before.siteId, "OWNER", 1_000_000]);
    assert.ok(next.output().includes(site.key));
  }
  assert.equal(now.sandbox.entityId, sandbox.entityId);
  assert.equal(await interruptProcess(next), 0);

  const after = await start();
  assert.deepEqual([after.description.live, after.description.sandbox], [now.live, now.sandbox]);
  assert.doesNotMatch(after.output(), /works no more/);
  await killProcess(after, true);
});

test("after a reset the pages and server.json name the company that is there now", { timeout: 300_000 }, async () => {
  const server = await start();
  const { baseUrl, sandbox } = server.description;
  const { entityId } = await send(server, sandbox.key, "POST", `/sites/${sandbox.siteId}/reset`, { sampleData: true });
  assert.notEqual(entityId, sandbox.entityId);
  for (const page of ["/", "/docs"]) {
    const text = await (await fetch(`${baseUrl}${page}`)).text();
    assert.ok(text.includes(entityId), `${page} does not name the present company`);
    assert.ok(sandbox.entityId !== null && !text.includes(sandbox.entityId), `${page} names the company of before`);
  }
  assert.deepEqual(describedServer(folder.dataDir), { ...server.description, sandbox: { ...sandbox, entityId } });
  await killProcess(server, true);
});

test("a data folder that cannot be one is told in a sentence", { timeout: 60_000 }, async () => {
  const file = path.join(folder.dataDir, "a-file");
  writeFileSync(file, "");
  for (const dataDir of [file, path.join(file, "below")]) {
    const refused = spawnServer(dataDir);
    await once(refused.child, "close");
    assert.equal(refused.child.exitCode, 1);
    assert.match(refused.output().trim(), /^The data folder \S+a-file(?:\/below)? cannot be used \(E\w+\): .*--data\.$/);
  }
});

test("an option that there is not is told with where the options are", { timeout: 60_000 }, async () => {
  const refused = spawnServer(path.join(folder.dataDir, "unused"), ["--prot", "9000"]);
  await once(refused.child, "close");
  assert.equal(refused.child.exitCode, 1);
  assert.match(refused.output(), /--prot.*npm start -- --help/s);
});

test("a refused port is told in a sentence and leaves no data folder behind", { timeout: 300_000 }, async () => {
  const dataDir = path.join(folder.dataDir, "refused");
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" && address ? String(address.port) : "";
  for (const [asked, sentence] of [
    ["-1", "--port is -1; a port is a number from 0 to 65535."],
    ["http", "--port is http; a port is a number from 0 to 65535."],
    [port, `Port ${port} is taken. Choose another, or 0 for any free one.`],
  ] as const) {
    const refused = spawnServer(dataDir, ["--port", asked]);
    await once(refused.child, "close");
    assert.equal(refused.child.exitCode, 1);
    assert.equal(refused.output().trim(), sentence);
    assert.equal(existsSync(dataDir), false, `--port ${asked} leaves a data folder`);
  }
  taken.close();
});
