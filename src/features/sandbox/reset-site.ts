import type { z } from "@hono/zod-openapi";
import { beginReset, isBrokenByReset, requireLastReset } from "../../db/site-resets.ts";
import { present } from "../../kernel/assert.ts";
import { idempotencyLifeMs } from "../../kernel/bounds.ts";
import { dateOfDay } from "../../kernel/calendar-date.ts";
import { commitOnce, findStoredAnswer, madeId, type Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission, requireWholeSite } from "../../operation/context.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { CreateEntityRequest, createEntity } from "../entities/index.ts";
import { JournalBatchRequest, postBatchTo } from "../journal/index.ts";
import { demoEntity, demoYear } from "./domain/demo-company.ts";
import { emptySite, resetByAnother } from "./empty-site.ts";
import type { ResetSite, ResetSiteRequest } from "./schemas.ts";

const entriesPerCommit = 500;
const dayMs = 86_400_000;

/**
 * Empties a sandbox. Its ledgers are retired before it is answered, so that nobody posts to one that is still remembered; their numbers are never given
 * again. With `sampleData` the demo company is created again, with its entries or not at all.
 */
export async function resetSite(
  context: OperationContext,
  siteId: string,
  request: z.infer<typeof ResetSiteRequest>,
): Promise<Once<z.infer<typeof ResetSite>>> {
  requirePermission(context, "sites:write");
  if (siteId !== context.site.id) throw notFound();
  requireWholeSite(context);
  if (context.site.environment !== "sandbox") throw refusal("FORBIDDEN", "Only a sandbox is reset.");
  const no = await beginReset(context.db, context.clock(), keyOf(context));
  if (no === undefined) return present(await findStoredAnswer(context), "a reset is not begun where its key has an answer");
  await emptySite(context, no);
  // Its steps store no answers of their own: the request's key is the reset's.
  const done = request.sampleData ? await makeDemoCompany(context.withClaim(undefined)) : { entityId: null, entries: 0 };
  const outcome: z.infer<typeof ResetSite> = { siteId, ...done };
  try {
    return await commitOnce(context, [requireLastReset(context.db, no)], outcome);
  } catch (error) {
    throw isBrokenByReset(error) ? resetByAnother() : error;
  }
}

function keyOf({ idempotency: claim, clock }: OperationContext) {
  return claim && { scope: claim.scope, key: claim.key, answeredAfter: clock() - idempotencyLifeMs };
}

async function makeDemoCompany(context: OperationContext) {
  const entries = demoYear(dateOfDay(Math.floor(context.clock() / dayMs)));
  const once = await createEntity(context, CreateEntityRequest.parse(demoEntity), async (ledger) => {
    for (let at = 0; at < entries.length; at += entriesPerCommit) {
      const batch = JournalBatchRequest.parse({ mode: "atomic", entries: entries.slice(at, at + entriesPerCommit) });
      await postBatchTo(context, ledger, batch, true);
    }
  });
  return { entityId: madeId(once), entries: entries.length };
}
