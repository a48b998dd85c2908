import { z } from "@hono/zod-openapi";
import { idField, instantField, list, nameField } from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { issuedExample, siteExample } from "../sites/index.ts";
import { kindField, roleField } from "../users/index.ts";

const entityIdsField = list(idField, 1, 100).openapi({ description: "The entities that the key is restricted to." });

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
export const ListTokensQuery = z.object(listQuery);
export type ListTokensQuery = z.output<typeof ListTokensQuery>;

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
      .openapi({ format: "int32", description: "How long the old key goes on; default 86,400.", example: 3600 }),
  })
  .openapi("RotateTokenRequest");

export const tokenExample: TokenView = {
  id: issuedExample.tokenId,
  siteId: siteExample.id,
  name: "Payout service",
  kind: "service",
  role: "PREPARER",
  principalId: issuedExample.tokenId,
  entityIds: null,
  hint: "ch_test_01980c1e…",
  status: "active",
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: "2026-06-08T10:00:00.000Z",
  createdAt: "2026-06-08T09:30:00.000Z",
};
