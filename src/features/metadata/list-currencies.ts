import { currencies } from "../../kernel/currency.ts";
import { type OperationContext, requirePermission } from "../../operation/context.ts";

/** The currencies of ISO 4217, whole: those in use, or all that ever were. */
export function listCurrencies(context: OperationContext, includeWithdrawn: boolean) {
  requirePermission(context, "read");
  const data = currencies
    .filter(({ withdrawn }) => includeWithdrawn || withdrawn === null)
    .map(({ code, numeric, name, minorUnit, withdrawn, entities }) => ({
      code,
      numeric,
      name,
      scale: minorUnit,
      status: withdrawn === null ? "active" : "withdrawn",
      withdrawn,
      entities,
    }));
  return { data, totalCount: data.length, hasMore: false, nextCursor: null };
}
