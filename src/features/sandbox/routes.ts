import { z } from "@hono/zod-openapi";
import { answerOnce } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { type Route, route } from "../../http/route.ts";
import { resetSite } from "./reset-site.ts";
import { ResetSite, ResetSiteRequest } from "./schemas.ts";

const id = "01980c1e-7e0c-7abc-9def-0123456789ab";

export const sandboxRoutes: readonly Route[] = [
  route(
    {
      operationId: "resetSite",
      method: "post",
      path: "/sites/{siteId}/reset",
      tag: "Sites",
      summary: "Empty a sandbox, and fill it with the demo company if asked",
      description:
        "Everything in it goes but its keys. Before it is answered, every ledger of the site is retired: what is posted to one from then on is refused as `LEDGER_RETIRED`, or its entity is unknown. A reset that is broken off is repeated, or goes on by itself.",
      permission: "sites:write",
      params: z.object({ siteId: idField }),
      body: ResetSiteRequest,
      bodyExample: { sampleData: true },
      idempotency: "site",
      answers: {
        200: { schema: ResetSite, description: "The sandbox as it is now.", example: { siteId: id, entityId: id, entries: 1500 } },
      },
      refusals: ["ENTITY_FORBIDDEN", "LEDGER_RETIRED", "LEDGER_CLOSING_OUT", "LEDGER_NEWER", "OVERLOADED"],
    },
    (context, { params, body }) => resetSite(context, params.siteId, body),
    (once) => answerOnce(once, { status: 200 }),
  ),
];
