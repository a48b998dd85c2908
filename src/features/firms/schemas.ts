import { z } from "@hono/zod-openapi";
import { idField, nameField } from "../../http/fields.ts";

export const SignUpRequest = z
  .strictObject({
    firmName: nameField,
    ownerEmail: z.email().max(254).openapi({ example: "owner@example.com" }),
    invitation: z.string().max(200).optional().openapi({ description: "Where sign-ups are by invitation." }),
  })
  .openapi("SignUpRequest");

const SiteWithKey = z.object({
  siteId: idField,
  tokenId: idField,
  key: z.string().openapi({ description: "An OWNER's key of the site. Shown this once." }),
});
export const SignedUp = z
  .object({
    firm: z.object({ id: idField, name: z.string() }),
    owner: z.object({ id: idField, email: z.string() }),
    live: SiteWithKey,
    sandbox: SiteWithKey,
  })
  .openapi("SignedUp");
