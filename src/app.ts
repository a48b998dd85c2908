import packageJson from "../package.json" with { type: "json" };
import type { Authority } from "./access/token.ts";
import { noteTokenUse } from "./db/tokens.ts";
import { answerMissingPage, asksForPage, registerDocsRoutes } from "./docs/routes.ts";
import { featuresInOrder } from "./features/in-order.ts";
import { canonicalPath, pathOf } from "./http/aliases.ts";
import { serveDocument } from "./http/document/serve-document.ts";
import type { Tags } from "./http/document/tags.ts";
import { healthRoute, healthTag, registerHealth } from "./http/health.ts";
import { noRoute } from "./http/middleware/attempts.ts";
import { authenticate } from "./http/middleware/authenticate.ts";
import { bodyLimit } from "./http/middleware/body-limit.ts";
import { bookmark } from "./http/middleware/bookmark.ts";
import { corsHeaders, preflight } from "./http/middleware/cors.ts";
import { rateLimitHeaders } from "./http/middleware/rate-limit.ts";
import { requestId, requestIdHeader } from "./http/middleware/request-id.ts";
import { safeAnswers } from "./http/middleware/safe-answers.ts";
import { siteInPath } from "./http/middleware/site.ts";
import { mountForOperator } from "./http/operator-route.ts";
import { pipeline } from "./http/pipeline.ts";
import type { RequestContext, Router } from "./http/request-context.ts";
import type { Route } from "./http/route.ts";
import { routeTable } from "./http/route-table.ts";
import { createRouter, mount } from "./http/router.ts";
import { answerThrown } from "./http/thrown.ts";
import { operationContext } from "./operation/build-context.ts";
import { isClockDoubted } from "./platform/clock-doubt.ts";

const { version } = packageJson;

/** Every route of the API, the lowest feature's first. */
export const apiRoutes: readonly Route[] = [healthRoute(version), ...featuresInOrder.flatMap(({ routes = [] }) => routes)];

const definitions = apiRoutes.map(({ definition }) => definition);

/** The groups of the document. */
export const apiTags: Tags = Object.fromEntries([
  ...featuresInOrder.flatMap(({ tags = {} }) => Object.entries(tags)),
  ...Object.entries(healthTag),
]);

/** The whole API: the steps of a request in order, then every feature's routes. */
export function createApp(): Router {
  // The routes are there when the first request comes.
  const isRouted = (path: string): boolean => table.methodsOf(path).length > 0;
  const app = createRouter((request) => canonicalPath(pathOf(request), isRouted).path);
  const table = routeTable(app, apiRoutes);
  const thrown = (error: Error, c: RequestContext) => answerThrown(error, c, table);
  app.onError(thrown);
  app.notFound((c) => {
    const refused = noRoute(c);
    if (asksForPage(c) && table.methodsOf(c.req.path).length === 0) return answerMissingPage();
    throw refused;
  });
  app.use(
    "*",
    pipeline(
      { steps: [requestId], stamps: [requestIdHeader, safeAnswers] },
      {
        path: "/api/v1",
        steps: [preflight, scopeOfPath, authenticate(table, setContext), bodyLimit, siteInPath],
        stamps: [bookmark, rateLimitHeaders, corsHeaders(table)],
      },
      thrown,
    ),
  );
  registerHealth(app, version);
  for (const route of apiRoutes) mount(app, route);
  for (const { operatorRoutes = [], registerBeside } of featuresInOrder) {
    for (const route of operatorRoutes) mountForOperator(app, route);
    registerBeside?.(app);
  }
  serveDocument(app, definitions, apiTags, version);
  registerDocsRoutes(app, apiRoutes.length);
  return app;
}

/** What the path's prefixes name, for all that follows. */
function scopeOfPath(c: RequestContext): undefined {
  c.set("scope", canonicalPath(pathOf(c.req.raw)));
}

/** Gives a request whose key is good the context of its operations. */
function setContext(c: RequestContext, authority: Authority, noteUse: boolean): void {
  const clockDoubted = isClockDoubted(c.env, (name) => c.req.header(name));
  const context = operationContext({
    env: c.env,
    authority,
    requestId: c.get("requestId"),
    log: c.get("log"),
    bookmark: c.req.header("x-bookmark"),
    waitUntil: (work) => c.executionCtx.waitUntil(work),
    clockDoubted,
  });
  c.set("context", context);
  if (noteUse && !clockDoubted) context.waitUntil(noteTokenUse(context.directory, authority.tokenId, context.clock()));
}
