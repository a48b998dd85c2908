import { z } from "@hono/zod-openapi";
import { answerText, replayHeaders } from "../../http/answers.ts";
import { idField } from "../../http/fields.ts";
import { mount, type Router } from "../../http/router.ts";
import { resetSite } from "./reset-site.ts";
import { ResetSite, ResetSiteRequest } from "./schemas.ts";

const id = "01980c1e-7e0c-7abc-9def-0123456789ab";

export function registerSandboxRoutes(router: Router): void {
  mount(
    router,
    {
      operationId: "resetSite",
      method: "post",
      path: "/sites/{siteId}/reset",
      tag: "Sites",
      summary: "Empty a sandbox, and fill it with the demo company if asked",
      permission: "sites:write",
      params: z.object({ siteId: idField }),
      body: ResetSiteRequest,
      bodyExample: { sampleData: true },
      idempotency: "site",
      answers: {
        200: { schema: ResetSite, description: "The sandbox as it is now.", example: { siteId: id, entityId: id, entries: 1500 } },
      },
      refusals: ["ENTITY_FORBIDDEN"],
    },
    async (context, { params, body }) => {
      const { status, body: text, replayed } = await resetSite(context, params.siteId, body);
      return answerText(text, status, replayed ? replayHeaders(status) : {});
    },
  );
}
