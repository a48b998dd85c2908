import { z } from "@hono/zod-openapi";
import { idField, totalField } from "../../http/fields.ts";

export const ResetSiteRequest = z
  .strictObject({ sampleData: z.boolean().optional().openapi({ description: "Fill the sandbox with the demo company." }) })
  .openapi("ResetSiteRequest");
export const ResetSite = z
  .object({
    siteId: idField,
    entityId: idField.nullable().openapi({ description: "The demo company, where it was asked for." }),
    entries: totalField,
  })
  .openapi("ResetSite");
