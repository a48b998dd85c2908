import type { z } from "@hono/zod-openapi";
import { issueToken } from "../../access/issue-token.ts";
import { insertFirm } from "../../db/firms.ts";
import { insertSite, siteScope } from "../../db/site-rows.ts";
import { insertToken } from "../../db/tokens.ts";
import { signUpsPerMinute } from "../../kernel/bounds.ts";
import type { Once } from "../../operation/commit-once.ts";
import { commitSecretOnce } from "../../operation/commit-secret-once.ts";
import type { AnonymousContext } from "../../operation/context.ts";
import { countPerAddress } from "../../platform/count-per-address.ts";
import { rateLimited, refusal } from "../../platform/refused.ts";
import { invitationCode, sameSecret } from "../../platform/secrets.ts";
import { newSite } from "../sites/index.ts";
import { newUser } from "../users/index.ts";
import type { SignedUp, SignUpRequest } from "./schemas.ts";

/** Sign-ups of an address: each hashes a password, which occupies the thread, and makes two objects and a dozen rows. */
const countSignUp = countPerAddress(signUpsPerMinute);

/** Makes a firm with its owner, a live and a sandbox site, and a key for each. */
export async function signUp(context: AnonymousContext, request: z.infer<typeof SignUpRequest>): Promise<Once<z.infer<typeof SignedUp>>> {
  const waitSeconds = countSignUp(context.address, context.clock());
  if (waitSeconds > 0) throw rateLimited("Too many sign-ups from this address", waitSeconds);
  requireOpen(context.env, request.invitation);
  const work = async () => {
    const now = context.clock();
    const firm = { id: context.newId(), name: request.firmName, createdAt: now };
    const wish = { firmId: firm.id, email: request.ownerEmail, name: null, role: "OWNER", mustChangePassword: false } as const;
    const { user: owner, statements: ofOwner } = await newUser(context, wish, request.ownerPassword, "/ownerPassword");
    const live = await siteWithKey(context, firm, owner.id, "live", now);
    const sandbox = await siteWithKey(context, firm, owner.id, "sandbox", now);
    const value = {
      firm: { id: firm.id, name: firm.name },
      owner: { id: owner.id, email: owner.email },
      live: live.answered,
      sandbox: sandbox.answered,
      secretsShown: true,
    };
    const statements = [insertFirm(context.directory, firm), ...ofOwner, ...live.statements, ...sandbox.statements];
    return { statements, value };
  };
  return commitSecretOnce(context.directory, context.idempotency, context.clock, work, withoutKeys);
}

/** The answer as whoever else sends the request may see it. */
function withoutKeys(signedUp: z.infer<typeof SignedUp>): z.infer<typeof SignedUp> {
  const { live, sandbox } = signedUp;
  const ids = ({ siteId, tokenId }: typeof live) => ({ siteId, tokenId });
  return { ...signedUp, live: ids(live), sandbox: ids(sandbox), secretsShown: false };
}

async function siteWithKey(
  context: AnonymousContext,
  firm: { readonly id: string; readonly name: string },
  ownerId: string,
  environment: "live" | "sandbox",
  now: number,
) {
  const wish = {
    id: context.newId(),
    firmId: firm.id,
    name: `${firm.name} ${environment}`,
    environment,
    jurisdiction: null,
    regionHint: null,
  };
  const site = await newSite(context.env, context.directory, wish, now);
  const tokenId = context.newId();
  const { key, row } = await issueToken(
    context.env,
    siteScope(site),
    {
      id: tokenId,
      name: "First key",
      kind: "service",
      role: "OWNER",
      principalId: tokenId,
      entityIds: null,
      expiresAtMs: null,
      heldBy: [ownerId],
    },
    now,
  );
  return {
    answered: { siteId: site.id, tokenId, key },
    statements: [insertSite(context.directory, site), insertToken(context.directory, row)],
  };
}

/** Sign-up is open, by invitation, or closed, as the installation's `SIGNUP` says. */
function requireOpen(env: Cloudflare.Env, invitation: string | undefined): void {
  const setting: string = env.SIGNUP;
  if (setting === "open") return;
  const code = invitationCode(env);
  if (setting === "invitation" && code !== undefined && invitation !== undefined && sameSecret(invitation, code)) return;
  throw refusal(
    "SIGNUP_CLOSED",
    setting === "invitation" ? "Signing up takes a valid invitation." : "This installation takes no sign-ups.",
  );
}
