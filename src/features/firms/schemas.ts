import { z } from "@hono/zod-openapi";
import { idField, nameField } from "../../http/fields.ts";
import { emailField, passwordField } from "../users/index.ts";

export const SignUpRequest = z
  .strictObject({
    firmName: nameField,
    ownerEmail: emailField,
    ownerPassword: passwordField.optional().openapi({
      description:
        "12 to 200 characters. Without one the owner cannot sign in until a key of the live site sets it: `POST /users/{id}/password`.",
    }),
    invitation: z.string().max(200).optional().openapi({ description: "Where sign-ups are by invitation." }),
  })
  .openapi("SignUpRequest");

const SiteWithKey = z.object({
  siteId: idField,
  tokenId: idField,
  key: z.string().optional().openapi({ description: "An OWNER's key of the site. Only where `secretsShown` is true." }),
});
export const SignedUp = z
  .object({
    firm: z.object({ id: idField, name: z.string() }),
    owner: z.object({ id: idField, email: z.string() }),
    live: SiteWithKey,
    sandbox: SiteWithKey,
    secretsShown: z.boolean().openapi({
      description: "Whether the keys are in the answer: false in a repetition under an Idempotency-Key of less than 22 characters.",
    }),
  })
  .openapi("SignedUp");
