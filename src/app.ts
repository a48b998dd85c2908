import packageJson from "../package.json" with { type: "json" };
import type { Authority } from "./access/token.ts";
import { ledgerIdentity } from "./db/ledger-numbers.ts";
import { noteTokenUse } from "./db/tokens.ts";
import { registerDocsRoutes } from "./docs/routes.ts";
import { featuresInOrder } from "./features/in-order.ts";
import { canonicalPath, pathOf } from "./http/aliases.ts";
import { answer } from "./http/answers.ts";
import { openApiDocument, services } from "./http/document/openapi.ts";
import { registerHealthRoutes } from "./http/health.ts";
import { authenticate } from "./http/middleware/authenticate.ts";
import { bodyLimit } from "./http/middleware/body-limit.ts";
import { bookmark } from "./http/middleware/bookmark.ts";
import { corsHeaders, preflight } from "./http/middleware/cors.ts";
import { rateLimitHeaders } from "./http/middleware/rate-limit.ts";
import { requestId, requestIdHeader } from "./http/middleware/request-id.ts";
import { siteInPath } from "./http/middleware/site.ts";
import { createRouter, isPublicRoute, mounted, type RequestContext, type Router } from "./http/router.ts";
import { answerThrown } from "./http/thrown.ts";
import { way } from "./http/way.ts";
import { operationContext } from "./operation/build-context.ts";
import { refusal } from "./platform/refused.ts";

/** The whole API: the way of a request from top to bottom, then every feature's routes. */
export function createApp(): Router {
  const app = createRouter((request) => canonicalPath(pathOf(request)).path);
  app.onError(answerThrown);
  app.notFound((c) => answerThrown(refusal("ROUTE_NOT_FOUND", `There is no route ${c.req.method} ${pathOf(c.req.raw).slice(0, 200)}.`), c));
  app.use(
    "*",
    way(
      { steps: [requestId], stamps: [requestIdHeader] },
      {
        path: "/api/v1",
        steps: [preflight, scopeOfPath, authenticate(isPublicRoute, welcome), bodyLimit, siteInPath],
        stamps: [bookmark, rateLimitHeaders, corsHeaders],
      },
    ),
  );
  registerHealthRoutes(app, packageJson.version);
  for (const feature of featuresInOrder) feature.register(app);
  app.get("/api/openapi.json", (c) => {
    const service = c.req.query("service");
    if (service !== undefined && !services.includes(service))
      throw refusal("VALIDATION_ERROR", `service is one of ${services.join(", ")}.`);
    return answer(openApiDocument(mounted, packageJson.version, service), 200, { "Access-Control-Allow-Origin": "*" });
  });
  registerDocsRoutes(app);
  return app;
}

/** What the path's prefixes name, for all that follows. */
function scopeOfPath(c: RequestContext): undefined {
  c.set("scope", canonicalPath(pathOf(c.req.raw)));
}

/** Gives a request whose key is good the context of its operations. */
function welcome(c: RequestContext, authority: Authority, noteUse: boolean): void {
  const context = operationContext({
    env: c.env,
    authority,
    requestId: c.get("requestId"),
    log: c.get("log"),
    bookmark: c.req.header("x-bookmark"),
    identityOf: (of, number) => ledgerIdentity(of.directory, number),
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  });
  c.set("context", context);
  if (noteUse) context.waitUntil(noteTokenUse(context.directory, authority.tokenId, context.clock()));
}
