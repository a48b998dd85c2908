import type { z } from "@hono/zod-openapi";
import { clearSite } from "../../db/clear-site.ts";
import { dateOfDay } from "../../kernel/calendar-date.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { type OperationContext, requirePermission } from "../../platform/context.ts";
import { CreateEntityRequest, createEntity, forgetEntities } from "../entities/index.ts";
import { JournalBatchRequest, postEntryBatch } from "../journal/index.ts";
import { forgetLedgers } from "../ledgers/index.ts";
import { demoEntity, demoYear, type ResetSite, type ResetSiteRequest } from "../sites/index.ts";

const entriesPerCommit = 500;
const dayMs = 86_400_000;

/**
 * Empties a sandbox. Its ledgers are left behind under their numbers, which are never given again, and nothing leads to them any more.
 * With `sampleData` the demo company is made anew.
 */
export async function resetSite(context: OperationContext, siteId: string, request: z.infer<typeof ResetSiteRequest>): Promise<z.infer<typeof ResetSite>> {
  requirePermission(context, "sites:write");
  if (siteId !== context.site.id) throw refusal("NOT_FOUND", "Nothing with this id exists in the site.");
  if (context.site.environment !== "sandbox") throw refusal("FORBIDDEN", "Only a sandbox is reset.");
  await clearSite(context.db);
  forgetEntities(siteId);
  forgetLedgers(siteId);
  if (!request.sampleData) return { siteId, entityId: null, entries: 0 };
  const kept = await createEntity(context, CreateEntityRequest.parse(demoEntity));
  const entityId = (JSON.parse(kept.body) as { id: string }).id;
  const entries = demoYear(dateOfDay(Math.floor(context.clock() / dayMs)));
  for (let at = 0; at < entries.length; at += entriesPerCommit) {
    const outcome = await postEntryBatch(context, entityId, JournalBatchRequest.parse({ mode: "atomic", entries: entries.slice(at, at + entriesPerCommit) }), true);
    if (outcome.outcome === "refused") throw new Refused(outcome.failure);
  }
  return { siteId, entityId, entries: entries.length };
}
