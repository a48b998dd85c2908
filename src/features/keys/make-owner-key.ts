import { issueToken } from "../../access/issue-token.ts";
import { findSiteScope, requireEpoch } from "../../db/site-rows.ts";
import { insertToken } from "../../db/tokens.ts";
import type { BaseContext } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { ownersOf } from "../users/index.ts";
import { tokenView } from "./views.ts";

/** Makes an OWNER's key of a site: the way back in where all its keys are lost. The operator's alone. The operator is no user: it is held by the firm's OWNERs, whose key it is. */
export async function makeOwnerKey(
  context: BaseContext,
  siteId: string,
  { name, requestsPerMinute }: { readonly name: string; readonly requestsPerMinute?: number | undefined },
) {
  const { env, directory } = context;
  const site = await findSiteScope(directory, siteId);
  if (!site) throw refusal("NOT_FOUND", "There is no site with this id.");
  const [id, now] = [context.newId(), context.clock()];
  const heldBy = await ownersOf(directory, site.firmId);
  const plan = requestsPerMinute === undefined ? {} : { plan: requestsPerMinute };
  const { key, row } = await issueToken(
    env,
    site,
    { id, name, kind: "service", role: "OWNER", principalId: id, entityIds: null, expiresAtMs: null, heldBy, ...plan },
    now,
  );
  await directory.orm.batch([requireEpoch(directory, site), insertToken(directory, row)]);
  return { ...tokenView(row, now), key };
}
