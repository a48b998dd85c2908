import type { z } from "@hono/zod-openapi";
import { writeAccessToken } from "../../access/access-token.ts";
import { type Device, writeDevice } from "../../access/device.ts";
import { accessTokenLifeMs } from "../../kernel/bounds.ts";
import { instant } from "../../kernel/clock.ts";
import type { AnonymousContext } from "../../operation/context.ts";
import { refreshSession } from "./refresh-session.ts";
import { writeRefreshToken } from "./refresh-token.ts";
import type { AuthToken, AuthTokenRequest } from "./schemas.ts";
import { signIn } from "./sign-in.ts";
import type { StartedSession } from "./start-session.ts";
import { userView } from "./views.ts";

/** Signs in, or renews a session. The answer is not stored for a replay: it opens the site. */
export async function createAuthToken(
  context: AnonymousContext,
  { email = "", password = "", refreshToken, siteId, device }: z.infer<typeof AuthTokenRequest>,
): Promise<z.infer<typeof AuthToken>> {
  const started: StartedSession & { readonly device?: Device } =
    refreshToken === undefined
      ? await signIn(context, { email, password, siteId, device })
      : await refreshSession(context, refreshToken, siteId);
  const { user, siteId: at, jurisdiction } = started;
  const id = started.refreshToken.sessionId;
  const accessToken = await writeAccessToken(context.env, { id, userId: user.id, siteId: at, jurisdiction }, context.clock());
  return {
    tokenType: "Bearer",
    accessToken,
    expiresIn: accessTokenLifeMs / 1000,
    refreshToken: writeRefreshToken(started.refreshToken),
    session: { id, siteId: at, expiresAt: instant(started.expiresAtMs) },
    user: userView(user),
    device: started.device === undefined ? null : writeDevice(context.env, started.device),
  };
}
