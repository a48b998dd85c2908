/** `npm start` as a stranger on the same machine meets it: every door but the front's is shut, and the front says who comes. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { workerSecrets } from "../../src/local/secrets.ts";
import { type RunningServer, startServer } from "../../src/local/server.ts";
import { freshDataFolder } from "./server-process.ts";

const folder = await freshDataFolder();
const password = "correct horse battery staple";
const wall = { ms: Date.now() };
let free = Number.POSITIVE_INFINITY;
let server: RunningServer;
let live: { readonly key: string; readonly siteId: string };

const start = (more: { readonly acceptClock?: boolean } = {}) =>
  startServer({
    dataDir: folder.dataDir,
    port: 0,
    vars: workerSecrets(folder.dataDir),
    freeBytes: async () => free,
    clocks: { wall: () => wall.ms, passed: () => 0 },
    ...more,
  });

async function restart(...how: Parameters<typeof start>): Promise<void> {
  await server.stop();
  server = await start(...how);
}

before(async () => {
  server = await start();
  const signedUp = await send("POST", "/signup", { firmName: "Firm", ownerEmail: "owner@example.com", ownerPassword: password });
  assert.equal(signedUp.status, 201);
  live = JSON.parse(signedUp.text).live;
});
after(async () => {
  await server.stop();
  await folder.remove();
});

async function send(method: string, below: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.baseUrl}/api/v1${below}`, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const codeIn = (text: string): unknown => JSON.parse(text).error.code;

test("no door of the runtime's own answers below /cdn-cgi/", async () => {
  for (const door of [
    "/cdn-cgi/local/r2/public/countinghouse-archive/x",
    "/cdn-cgi/local/r2/s3/countinghouse-archive?list-type=2",
    "/cdn-cgi/local/platform-proxy",
    "/cdn-cgi/local/scheduled",
    "/cdn-cgi/local/explorer",
    "/cdn-cgi/mf/scheduled",
    "/cdn-cgi/handler/scheduled",
  ]) {
    for (const method of ["GET", "PUT"]) {
      const response = await fetch(`${server.baseUrl}${door}`, { method });
      assert.deepEqual([response.status, codeIn(await response.text())], [404, "ROUTE_NOT_FOUND"], `${method} ${door}`);
    }
  }
});

test("the runtime's own ports give nothing but a 404 or 403, below /cdn-cgi/ neither", { skip: process.platform !== "linux" }, async () => {
  const runtime = Number.parseInt(readFileSync(path.join(folder.dataDir, "runtime.pid"), "utf8"), 10);
  const front = Number(new URL(server.baseUrl).port);
  const ports = [...portsOf(runtime), ...portsOf(process.pid)].filter((port) => port !== front);
  assert.ok(ports.length >= 1, "the runtime listens somewhere");
  for (const port of ports) {
    for (const door of [
      "/",
      "/health",
      "/api/v1/health",
      "/cdn-cgi/local/r2/public/countinghouse-archive/x",
      "/cdn-cgi/local/r2/s3/x?list-type=2",
      "/cdn-cgi/local/scheduled",
    ]) {
      const response = await fetch(`http://127.0.0.1:${port}${door}`, { headers: { "MF-Route-Override": "countinghouse" } });
      const text = await response.text();
      assert.ok([403, 404].includes(response.status), `${port}${door}: ${response.status} ${text}`);
      assert.ok(/^(?:Forbidden)?$|no route GET \/dead-end\//.test(text), `${port}${door}: ${text}`);
    }
  }
});

/** The TCP ports on which a process listens, proc(5). */
function portsOf(pid: number): number[] {
  const sockets = new Set<string>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`)) ?? [];
      if (inode !== undefined) sockets.add(inode);
    } catch {
      // It was closed meanwhile.
    }
  }
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === "0A" && sockets.has(columns[9] ?? ""))
    .map((columns) => Number.parseInt(columns[1]?.split(":")[1] ?? "", 16));
}

test("headers that only the runtime or the platform may send change nothing and break nothing", async () => {
  for (const [name, value] of [
    ["MF-CF-Blob", "{"],
    ["MF-Route-Override", "assets"],
    ["MF-Proxy-Shared-Secret", "x"],
    ["MF-Original-URL", "nonsense"],
    ["MF-Original-URL", "http://localhost/cdn-cgi/local/r2/public/x"],
    ["MF-Disable-Pretty-Error", "true"],
    ["CF-Connecting-IP", "x".repeat(5_000)],
    ["X-Forwarded-Proto", "https"],
  ] as const) {
    const answer = await send("GET", "/health", undefined, { [name]: value });
    assert.deepEqual([answer.status, JSON.parse(answer.text).status], [200, "ok"], name);
  }
});

test("an address is counted as the connection's, whatever the client calls itself", async () => {
  const attempts = Array.from({ length: 330 }, (_, no) => no);
  const statuses: number[] = [];
  while (attempts.length > 0) {
    const some = attempts.splice(0, 30).map((no) => send("GET", "/me", undefined, { "CF-Connecting-IP": `10.0.${no % 7}.${no % 250}` }));
    statuses.push(...(await Promise.all(some)).map(({ status }) => status));
  }
  assert.ok(statuses.includes(429), "330 attempts without a key are taken from one address");
});

test("the health is answered again and again while passwords are hashed", async () => {
  let signedIn = 0;
  const body = { email: "owner@example.com", password };
  const signIns = Array.from({ length: 4 }, async () => {
    const answer = await send("POST", "/auth/token", body);
    signedIn += 1;
    assert.equal(answer.status, 200, answer.text);
  });
  let between = 0;
  while (signedIn < signIns.length) {
    await send("GET", "/health");
    if (signedIn < signIns.length) between += 1;
  }
  await Promise.all(signIns);
  assert.ok(between > 40, `${between} answers beside four sign-ins`);
});

test("a disk that is nearly full takes no writes and gives all reads, and recovers by itself", async () => {
  const post = () => send("POST", "/entities", { kind: "company", name: "Acme", functionalCurrency: "USD" }, { "X-API-Key": live.key });
  const until = async (status: number) => {
    let answer = await post();
    while (answer.status !== status) answer = await post();
    return answer;
  };
  assert.equal((await post()).status, 201);
  free = 255 * 1024 * 1024;
  const refused = await until(503);
  assert.equal(codeIn(refused.text), "STORAGE_FULL");
  assert.match(refused.text, /255 MiB/);
  assert.equal(refused.headers.get("Retry-After"), "30");
  assert.equal((await send("POST", "/auth/token", { email: "owner@example.com", password })).status, 503);
  assert.equal((await send("GET", "/me", undefined, { "X-API-Key": live.key })).status, 200);
  free = 256 * 1024 * 1024;
  await until(201);
});

test("a clock that leaps a day ahead, or stands an hour behind what was seen, takes no writes until it is right or accepted", async () => {
  const post = () => send("POST", "/entities", { kind: "company", name: "Acme", functionalCurrency: "USD" }, { "X-API-Key": live.key });
  const [hour, day] = [3_600_000, 86_400_000];
  const right = wall.ms;
  wall.ms = right + 400 * day;
  const leapt = await post();
  assert.deepEqual([leapt.status, codeIn(leapt.text)], [503, "CLOCK"]);
  assert.equal((await send("GET", "/me", undefined, { "X-API-Key": live.key })).status, 200);
  // Neither time nor a new start makes it right.
  await restart();
  assert.equal(codeIn((await post()).text), "CLOCK");
  await restart({ acceptClock: true });
  assert.equal((await post()).status, 201);
  wall.ms = right;
  const behind = await post();
  assert.deepEqual([behind.status, codeIn(behind.text)], [503, "CLOCK"]);
  await restart();
  assert.equal(codeIn((await post()).text), "CLOCK");
  await restart({ acceptClock: true });
  assert.equal((await post()).status, 201);
  wall.ms = right - hour + 1;
  assert.equal((await post()).status, 201);
});
