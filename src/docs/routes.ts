import packageJson from "../../package.json" with { type: "json" };
import { notThere } from "../http/middleware/attempts.ts";
import type { RequestContext, Router } from "../http/request-context.ts";
import { assetsPath, isVersioned } from "./asset-paths.ts";
import { errorsPage } from "./errors-page.ts";
import { checkInstance } from "./instance-health.ts";
import { landingPage } from "./landing-page.ts";
import { missingPage } from "./missing-page.ts";
import type { Markup } from "./page.ts";
import { referencePage } from "./reference-page.ts";
import { readSandboxKey } from "./sandbox-key.ts";

/** The pages that people see, and the assets they load. `operations`: how many the API has. */
export function registerDocsRoutes(router: Router, operations: number): void {
  router.get("/", async (c) => {
    const url = new URL(c.req.url);
    const [parts, sandbox] = await Promise.all([checkInstance(c.env), readSandboxKey(c.env, c.req.raw)]);
    const instance = { parts, version: packageJson.version, baseUrl: url.origin, operations, sandbox };
    return answerPage((nonce) => landingPage(instance, nonce), "no-store");
  });

  router.get("/docs", async (c) => {
    const sandbox = await readSandboxKey(c.env, c.req.raw);
    return answerPage((nonce) => referencePage(sandbox, nonce), "no-store", referencePolicy);
  });

  router.get("/docs/errors", () => answerPage(errorsPage, "public, max-age=300"));

  router.get(`${assetsPath}/*`, async (c) => {
    const found = await c.env.ASSETS.fetch(c.req.raw);
    if (found.status === 404) throw notThere(c);
    const answer = new Response(found.body, found);
    answer.headers.set("X-Content-Type-Options", "nosniff");
    if (found.ok && isVersioned(c.req.path)) answer.headers.set("Cache-Control", "public, max-age=31536000, immutable");
    return answer;
  });
}

/** Whether a person looks for a page, outside the API, whose every answer is for programs. */
export function asksForPage({ req }: RequestContext): boolean {
  return req.method === "GET" && !req.path.startsWith("/api/") && (req.header("Accept")?.includes("text/html") ?? false);
}

export async function answerMissingPage(): Promise<Response> {
  const page = await answerPage(missingPage, "no-store");
  return new Response(page.body, { status: 404, headers: page.headers });
}

type Policy = (nonce: string) => string;

const shared = "default-src 'none'; script-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const pagePolicy: Policy = (nonce) => `${shared}; style-src 'nonce-${nonce}'; img-src 'self'`;
/** The reference calls this origin, shows images of answers, and adds styles of its own, which have no nonce; scripts stay ours alone. */
const referencePolicy: Policy = () => `${shared}; connect-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:`;

async function answerPage(page: (nonce: string) => Markup, cache: string, policy: Policy = pagePolicy): Promise<Response> {
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy(nonce),
    "Cache-Control": cache,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
  return new Response(String(await page(nonce)), { headers });
}
