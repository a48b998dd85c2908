import { type EntityRow, findEntityByExternalId, insertEntity } from "../../db/entities.ts";
import { isUniqueViolation } from "../../db/run-batch.ts";
import { insertSharedRecord } from "../../db/shared-records.ts";
import { isBrokenByReset } from "../../db/site-resets.ts";
import { scaleOf } from "../../kernel/currency.ts";
import { initialShared } from "../../ledger/domain/shared-record.ts";
import { commitOnce, findStoredAnswer, type Once } from "../../operation/commit-once.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";
import { brokenByReset, forgetEntities } from "../../operation/entity.ts";
import { newSharedRecord } from "../../operation/shared-record.ts";
import { Refused, refusal } from "../../platform/refused.ts";
import { prepareBooks } from "../accounts/index.ts";
import type { CreateEntityRequest, Entity } from "./schemas.ts";
import { entityView } from "./views.ts";

/**
 * Makes an entity with its functional ledger, and the accounts of a chart where one is named: all of it or nothing.
 * The accounts are opened first, and what `fill` posts is posted, in a ledger that nobody can name yet; the one batch that inserts the rows is what makes it all exist.
 */
export async function createEntity(
  context: OperationContext,
  request: CreateEntityRequest,
  fill?: (ledger: { readonly number: number }) => Promise<void>,
): Promise<Once<Entity>> {
  requirePermission(context, "catalogue:write");
  if (context.entityIds !== null)
    throw refusal("ENTITY_FORBIDDEN", "The key is restricted to entities that exist; making one takes a key for the whole site.");
  const { kind, name, fiscalYearStart, approvalPolicy, externalId = null, country = null, metadata = {} } = request;
  const currency = request.functionalCurrency;
  const scale = scaleOf(currency, request.scale);
  if (!scale.ok) throw new Refused(scale.failure);
  if (externalId !== null && (await findEntityByExternalId(context.db, externalId))) {
    const earlier = await findStoredAnswer(context);
    if (earlier) return earlier;
    throw externalIdTaken(externalId);
  }
  const id = context.newId();
  const now = context.clock();
  const shared = newSharedRecord(context, id, { ...initialShared, policy: approvalPolicy });
  const books = await prepareBooks(context, {
    entityId: id,
    currency,
    scale: scale.value,
    fiscalYearStart,
    shared,
    chart: request.chart,
  });
  await fill?.({ number: books.ledgerNumber });
  const row: EntityRow = {
    siteId: context.site.id,
    id,
    kind,
    name,
    functionalCurrency: currency,
    scale: scale.value,
    fiscalYearStart,
    approvalPolicy,
    functionalLedgerId: books.ledgerId,
    country,
    externalId,
    metadata,
    status: "active",
    revision: 1,
    createdAt: now,
    updatedAt: now,
    removal: null,
    removalNo: 0,
  };
  try {
    const once = await commitOnce(
      context,
      [insertEntity(context.db, row), insertSharedRecord(context.db, shared), ...books.statements],
      entityView(row),
    );
    forgetEntities(context.site.id);
    return once;
  } catch (error) {
    if (isBrokenByReset(error)) throw brokenByReset();
    throw isUniqueViolation(error) && externalId !== null ? externalIdTaken(externalId) : error;
  }
}

export function externalIdTaken(externalId: string): Refused {
  const message = `The externalId ${JSON.stringify(externalId)} belongs to another entity of the site.`;
  return refusal("EXTERNAL_ID_TAKEN", message, [{ pointer: "/externalId", code: "EXTERNAL_ID_TAKEN", message }]);
}
