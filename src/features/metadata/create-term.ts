import { isUniqueViolation } from "../../db/run-batch.ts";
import { commitOnce, type Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { refusal } from "../../platform/refused.ts";
import { termView } from "./list-terms.ts";
import type { CreateTermRequest, Term } from "./schemas.ts";
import { insertTerm, type TermRow } from "./store.ts";

/** Adds an event type, product or category to the site's words. */
export async function createTerm(context: OperationContext, kind: TermRow["kind"], request: CreateTermRequest): Promise<Once<Term>> {
  requirePermission(context, "catalogue:write");
  const { key, name, description = null, metadata = {} } = request;
  const row: TermRow = { siteId: context.site.id, kind, id: context.newId(), key, name, description, metadata, createdAt: context.clock() };
  try {
    return await commitOnce(context, [insertTerm(context.db, row)], termView(row));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = `The key ${JSON.stringify(key)} is taken.`;
    throw refusal("CODE_TAKEN", message, [{ pointer: "/key", code: "CODE_TAKEN", message }]);
  }
}
