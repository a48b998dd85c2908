import type { z } from "@hono/zod-openapi";
import { beginReset } from "../../db/site-resets.ts";
import { dateOfDay } from "../../kernel/calendar-date.ts";
import { commitOnce, madeId, type Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission, requireWholeSite } from "../../operation/context.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { CreateEntityRequest, createEntity } from "../entities/index.ts";
import { JournalBatchRequest, postBatchTo } from "../journal/index.ts";
import { demoEntity, demoYear } from "./domain/demo-company.ts";
import { emptySite } from "./empty-site.ts";
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
  await emptySite(context, await beginReset(context.db, context.clock()));
  // Its steps store no answers of their own: the request's key is the reset's.
  const done = request.sampleData ? await makeDemoCompany(context.withClaim(undefined)) : { entityId: null, entries: 0 };
  const outcome: z.infer<typeof ResetSite> = { siteId, ...done };
  return commitOnce(context, [], outcome);
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
