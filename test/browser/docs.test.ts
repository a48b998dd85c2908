import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";

const root = join(import.meta.dirname, "../..");
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const browsers = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

interface Server {
  readonly baseUrl: string;
  readonly sandbox: { readonly key: string; readonly siteId: string; readonly entityId: string };
}

let dataDir: string;
let launcher: ReturnType<typeof spawn>;
let server: Server;
let browser: Browser;

/** Starts what `npm start` starts, and takes where it runs from its server.json. */
async function start(): Promise<Server> {
  launcher = spawn(process.execPath, [join(root, "src/local/start.ts"), "--port", "0", "--data", dataDir], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  for await (const chunk of launcher.stdout ?? []) {
    said += chunk;
    if (said.includes("/docs")) break;
  }
  launcher.stdout?.resume();
  return JSON.parse(await readFile(join(dataDir, "server.json"), "utf8"));
}

before(async () => {
  const executablePath = browsers.find((path) => path !== undefined && existsSync(path));
  if (!executablePath) throw new Error("This test needs Chromium: install it, or name it in CHROMIUM.");
  dataDir = await mkdtemp(join(tmpdir(), "countinghouse-browser-"));
  [server, browser] = await Promise.all([start(), chromium.launch({ executablePath, args: flags })]);
});

after(async () => {
  await browser?.close();
  if (launcher && launcher.exitCode === null) {
    launcher.kill("SIGINT");
    await once(launcher, "exit");
  }
  await rm(dataDir, { recursive: true, force: true });
});

interface Visit {
  readonly page: Page;
  /** What a page must not do: ask another origin, break a rule of its policy, log an error, throw. */
  readonly faults: string[];
}

async function visit(path: string): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults: string[] = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.protocol !== "blob:" && url.origin !== server.baseUrl) faults.push(`asked ${url}`);
  });
  context.on("weberror", (error) => faults.push(`threw ${error.error().message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`logged ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(server.baseUrl + path, { waitUntil: "networkidle" });
  return { page, faults };
}

/** Opens an operation's form from the page and sends it as it was filled in. */
async function tryIt(
  page: Page,
  operation: string | RegExp,
): Promise<{ status: number; sent: Awaited<ReturnType<Page["waitForRequest"]>>; body: unknown }> {
  await page
    .getByRole("searchbox")
    .or(page.getByRole("button", { name: /search/i }))
    .first()
    .click();
  await page.keyboard.type(String(operation));
  await page.keyboard.press("Enter");
  const answered = page.waitForResponse((response) => response.url().includes("/api/v1/"));
  const response = await answered;
  return { status: response.status(), sent: response.request(), body: await response.json() };
}

test("a request tried from /docs succeeds with the sandbox's data, and nothing leaves the origin", async () => {
  const { page, faults } = await visit("/docs");
  const tried = await tryIt(page, "trial balance");
  assert.equal(tried.status, 200);
  assert.deepEqual(faults, []);
});
