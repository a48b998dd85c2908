import { z } from "@hono/zod-openapi";
import { countField, idField, instantField, nameField, readNoFurther } from "../../http/fields.ts";
import { listQuery, pageOf } from "../../http/page-query.ts";
import { principalKinds, roles } from "../../kernel/role.ts";
import { issuedExample, SiteView, siteExample } from "../sites/index.ts";

export const roleField = z.enum(roles).openapi({
  description: "What it may, from the most to the least; the document's introduction says what each may.",
  example: "PREPARER",
});
export const kindField = z
  .enum(principalKinds)
  .openapi({ description: "Who acts with it. An agent's key is PREPARER or REVIEWER.", example: "service" });
/** RFC 5321 §4.5.3.1.3: a path has at most 256 octets, two of them its brackets. */
export const emailField = z
  .string()
  .max(254, readNoFurther)
  .pipe(z.email())
  .transform((email) => email.toLowerCase())
  .openapi({ type: "string", format: "email", description: "Compared in lower case.", example: "ada@example.com" });
/** More than any password has: the rule itself, which counts characters as people do, is the operation's. */
export const passwordField = z.string().min(1).max(1_000).openapi({
  format: "password",
  description: "12 to 200 characters, as they are after Unicode's NFKC; anything but the email.",
  example: "correct horse battery staple",
});
const mustChangeField = z.boolean().openapi({
  description: "Whether the user has to change the password before a session of theirs may do anything else.",
});

export const UserView = z
  .object({
    id: idField,
    firmId: idField,
    email: z.string(),
    name: z.string().nullable(),
    role: roleField,
    passwordSetAt: instantField.nullable().openapi({ description: "Null where the user has no password and cannot sign in." }),
    mustChangePassword: mustChangeField,
    credentialSetBy: z.string().nullable().openapi({
      description:
        "Who set the password from which the present one descends: while it says somebody, four eyes count them and the user as one human. Null: the user, or it has been confirmed.",
      example: "01980c1e-7e0c-7abc-9def-0123456789af",
    }),
    credentialConfirmedBy: idField.nullable().openapi({ description: "Who has said since that the password is the user's own." }),
    createdAt: instantField,
  })
  .openapi("User");
export type UserView = z.infer<typeof UserView>;
export const ListUsersQuery = z.object(listQuery);
export type ListUsersQuery = z.output<typeof ListUsersQuery>;

export const UserPage = pageOf(UserView, "UserPage");

export const CreateUserRequest = z
  .strictObject({
    email: emailField,
    name: nameField.optional(),
    role: roleField,
    password: passwordField
      .optional()
      .openapi({ description: "12 to 200 characters. Without one the user cannot sign in until one is set." }),
    mustChangePassword: mustChangeField.optional().openapi({ description: "Default true: who creates a user knows the password." }),
  })
  .openapi("CreateUserRequest");
export const UpdateUserRequest = z
  .strictObject({ name: nameField.nullable().optional(), role: roleField.optional() })
  .openapi("UpdateUserRequest");
export const SetPasswordRequest = z
  .strictObject({
    password: passwordField,
    currentPassword: passwordField.optional().openapi({ description: "The present password: required for one's own." }),
    mustChangePassword: mustChangeField.optional().openapi({
      description: "For another's password: default true, unless an OWNER's service key sets an OWNER's.",
    }),
  })
  .openapi("SetPasswordRequest");

export const AuthTokenRequest = z
  .strictObject({
    email: emailField.optional(),
    password: passwordField.optional().openapi({ description: "With the email." }),
    refreshToken: z.string().min(1).max(200).optional().openapi({ description: "In the place of email and password." }),
    siteId: idField.optional().openapi({
      description:
        "The site of the session; by default the firm's first live one. It says which firm's user is meant: without it at most five users of the email are tried, those who signed in last, then the oldest. `GET /sites` names the others.",
    }),
    device: z.string().min(1).max(300).optional().openapi({
      description:
        "The `device` of an earlier answer to this user. With it, wrong passwords that others have tried stop nobody; without, or with one that is over, it is a sign-in like any other.",
    }),
  })
  .refine(
    ({ email, password, refreshToken }) =>
      refreshToken === undefined ? email !== undefined && password !== undefined : email === undefined && password === undefined,
    "Send email and password, or a refreshToken.",
  )
  .openapi("AuthTokenRequest");
export const AuthToken = z
  .object({
    tokenType: z.string().openapi({ description: "Bearer (RFC 6750)." }),
    accessToken: z.string().openapi({ description: "A JWT, for `Authorization: Bearer`." }),
    expiresIn: countField.openapi({ description: "Seconds that the access token lives." }),
    refreshToken: z.string().openapi({
      description: "Gives the next access token, and the next refresh token, once: used again, it ends the session.",
    }),
    session: z.object({
      id: idField,
      siteId: idField,
      expiresAt: instantField.openapi({ description: "When it ends however often it is refreshed; unused, it ends after 14 days." }),
    }),
    user: UserView,
    device: z.string().nullable().openapi({
      description:
        "To be stored beside the email and sent with the user's next sign-in. It opens nothing, and is good for 180 days unless somebody else sets the password. Null where a session was refreshed: the one from before stays good.",
    }),
  })
  .openapi("AuthToken");

export const Me = z
  .object({
    token: z
      .object({
        id: idField,
        kind: kindField,
        role: roleField,
        principalId: z.string(),
        entityIds: z.array(idField).nullable(),
        expiresAt: instantField.nullable(),
      })
      .nullable()
      .openapi({ description: "The key in use; null where a session is." }),
    session: z
      .object({ id: idField, role: roleField, expiresAt: instantField })
      .nullable()
      .openapi({ description: "The session in use; null where a key is." }),
    user: z.union([UserView, z.null()]).openapi({ description: "The user who acts, where it is one." }),
    site: SiteView,
    plan: z.object({ requestsPerMinute: countField, burst: countField }),
  })
  .openapi("Me");

export const userExample: UserView = {
  id: "01980c1e-7e0f-7abc-9def-0123456789ab",
  firmId: siteExample.firmId,
  email: "ada@example.com",
  name: "Ada King",
  role: "APPROVER",
  passwordSetAt: "2026-06-08T09:30:00.000Z",
  mustChangePassword: false,
  credentialSetBy: null,
  credentialConfirmedBy: "01980c1e-7e0c-7abc-9def-0123456789ac",
  createdAt: "2026-06-08T09:30:00.000Z",
};
const sessionExample = { id: "01980c1e-7e10-7abc-9def-0123456789ab", expiresAt: "2026-07-08T09:30:00.000Z" };
export const authTokenExample: z.infer<typeof AuthToken> = {
  tokenType: "Bearer",
  accessToken: "eyJhbGciOiJFZERTQSJ9.EXAMPLE.EXAMPLE",
  expiresIn: 900,
  refreshToken: "chr_01980c1e7e107abc9def0123456789ab_EXAMPLE_EXAMPLE",
  session: { id: sessionExample.id, siteId: siteExample.id, expiresAt: sessionExample.expiresAt },
  user: userExample,
  device: "chd_01980c1e7e0f7abc9def0123456789ab_01980c1e7e117abc9def0123456789ab_1780911000000_1796463000000_EXAMPLE",
};
export const meExample: z.infer<typeof Me> = {
  token: {
    id: issuedExample.tokenId,
    kind: "service",
    role: "OWNER",
    principalId: issuedExample.tokenId,
    entityIds: null,
    expiresAt: null,
  },
  session: null,
  user: null,
  site: siteExample,
  plan: { requestsPerMinute: 100, burst: 200 },
};
