import type { z } from "@hono/zod-openapi";
import { clearSite } from "../../db/clear-site.ts";
import { dateOfDay } from "../../kernel/calendar-date.ts";
import { commitOnce, madeId, type Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission, requireWholeSite } from "../../operation/context.ts";
import { forgetEntities } from "../../operation/entity.ts";
import { notFound, refusal } from "../../platform/refused.ts";
import { CreateEntityRequest, createEntity } from "../entities/index.ts";
import { JournalBatchRequest, postEntryBatch } from "../journal/index.ts";
import { forgetLedgers } from "../ledgers/index.ts";
import { demoEntity, demoYear } from "./domain/demo-company.ts";
import type { ResetSite, ResetSiteRequest } from "./schemas.ts";

const entriesPerCommit = 500;
const dayMs = 86_400_000;

/**
 * Empties a sandbox. Its ledgers are left behind under their numbers, which are never given again, and nothing leads to them any more.
 * With `sampleData` the demo company is created again.
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
  await clearSite(context.db);
  forgetEntities(siteId);
  forgetLedgers(siteId);
  // Its steps store no answers of their own: the request's key is the reset's.
  const done = request.sampleData ? await makeDemoCompany(context.withClaim(undefined)) : { entityId: null, entries: 0 };
  const outcome: z.infer<typeof ResetSite> = { siteId, ...done };
  return commitOnce(context, [], outcome);
}

async function makeDemoCompany(context: OperationContext) {
  const entityId = madeId(await createEntity(context, CreateEntityRequest.parse(demoEntity)));
  const entries = demoYear(dateOfDay(Math.floor(context.clock() / dayMs)));
  for (let at = 0; at < entries.length; at += entriesPerCommit) {
    await postEntryBatch(
      context,
      entityId,
      JournalBatchRequest.parse({ mode: "atomic", entries: entries.slice(at, at + entriesPerCommit) }),
      true,
    );
  }
  return { entityId, entries: entries.length };
}
