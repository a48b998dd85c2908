import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { readSandboxKey } from "../../src/docs/sandbox-key.ts";
import { failureKinds } from "../../src/kernel/failures.ts";

const open = (path: string) => exports.default.fetch(`https://countinghouse.test${path}`);

/** Every URL that a page's markup makes a browser load. */
function loaded(markup: string): string[] {
  return [...markup.matchAll(/<(?:script|link|img|iframe)[^>]*?\s(?:src|href)="([^"]*)"/g)].map((found) => found[1] ?? "");
}

test.each(["/", "/docs", "/docs/errors"])(
  "%s is a page that loads nothing from another origin, and whose policy allows nothing from one",
  async (path) => {
    const answer = await open(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    const policy = answer.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    const urls = loaded(await answer.text());
    expect(urls.length).toBeGreaterThan(0);
    expect(urls.filter((url) => !url.startsWith("/"))).toEqual([]);
  },
);

test("/docs/errors explains every code of the catalogue under an anchor of its name", async () => {
  const page = await (await open("/docs/errors")).text();
  const anchors = [...page.matchAll(/<article class="failure" id="(\w+)">/g)].map((found) => found[1]);
  expect(anchors.sort()).toEqual(Object.keys(failureKinds).sort());
});

test("/ says which version runs, that it is healthy, and the base URL it was asked at", async () => {
  const page = await (await open("/")).text();
  expect(page).toContain(packageJson.version);
  expect(page).toContain("Healthy");
  expect(page).toContain("https://countinghouse.test/api/v1");
});

test("what is not there is a page for a browser, and the API's refusal for all else and below /api", async () => {
  const browser = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const asks = (path: string, init: RequestInit) => exports.default.fetch(`https://countinghouse.test${path}`, init);
  const page = await asks("/nope", { headers: browser });
  expect(page.status).toBe(404);
  expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  const refusals = [
    asks("/nope", {}),
    asks("/nope", { headers: { Accept: "application/json" } }),
    asks("/nope", { headers: browser, method: "POST" }),
    asks("/api/nope", { headers: browser }),
    asks("/api/v1/nope", { headers: browser }),
  ];
  for (const refused of await Promise.all(refusals)) {
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ error: { code: "ROUTE_NOT_FOUND" } });
  }
});

test("pages for what is not there are counted by address, and refused, as every other answer to it is", async () => {
  const headers = { Accept: "text/html", "CF-Connecting-IP": "198.51.100.77" };
  const statuses = new Set<number>();
  for (let asked = 0; asked <= 300; asked += 1) {
    const answer = await exports.default.fetch("https://countinghouse.test/nope", { headers });
    await answer.arrayBuffer();
    statuses.add(answer.status);
  }
  expect([...statuses]).toEqual([404, 429]);
});

test("a host name that is markup stays text", async () => {
  const answer = await exports.default.fetch("https://countinghouse.test/", { headers: { Host: '"><script>alert(1)</script>' } });
  expect(await answer.text()).not.toContain("<script>alert(1)");
});

test("no page of a deployment holds a key", async () => {
  for (const path of ["/", "/docs"]) expect(await (await open(path)).text()).not.toMatch(/ch_(?:test|live)_[a-z0-9]/);
});

/** A request of the page by a URL, by the Host that the browser named, and from an address, as the launcher's front says it. */
const asked = (url: string, host: string = new URL(url).host, address = "127.0.0.1") =>
  new Request(`${url}/docs`, { headers: { Host: host, "CF-Connecting-IP": address } });
const sandbox = { key: "ch_test_0198_secret", siteId: "01980c1e-7e0c-7abc-9def-0123456789ab", entityId: null };
const launcherThat = (answers: () => Response) => ({ DOCS_SANDBOX: { fetch: async () => answers() } });

test("the launcher's sandbox key is read for a loopback name only, in the URL and in the Host header", async () => {
  const env = launcherThat(() => Response.json(sandbox));
  for (const host of ["localhost", "127.0.0.1:8787", "[::1]:8787", "books.localhost"]) {
    expect(await readSandboxKey(env, asked(`http://${host}`))).toEqual(sandbox);
    expect(await readSandboxKey(env, asked(`http://${host}`, "rebound.example"))).toBeUndefined();
  }
  for (const host of ["rebound.example", "127.0.0.1.example", "localhost.example", "192.168.1.2"]) {
    expect(await readSandboxKey(env, asked(`http://${host}`))).toBeUndefined();
    expect(await readSandboxKey(env, asked(`http://${host}`, "localhost"))).toBeUndefined();
  }
});

test("nobody behind a proxy reads it, whatever Host they send", async () => {
  const env = launcherThat(() => Response.json(sandbox));
  for (const address of ["127.0.0.1", "127.0.0.53", "::1"])
    expect(await readSandboxKey(env, asked("http://localhost", "localhost", address))).toEqual(sandbox);
  for (const address of ["203.0.113.7", "2001:db8::1", "1127.0.0.1", "127.0.0.1.example", "unknown", ""])
    expect(await readSandboxKey(env, asked("http://localhost", "localhost", address)), address).toBeUndefined();
  expect(await readSandboxKey(env, new Request("http://localhost/docs", { headers: { Host: "localhost" } }))).toBeUndefined();
});

test("the pages take no live key, and none before the sandbox has one", async () => {
  const live = launcherThat(() => Response.json({ ...sandbox, key: "ch_live_0198_secret" }));
  await expect(readSandboxKey(live, asked("http://localhost"))).rejects.toThrow();
  expect(
    await readSandboxKey(
      launcherThat(() => new Response(null, { status: 204 })),
      asked("http://localhost"),
    ),
  ).toBeUndefined();
  expect(await readSandboxKey({}, asked("http://localhost"))).toBeUndefined();
});
