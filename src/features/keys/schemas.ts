import { z } from "@hono/zod-openapi";
import { idField, instantField, instantInput, list, nameField } from "../../http/fields.ts";
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
    heldBy: z.array(idField).openapi({
      description:
        "The users behind it: who made it, rotated it or was shown its secret, and those behind the key that made it. Under `four_eyes` they do not approve what it prepares. An operator's key is held by the firm's OWNERs. Of keys made before this was noted nobody is known.",
    }),
    madeInSession: z.boolean().openapi({
      description: "A person's key that they made in their own session. Any other approves nothing that an agent had a part in.",
    }),
    independent: z.boolean().openapi({ description: "An OWNER has said that what it prepares is not the doing of those who hold it." }),
    independentSetBy: idField.nullable().openapi({ description: "The OWNER who said so." }),
    independentSetAt: instantField.nullable(),
    successorId: idField.nullable().openapi({ description: "The key that replaced it when it was rotated." }),
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
    kind: kindField.optional().openapi({
      description: "Default `service`. An agent's key is PREPARER or REVIEWER. A person's is made by that person, in their session.",
    }),
    userId: idField.optional().openapi({ description: "The user whose key it is, which is the user who asks; with the kind person only." }),
    independent: z.boolean().optional().openapi({
      description:
        "Of a service's or an agent's key, by an OWNER in a session: under `four_eyes` those who hold it may approve what it prepares.",
      example: false,
    }),
    entityIds: entityIdsField.optional(),
    expiresAt: instantInput.optional().openapi({
      description: "RFC 3339. By default that of the key in use, which makes none that ends later.",
      example: "2027-06-30T00:00:00Z",
    }),
  })
  .openapi("CreateTokenRequest");
export const ChangeTokenRequest = z
  .strictObject({
    independent: z.boolean().openapi({ description: "Whether under `four_eyes` those who hold it may approve what it prepares." }),
  })
  .openapi("ChangeTokenRequest");
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
  heldBy: ["01980c1e-7e0c-7abc-9def-0123456789ae"],
  madeInSession: false,
  independent: false,
  independentSetBy: null,
  independentSetAt: null,
  successorId: null,
};
