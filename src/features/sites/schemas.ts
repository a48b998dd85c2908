import { z } from "@hono/zod-openapi";
import { idField, instantField, list, nameField, readNoFurther } from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { jurisdictions, regionHints } from "../../kernel/region.ts";

const originField = z
  .string()
  .max(200, readNoFurther)
  .regex(/^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/, "An origin: scheme, host, port.")
  .openapi({ example: "https://app.example.com" });

export const SiteView = z
  .object({
    id: idField,
    firmId: idField,
    name: z.string(),
    environment: z.enum(["live", "sandbox"]),
    jurisdiction: z.enum(jurisdictions).nullable(),
    regionHint: z.enum(regionHints).nullable(),
    origins: z.array(z.string()).openapi({ description: "Origins that browsers may call from." }),
    createdAt: instantField,
  })
  .openapi("Site");
export type SiteView = z.infer<typeof SiteView>;
export const ListSitesQuery = z.object(listQuery);
export type ListSitesQuery = z.output<typeof ListSitesQuery>;

export const SitePage = pageOf(SiteView, "SitePage");

export const CreateSiteRequest = z
  .strictObject({
    name: nameField,
    environment: z.enum(["live", "sandbox"]),
    jurisdiction: z
      .enum(jurisdictions)
      .optional()
      .openapi({ description: "Where the site's ledgers and keys run and are stored. Cannot be changed." }),
    regionHint: z
      .enum(regionHints)
      .optional()
      .openapi({ description: "Where they are made, if the platform can; by default near the first request to each. Cannot be changed." }),
  })
  .openapi("CreateSiteRequest");
export const UpdateSiteRequest = z
  .strictObject({ name: nameField.optional(), origins: list(originField, 0, 50).optional() })
  .openapi("UpdateSiteRequest");
export const CreatedSite = SiteView.extend({
  tokenId: idField,
  key: z.string().openapi({ description: "A key of the site, with the caller's role. Shown this once." }),
}).openapi("CreatedSite");
const id = "01980c1e-7e0c-7abc-9def-0123456789ab";
export const siteExample: SiteView = {
  id,
  firmId: "01980c1e-7e0b-7abc-9def-0123456789ab",
  name: "Acme sandbox",
  environment: "sandbox",
  jurisdiction: null,
  regionHint: null,
  origins: ["https://app.example.com"],
  createdAt: "2026-06-08T09:30:00.000Z",
};
/** A key as it is shown once, and its id. */
export const issuedExample = {
  tokenId: "01980c1e-7e0d-7abc-9def-0123456789ab",
  key: "ch_test_01980c1e7e0d7abc9def0123456789ab_EXAMPLEexampleEXAMPLEexampleEXAMPLEexample0",
};
