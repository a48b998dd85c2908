import { z } from "@hono/zod-openapi";
import { answer, answerOnce, noStore } from "../../http/answers.ts";
import { etagOf } from "../../http/etag.ts";
import { idField } from "../../http/fields.ts";
import { pageExample } from "../../http/page-query.ts";
import { type Route, route } from "../../http/route.ts";
import { createSite } from "./create-site.ts";
import { getSite } from "./get-site.ts";
import { listSites } from "./list-sites.ts";
import {
  CreatedSite,
  CreateSiteRequest,
  issuedExample,
  ListSitesQuery,
  SitePage,
  SiteView,
  siteExample,
  UpdateSiteRequest,
} from "./schemas.ts";
import { updateSite } from "./update-site.ts";
import { siteView } from "./views.ts";

const bySiteId = z.object({ siteId: idField });

export const siteRoutes: readonly Route[] = [
  route(
    {
      operationId: "listSites",
      method: "get",
      path: "/sites",
      tag: "Sites",
      summary: "List the firm's sites",
      permission: "read",
      query: ListSitesQuery,
      answers: { 200: { schema: SitePage, description: "A page of sites.", example: pageExample(siteExample) } },
      refusals: ["INVALID_CURSOR"],
    },
    (context, { query }) => listSites(context, query),
    (value) => answer(value),
  ),
  route(
    {
      operationId: "createSite",
      method: "post",
      path: "/sites",
      tag: "Sites",
      summary: "Make a further site of the firm, with its first key",
      description:
        "The key has the caller's role, and is how the new site is reached: the caller's own key goes on with its own site. A user signs in to it with its `siteId`. A sandbox's key makes sandboxes alone.",
      permission: "sites:write",
      body: CreateSiteRequest,
      bodyExample: { name: "Acme staging", environment: "sandbox" },
      idempotency: "accepted",
      answers: {
        201: {
          schema: CreatedSite,
          description: "The site and its first key.",
          example: { ...siteExample, ...issuedExample },
        },
      },
      refusals: ["ENTITY_FORBIDDEN", "LIVE_KEY_REQUIRED"],
    },
    (context, { body }) => createSite(context, body),
    (once) => answerOnce(once, { status: 201, collection: "sites", headers: noStore }),
  ),
  route(
    {
      operationId: "getSite",
      method: "get",
      path: "/sites/{siteId}",
      tag: "Sites",
      summary: "Read the key's site",
      description: "The site of the key or session in use alone; the firm's other sites are in `GET /sites`.",
      permission: "read",
      params: bySiteId,
      answers: { 200: { schema: SiteView, description: "The site.", example: siteExample } },
    },
    (context, { params }) => getSite(context, params.siteId),
    (site) => answer(siteView(site), 200, { ETag: etagOf(site.revision) }),
  ),
  route(
    {
      operationId: "updateSite",
      method: "patch",
      path: "/sites/{siteId}",
      tag: "Sites",
      summary: "Change the site's name or the origins that browsers may call from",
      permission: "sites:write",
      params: bySiteId,
      body: UpdateSiteRequest,
      bodyExample: { origins: ["https://app.example.com"] },
      answers: { 200: { schema: SiteView, description: "The site as changed.", example: siteExample } },
      refusals: ["PRECONDITION_FAILED", "ENTITY_FORBIDDEN"],
    },
    (context, { params, body, revisions }) => updateSite(context, params.siteId, body, revisions),
    (site) => answer(siteView(site), 200, { ETag: etagOf(site.revision) }),
  ),
];
