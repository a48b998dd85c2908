import { z } from "@hono/zod-openapi";
import { idField, instantField, list, nameField } from "../../http/fields.ts";
import { pageOf } from "../../http/page-query.ts";
import { jurisdictions, regionHints } from "../../kernel/region.ts";
import { principalKinds, roles } from "../../kernel/role.ts";

export const roleField = z.enum(roles).openapi({
  description: "What it may, from the most to the least; the document's introduction says what each may.",
  example: "PREPARER",
});
export const kindField = z
  .enum(principalKinds)
  .openapi({ description: "Who acts with it. An agent's key is PREPARER or REVIEWER.", example: "service" });
const entityIdsField = list(idField, 1, 100).openapi({ description: "The entities that the key is restricted to." });
const originField = z
  .string()
  .max(200)
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
export const ResetSiteRequest = z
  .strictObject({ sampleData: z.boolean().optional().openapi({ description: "Fill the sandbox with the demo company." }) })
  .openapi("ResetSiteRequest");
export const ResetSite = z
  .object({
    siteId: idField,
    entityId: idField.nullable().openapi({ description: "The demo company, where it was asked for." }),
    entries: z.int(),
  })
  .openapi("ResetSite");

export const TokenView = z
  .object({
    id: idField,
    siteId: idField,
    name: z.string(),
    kind: kindField,
    role: roleField,
    principalId: z.string().openapi({ description: "Who acts with it: kept with everything that it posts." }),
    entityIds: z.array(idField).nullable(),
    hint: z.string().openapi({ description: "The first characters of the key." }),
    status: z.enum(["active", "expired", "revoked"]),
    expiresAt: instantField.nullable(),
    revokedAt: instantField.nullable(),
    lastUsedAt: instantField.nullable().openapi({ description: "To the minute." }),
    createdAt: instantField,
  })
  .openapi("Token");
export type TokenView = z.infer<typeof TokenView>;
export const TokenPage = pageOf(TokenView, "TokenPage");
export const IssuedToken = TokenView.extend({ key: z.string().openapi({ description: "Shown this once." }) }).openapi("IssuedToken");
export const CreateTokenRequest = z
  .strictObject({
    name: nameField,
    role: roleField,
    kind: kindField.optional().openapi({ description: "Default `service`. An agent's key is PREPARER or REVIEWER." }),
    userId: idField
      .optional()
      .openapi({ description: "The user whose key it is; with the kind person only. The role is at most the user's." }),
    entityIds: entityIdsField.optional(),
    expiresAt: z.iso.datetime({ offset: true }).optional().openapi({
      description: "RFC 3339. By default that of the key in use, which makes none that ends later.",
      example: "2027-06-30T00:00:00Z",
    }),
  })
  .openapi("CreateTokenRequest");
export const RotateTokenRequest = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(604_800)
      .optional()
      .openapi({ description: "How long the old key goes on; default 86,400.", example: 3600 }),
  })
  .openapi("RotateTokenRequest");

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
export const tokenExample: TokenView = {
  id: "01980c1e-7e0d-7abc-9def-0123456789ab",
  siteId: id,
  name: "Payout service",
  kind: "service",
  role: "PREPARER",
  principalId: "01980c1e-7e0d-7abc-9def-0123456789ab",
  entityIds: null,
  hint: "ch_test_01980c1e…",
  status: "active",
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: "2026-06-08T10:00:00.000Z",
  createdAt: "2026-06-08T09:30:00.000Z",
};
export const keyExample = "ch_test_01980c1e7e0d7abc9def0123456789ab_EXAMPLEexampleEXAMPLEexampleEXAMPLEexample0";
