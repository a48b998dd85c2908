import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type Browser, chromium, type Page, type Response } from "playwright-core";
import { failureKinds } from "../../src/kernel/failures.ts";

const run = promisify(execFile);
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
  const { stdout } = launcher;
  if (!stdout) throw new Error("The launcher has no output.");
  await new Promise<void>((resolve, reject) => {
    let said = "";
    stdout.on("data", (chunk) => {
      said += chunk;
      if (said.includes("Ctrl-C")) resolve();
    });
    launcher.once("exit", (code) => reject(new Error(`The launcher ended with ${code}: ${said}`)));
  });
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
  /** What a page must not do: ask another origin, break its policy, log an error, throw, ask for what is not there. */
  readonly faults: string[];
}

async function visit(path: string, colorScheme: "light" | "dark" = "light"): Promise<Visit> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const faults: string[] = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.protocol !== "blob:" && url.origin !== server.baseUrl) faults.push(`asked ${url}`);
  });
  context.on("weberror", (error) => faults.push(`threw ${error.error().message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`logged ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(server.baseUrl + path, { waitUntil: "networkidle" });
  return { page, faults };
}

/** Opens an operation's form from the reference and sends it as the page has filled it in. */
async function tryIt(page: Page, tag: string, operation: string): Promise<Response> {
  const path = `tag/${tag.toLowerCase()}/${operation}`;
  await page.getByRole("link", { name: tag, exact: true }).click();
  await page.locator(`a[href="#${path}"]`).click();
  await page.locator(`section[id$="${path}"] button.show-api-client-button`).click();
  const answered = page.waitForResponse((response) => response.request().resourceType() === "fetch");
  await page.getByRole("dialog").getByRole("button", { name: "Send", exact: false }).first().click();
  const response = await answered;
  await page.getByRole("dialog").getByText(`${response.status()} `, { exact: false }).first().waitFor();
  return response;
}

test("a report tried from /docs is answered with the sandbox's figures, and nothing leaves the origin", async () => {
  const { page, faults } = await visit("/docs");
  const response = await tryIt(page, "Reports", "GET/companies/{companyId}/reports/trial-balance");
  assert.equal(response.status(), 200);
  assert.equal((await response.request().allHeaders())["x-api-key"], server.sandbox.key);
  const report = await response.json();
  assert.equal(report.companyId, server.sandbox.entityId);
  assert.ok(report.totals.closingDebitCents > 0);
  assert.equal(report.totals.closingDebitCents, report.totals.closingCreditCents);
  assert.deepEqual(faults, []);
});

test("an operation of /docs shows the refusals that are its own, with an example of each", async () => {
  const path = "tag/journal/POST/companies/{companyId}/journal-entries";
  const { page, faults } = await visit(`/docs#${path}`);
  const operation = page.locator(`section[id$="${path}"]`);
  await operation.getByRole("button", { name: /422/ }).first().click();
  await operation.getByRole("tab", { name: /422/ }).click();
  await operation.getByText('"IDEMPOTENCY_KEY_REUSED"').filter({ visible: true }).first().waitFor();
  const text = (await operation.textContent()) ?? "";
  assert.match(text, /ENTRY_UNBALANCED/);
  assert.doesNotMatch(text, /SETTLES_MORE_THAN_HELD|LOCK_NOT_LIFTED/, "codes of other operations under the same status");
  assert.deepEqual(faults, []);
});

test("an entry posted from /docs is in the ledger, under a key that no other visit has", async () => {
  const { page, faults } = await visit("/docs");
  const response = await tryIt(page, "Journal", "POST/companies/{companyId}/journal-entries");
  assert.equal(response.status(), 201);
  const posted = await response.json();
  const read = await fetch(`${server.baseUrl}/api/v1/journal-entries/${posted.id}`, { headers: { "X-API-Key": server.sandbox.key } });
  // The contract tests check the answer's own schema.
  const { sequence } = (await read.json()) as { readonly sequence: number };
  assert.equal(sequence, posted.sequence);
  assert.deepEqual(faults, []);

  const again = await visit("/docs");
  const repeated = await tryIt(again.page, "Journal", "POST/companies/{companyId}/journal-entries");
  const keys = [response, repeated].map(async (answer) => (await answer.request().allHeaders())["idempotency-key"]);
  const [first, second] = await Promise.all(keys);
  assert.ok(first && second && first !== second);
});

/** What ends right of where the reader sees: beyond the window, or beyond a box that clips it. For the page itself to evaluate. */
const cutOff = `[...document.querySelectorAll(".wrap pre, .wrap td, .wrap th, .masthead nav a, .endpoint-path, .scalar-card-header-title .operation-path")]
  .filter((element) => element.checkVisibility())
  .filter((element) => {
    const text = document.createRange();
    text.selectNodeContents(element);
    let end = innerWidth;
    for (let box = element; box; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== "visible") end = Math.min(end, box.getBoundingClientRect().right);
    return text.getBoundingClientRect().right > end + 1;
  })
  .map((element) => element.textContent.trim().slice(0, 90))`;

/** A telephone, a tablet, a window beside another, a small notebook. */
const widths = [390, 768, 1024, 1280];

for (const path of ["/", "/docs#tag/journal", "/docs/errors"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${path} in ${colorScheme} asks no other origin, logs no error, and cuts nothing off at any width`, async () => {
      const { page, faults } = await visit(path, colorScheme);
      if (path.startsWith("/docs#")) await page.getByText("/journal-entries/{id}/submit").first().waitFor();
      for (const width of widths) {
        await page.setViewportSize({ width, height: 844 });
        assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= width);
        assert.deepEqual(await page.evaluate<string[]>(cutOff), [], `at ${width}`);
        assert.ok(await page.getByRole("link", { name: "OpenAPI", exact: true }).isVisible(), `the OpenAPI link at ${width}`);
      }
      assert.deepEqual(faults, []);
    });
  }
}

test("the window to try an operation in covers no link that is seen, and leaves the links when it closes", async () => {
  const { page } = await visit("/docs#tag/health");
  const link = page.getByRole("link", { name: "OpenAPI", exact: true });
  await page.locator('section[id$="GET/health"] button.show-api-client-button').click();
  const close = page.getByRole("button", { name: "Close Client" });
  await close.last().waitFor();
  assert.equal(await link.isVisible(), false);
  await close.last().click();
  await link.waitFor();
});

test("a browser that asks for what is not there gets a page that leads on", async () => {
  const { page, faults } = await visit("/nope");
  const links = await page.evaluate<string[]>("[...document.querySelectorAll('main a')].map((link) => link.getAttribute('href'))");
  assert.deepEqual(links, ["/", "/docs", "/docs/errors"]);
  assert.deepEqual(
    faults.filter((fault) => !fault.includes("404")),
    [],
  );
});

test("every anchor that an error code has is reached from the page's index", async () => {
  const { page } = await visit("/docs/errors");
  const codes = await page.locator(".index a").allTextContents();
  assert.deepEqual(codes.toSorted(), Object.keys(failureKinds).toSorted());
  for (const code of codes) assert.equal(await page.locator(`article#${code}`).count(), 1, code);
});

test("the lines of the landing page work when they are pasted, in their order and twice", async () => {
  const { page } = await visit("/");
  const lines = await page.locator("[data-copy] code").allTextContents();
  assert.equal(lines.length, 3);
  const statuses: string[] = [];
  for (const line of [...lines, ...lines]) {
    const { stdout } = await run("sh", ["-c", `${line} -w '\\n%{http_code}' -o /dev/null`]);
    statuses.push(stdout.trim());
  }
  assert.deepEqual(statuses, ["200", "201", "200", "200", "200", "200"]);
});
